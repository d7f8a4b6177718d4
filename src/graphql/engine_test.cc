#include "graphql/engine.h"

#include <gtest/gtest.h>

#include <string>

#include "graphql/test_schema.h"

namespace rhumb::graphql {
namespace {

using codec::Json;

class TestContext : public Context {
 public:
  int tags_resolved = 0;
  bool asked_for_stars = false;
  bool asked_for_tag_names = false;
};

TestContext& context_of(const FieldCall& call) {
  return static_cast<TestContext&>(call.context());
}

Json repo(const std::string& slug) {
  return Json::object({{"id", 7}, {"name", slug}, {"kind", "A"}, {"hidden", slug + "!"}});
}

Result<Json> resolve_repo(FieldCall& call) {
  context_of(call).asked_for_stars = call.selects("stars");
  context_of(call).asked_for_tag_names = call.selects("tags.name");
  const std::string slug = call.arguments().string_or_empty("slug");
  if (slug == "missing") {
    return Error(ErrorCode::kNotFound, "dir \"missing\" not found");
  }
  if (slug == "policy") {
    return call.fail(Error(ErrorCode::kDenied, "blocked by registry policy \"p\""), "POLICY",
                     Json::object({{"policy", "p"}}));
  }
  if (slug == "denied") {
    return Error(ErrorCode::kDenied, "token lacks the permission dir:read");
  }
  if (slug == "broken") {
    return Error(ErrorCode::kDatabase, "disk I/O error in /secret/path");
  }
  if (slug == "none") {
    return Json();
  }
  Json node = repo(slug);
  if (slug == "no-name") {
    node.erase("name");
  }
  if (slug == "bad-kind") {
    node.set("kind", "Z");
  }
  node.set("files", Json::array({repo("f"), Json(), Json::object({{"id", 1}})}));
  return node;
}

Result<Json> resolve_tags(FieldCall& call) {
  ++context_of(call).tags_resolved;
  Json tags = Json::array();
  for (int64_t i = 0; i < call.arguments().find_int("first").value_or(0); ++i) {
    tags.push_back(Json::object({{"name", call.parent().string_or_empty("hidden")}}));
  }
  return tags;
}

Resolvers test_resolvers() {
  Resolvers resolvers;
  resolvers.add("Query", "repo", resolve_repo);
  resolvers.add("Repo", "tags", resolve_tags);
  resolvers.add("Query", "repos",
                [](FieldCall&) -> Result<Json> { return Json::array({repo("a"), repo("b")}); });
  resolvers.add("Query", "pets", [](FieldCall&) -> Result<Json> {
    return Json::array({Json::object({{"__typename", "Cat"}, {"name", "Tom"}, {"lives", 9}}),
                        Json::object({{"__typename", "Dog"}, {"name", "Rex"}, {"tail", true}})});
  });
  resolvers.add("Query", "pet",
                [](FieldCall&) -> Result<Json> { return Json::object({{"__typename", "Repo"}}); });
  const Resolver echo = [](FieldCall& call) -> Result<Json> { return call.input(); };
  resolvers.add("Query", "echo", echo);
  resolvers.add("Query", "report", echo);
  resolvers.add("Query", "count", [](FieldCall& call) -> Result<Json> {
    return codec::format_json(call.arguments());
  });
  resolvers.add("Query", "must", [](FieldCall&) -> Result<Json> { return Json(); });
  resolvers.add("Mutation", "push", [](FieldCall& call) -> Result<Json> {
    return repo(call.input().string_or_empty("text"));
  });
  return resolvers;
}

Engine make_engine(Limits limits = {}) {
  auto engine = Engine::create(
      kTestSchema,
      {.resolvers = test_resolvers(),
       .rules = {.lenient_type = [](std::string_view type) { return type.starts_with("Report"); },
                 .scalars = {},
                 .null_lists = true},
       .limits = limits});
  EXPECT_TRUE(engine.has_value());
  return std::move(*engine);
}

struct Answer {
  Response response;
  std::string text;
};

Answer ask(const Engine& engine,
           const std::string& query,
           const std::string& variables = "null",
           const std::string& operation_name = "") {
  TestContext context;
  Request request;
  request.query = query;
  request.variables = codec::parse_json(variables).value();
  request.operation_name = operation_name;
  Answer answer;
  answer.response = engine.execute(request, context);
  answer.text = codec::format_json(to_json(answer.response, "r1"),
                                   {.prefix = "", .indent = "", .escape_html = false});
  return answer;
}

TEST(GraphqlEngine, AnswersRequests) {
  struct Case {
    const char* name;
    const char* query;
    const char* variables;
    const char* want;
  };
  const Case cases[] = {
      {"order of selection", R"({ repo(slug: "a") { name id __typename kind } })", "null",
       R"({"data":{"repo":{"name":"a","id":"7","__typename":"Repo","kind":"A"}}})"},
      {"aliases", R"({ x: repo(slug: "a") { n: name } y: repo(slug: "b") { n: name } })", "null",
       R"({"data":{"x":{"n":"a"},"y":{"n":"b"}}})"},
      {"root fields of either case", R"({ Repo(slug: "a") { name } repo(slug: "a") { name } })",
       "null", R"({"data":{"Repo":{"name":"a"},"repo":{"name":"a"}}})"},
      {"variables", "query Q($s: String!) { repo(slug: $s) { name } }", R"({"s":"v"})",
       R"({"data":{"repo":{"name":"v"}}})"},
      {"default of a variable", "query Q($s: String = \"d\") { repo(slug: $s) { name } }", "{}",
       R"({"data":{"repo":{"name":"d"}}})"},
      {"absent variable takes the default of the argument",
       "query Q($n: Int) { repo(slug: \"a\") { tags(first: $n) { name } } }", "{}",
       R"({"data":{"repo":{"tags":[{"name":"a!"},{"name":"a!"}]}}})"},
      {"merged selections",
       R"({ repo(slug: "a") { name } ...F } fragment F on Query { repo(slug: "a") { id name } })",
       "null", R"({"data":{"repo":{"name":"a","id":"7"}}})"},
      {"skip and include",
       "query Q($y: Boolean!, $n: Boolean = false) { repo(slug: \"a\") { name @include(if: $n) "
       "id @skip(if: $n) kind @include(if: $y) ... @skip(if: $y) { stars } } }",
       R"({"y":true})", R"({"data":{"repo":{"id":"7","kind":"A"}}})"},
      {"missing members are null", R"({ repo(slug: "a") { stars parent { id } } })", "null",
       R"({"data":{"repo":{"stars":null,"parent":null}}})"},
      {"null root", R"({ repo(slug: "none") { id } })", "null", R"({"data":{"repo":null}})"},
      {"union", "{ pets { __typename ... on Cat { lives } ... on Named { name } } }", "null",
       R"({"data":{"pets":[{"__typename":"Cat","lives":9,"name":"Tom"},)"
       R"({"__typename":"Dog","name":"Rex"}]}})"},
      {"literals and defaults inside inputs", R"({ echo(input: {text: "a", list: "one"}) })",
       "null", R"({"data":{"echo":{"text":"a","list":["one"],"kind":"A","must":[]}}})"},
      {"variables inside literals",
       "query Q($t: String!, $k: Kind, $l: String!) { echo(input: {text: $t, kind: $k, list: "
       "[$l]}) }",
       R"({"t":"x","l":"y"})",
       R"({"data":{"echo":{"text":"x","list":["y"],"kind":"A","must":[]}}})"},
      {"arguments", R"({ count(n: 1, big: 2.50, id: 3, list: 4, kind: B) })", "null",
       R"({"data":{"count":"{\"n\":1,\"big\":2.50,\"id\":\"3\",\"list\":[4],\"kind\":\"B\"}"}})"},
      {"mutation",
       "mutation M($i: EchoInput!) { push(input: $i) { name } "
       "again: push(input: {text: \"b\"}) { name } }",
       R"({"i":{"text":"a"}})", R"({"data":{"push":{"name":"a"},"again":{"name":"b"}}})"},
      {"a variable that two fields need",
       "mutation M($i: EchoInput!) { push(input: $i) { name } again: push(input: $i) { name } }",
       R"({"i":{"text":"a"}})", R"({"data":{"push":{"name":"a"},"again":{"name":"a"}}})"},
      {"a variable of a fragment that is spread twice",
       "mutation M($i: EchoInput!) { ...P ...Q } fragment P on Mutation { push(input: $i) { name } "
       "} fragment Q on Mutation { again: push(input: $i) { name } }",
       R"({"i":{"text":"a"}})", R"({"data":{"push":{"name":"a"},"again":{"name":"a"}}})"},
      {"a variable of a field below a list",
       "query Q($n: Int) { pets { __typename ... on Cat { lives } } repo(slug: \"a\") { "
       "tags(first: $n) { name } } }",
       R"({"n":1})",
       R"({"data":{"pets":[{"__typename":"Cat","lives":9},{"__typename":"Dog"}],"repo":{"tags":)"
       R"([{"name":"a!"}]}}})"},
      {"unknown members of a report", "query Q($i: ReportInput!) { report(input: $i) }",
       R"({"i":{"id":"1","files":null,"later":true}})",
       R"({"data":{"report":{"id":"1","files":null}}})"},
  };
  const Engine engine = make_engine();
  for (const Case& c : cases) {
    EXPECT_EQ(ask(engine, c.query, c.variables).text, c.want) << c.name;
  }
}

TEST(GraphqlEngine, AnswersWithErrors) {
  struct Case {
    const char* name;
    const char* query;
    int status;
    const char* want;
  };
  const Case cases[] = {
      {"not found", R"({ repo(slug: "missing") { id } })", 200,
       R"({"data":{"repo":null},"errors":[{"message":"dir \"missing\" not found","path":["repo"],)"
       R"("extensions":{"code":"NOT_FOUND","requestId":"r1"}}]})"},
      {"path uses the key as requested", R"({ x: repo(slug: "missing") { id } })", 200,
       R"({"data":{"x":null},"errors":[{"message":"dir \"missing\" not found","path":["x"],)"
       R"("extensions":{"code":"NOT_FOUND","requestId":"r1"}}]})"},
      {"code and details", R"({ repo(slug: "policy") { id } })", 200,
       R"({"data":{"repo":null},"errors":[{"message":"blocked by registry policy \"p\"","path":["repo"],)"
       R"("extensions":{"code":"POLICY","requestId":"r1","details":{"policy":"p"}}}]})"},
      {"forbidden", R"({ repo(slug: "denied") { id } })", 403,
       R"({"data":{"repo":null},"errors":[{"message":"token lacks the permission dir:read",)"
       R"("path":["repo"],"extensions":{"code":"FORBIDDEN","requestId":"r1"}}]})"},
      {"internal errors hide their text", R"({ repo(slug: "broken") { id } })", 200,
       R"({"data":{"repo":null},"errors":[{"message":"internal error; the server log has it under )"
       R"(request r1","path":["repo"],"extensions":{"code":"INTERNAL","requestId":"r1"}}]})"},
      {"null reaches the nullable parent", R"({ repo(slug: "no-name") { id name } })", 200,
       R"({"data":{"repo":null},"errors":[{"message":"internal error; the server log has it under )"
       R"(request r1","path":["repo","name"],"extensions":{"code":"INTERNAL","requestId":"r1"}}]})"},
      {"null in a list", R"({ repo(slug: "a") { files { name } } })", 200,
       R"({"data":{"repo":{"files":[{"name":"f"},null,null]}},"errors":[{"message":)"
       R"("internal error; the server log has it under request r1","path":["repo","files",2,"name"],)"
       R"("extensions":{"code":"INTERNAL","requestId":"r1"}}]})"},
      {"null reaches the root", "{ must }", 200,
       R"({"data":null,"errors":[{"message":"internal error; the server log has it under request r1",)"
       R"("path":["must"],"extensions":{"code":"INTERNAL","requestId":"r1"}}]})"},
      {"no resolver", "{ never }", 200,
       R"({"data":{"never":null},"errors":[{"message":"this server does not offer \"never\"",)"
       R"("path":["never"],"extensions":{"code":"INVALID","requestId":"r1"}}]})"},
      {"validation", "{ nope }", 422,
       R"({"data":null,"errors":[{"message":"field \"nope\" does not exist on type Query",)"
       R"("locations":[{"line":1,"column":3}],"extensions":{"code":"INVALID","requestId":"r1"}}]})"},
      {"grammar", "{ nope", 422,
       R"({"data":null,"errors":[{"message":"expected a field, found the end of the document",)"
       R"("locations":[{"line":1,"column":7}],"extensions":{"code":"INVALID","requestId":"r1"}}]})"},
      {"variables", "query Q($s: String!) { repo(slug: $s) { id } }", 422,
       R"({"data":null,"errors":[{"message":"variable \"s\" is missing; it must be of type String!",)"
       R"("extensions":{"code":"INVALID","requestId":"r1"}}]})"},
  };
  const Engine engine = make_engine();
  for (const Case& c : cases) {
    const Answer answer = ask(engine, c.query);
    EXPECT_EQ(answer.text, c.want) << c.name;
    EXPECT_EQ(http_status(answer.response), c.status) << c.name;
  }
}

