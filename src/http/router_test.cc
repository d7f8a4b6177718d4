#include "http/router.h"

#include <gtest/gtest.h>

#include <string>

namespace rhumb::http {
namespace {

RouteHandler says(std::string name) {
  return [name = std::move(name)](const Request&, const PathParameters& parameters) {
    return make_response(200, "text/plain",
                         name + "|" + parameters.get("id") + "|" + parameters.get("rest"));
  };
}

Router make_router() {
  Router router;
  router.add("GET", "/{rest...}", says("any"));
  router.add("GET", "/", says("root"));
  router.add("GET", "/dirs/{id}", says("dir"));
  router.add("GET", "/dirs/new", says("new"));
  router.add("POST", "/dirs/{id}", says("post"));
  router.add("POST", "/query", says("query"));
  router.add("GET", "/repos/{rest...}", says("repos"));
  return router;
}

Response ask(const Router& router, std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  return router.handle(request);
}

TEST(HttpRouter, PrefersTheMostExact) {
  struct Case {
    const char* method;
    const char* path;
    const char* want;
  };
  const Case cases[] = {
      {"GET", "/", "root||"},
      {"HEAD", "/", "root||"},
      {"GET", "/dirs/7", "dir|7|"},
      {"GET", "/dirs/a%2Fb%20c", "dir|a/b c|"},
      {"GET", "/dirs/new", "new||"},
      {"POST", "/dirs/new", "post|new|"},
      {"GET", "/dirs/", "any||dirs/"},
      {"GET", "/dirs/7/x", "any||dirs/7/x"},
      {"GET", "/repos/a/b.c", "repos||a/b.c"},
      {"GET", "/repos/", "repos||"},
      {"GET", "/repos", "repos||"},
      {"GET", "/query", "any||query"},
  };
  const Router router = make_router();
  for (const Case& c : cases) {
    EXPECT_EQ(ask(router, c.method, c.path).body, c.want) << c.method << " " << c.path;
  }
}

TEST(HttpRouter, RefusesOtherMethodsAndPaths) {
  Router router;
  router.add("GET", "/a", says("a"));
  router.add("POST", "/a", says("a"));
  const Response wrong = ask(router, "DELETE", "/a");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header_or_empty(wrong.headers, "Allow"), "GET, HEAD, POST");
  EXPECT_EQ(ask(router, "GET", "/b").status, 404);
  EXPECT_EQ(ask(router, "GET", "/a/").status, 404);
  EXPECT_EQ(ask(router, "GET", "/%zz").status, 400);
  EXPECT_EQ(ask(router, "GET", "/a%00").status, 400);
  router.set_fallback(says("fallback"));
  EXPECT_EQ(ask(router, "GET", "/b").body, "fallback||");
}

}  // namespace
}  // namespace rhumb::http