TEST(GraphqlEngine, KeepsTheReasonOfInternalErrors) {
  const Engine engine = make_engine();
  const char* cases[][2] = {
      {R"({ repo(slug: "bad-kind") { kind } })", "value of \"repo.kind\" must be of type Kind"},
      {R"({ repo(slug: "no-name") { name } })", "value of \"repo.name\" must not be null"},
      {"{ pet { __typename } }", "value of \"pet\" must name its object type in \"__typename\""},
  };
  for (const auto& c : cases) {
    const Answer answer = ask(engine, c[0]);
    ASSERT_EQ(answer.response.errors.size(), 1U) << c[0];
    EXPECT_EQ(answer.response.errors[0].error.message(), c[1]);
  }
}

TEST(GraphqlEngine, ChoosesTheOperation) {
  const Engine engine = make_engine();
  const std::string two =
      R"(query A { a: repo(slug: "a") { id } } query B { b: repo(slug: "b") { id } })";
  EXPECT_EQ(ask(engine, two, "null", "B").text, R"({"data":{"b":{"id":"7"}}})");
  EXPECT_EQ(ask(engine, two).response.errors[0].error.message(),
            "document has several operations; set operationName to one of them");
  EXPECT_EQ(ask(engine, two, "null", "C").response.errors[0].error.message(),
            "document has no operation \"C\"");
  EXPECT_EQ(ask(engine, "{ ...F } fragment F on Query { repos { id } }", "null", "").text,
            R"({"data":{"repos":[{"id":"7"},{"id":"7"}]}})");
}

TEST(GraphqlEngine, ResolvesOnlyWhatIsAskedFor) {
  const Engine engine = make_engine();
  TestContext context;
  Request request;
  request.query = R"({ repo(slug: "a") { name } })";
  (void)engine.execute(request, context);
  EXPECT_EQ(context.tags_resolved, 0);
  EXPECT_FALSE(context.asked_for_stars);
  EXPECT_FALSE(context.asked_for_tag_names);
  request.query =
      "{ repo(slug: \"a\") { ...F ... on Repo { tags { name } } } } fragment F on Repo { stars }";
  (void)engine.execute(request, context);
  EXPECT_EQ(context.tags_resolved, 1);
  EXPECT_TRUE(context.asked_for_stars);
  EXPECT_TRUE(context.asked_for_tag_names);
}

TEST(GraphqlEngine, CountsIgnoredMembers) {
  const Engine engine = make_engine();
  const Answer answer = ask(engine, "query Q($i: ReportInput!) { report(input: $i) }",
                            R"({"i":{"id":"1","a":1,"b":2}})");
  EXPECT_EQ(answer.response.ignored_count, 2U);
  EXPECT_EQ(answer.response.ignored_members[1], "variable \"i\".b");
}

TEST(GraphqlEngine, BoundsTheAnswer) {
  const Engine engine = make_engine({.values_max = 50});
  const Answer answer = ask(engine, "{ repos { tags(first: 30) { name } } }");
  ASSERT_EQ(answer.response.errors.size(), 1U);
  EXPECT_EQ(answer.response.errors[0].code, "LIMIT");
  EXPECT_TRUE(answer.response.data.is_null());
}

TEST(GraphqlEngine, RefusesResolversOfNoField) {
  Resolvers resolvers;
  resolvers.add("Query", "typo", [](FieldCall&) -> Result<Json> { return Json(); });
  const auto engine =
      Engine::create(kTestSchema, {.resolvers = resolvers, .rules = {}, .limits = {}});
  ASSERT_FALSE(engine.has_value());
  EXPECT_EQ(engine.error().message(), "resolver \"Query.typo\" belongs to no field of the schema");
  EXPECT_EQ(make_engine().unresolved_root_fields(),
            (std::vector<std::string>{"Query.named", "Query.never"}));
}

TEST(GraphqlRequest, NulInTextsIsReplaced) {
  const auto request =
      parse_request(R"({"query":"{a}","variables":{"a":"x\u0000\\u0000","b":"\\"}})");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->variables.string_or_empty("a"), "x\xEF\xBF\xBD\\u0000");
  EXPECT_EQ(request->variables.string_or_empty("b"), "\\");
}

TEST(GraphqlRequest, ReadsTheBody) {
  const auto request = parse_request(
      R"({"query":"{a}","variables":{"input":{}},"operationName":"A","extensions":1})");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->query, "{a}");
  EXPECT_EQ(request->operation_name, "A");
  EXPECT_TRUE(request->variables.contains("input"));
  EXPECT_TRUE(
      parse_request(R"({"query":"{a}","variables":null,"operationName":null})").has_value());
  for (const char* body : {"", "[]", "{}", R"({"query":1})", R"({"query":"{a}","variables":[]})",
                           R"({"query":"{a}","operationName":1})", R"({"query":"{a}"} x)"}) {
    EXPECT_FALSE(parse_request(body).has_value()) << body;
  }
}

}  // namespace
}  // namespace rhumb::graphql
