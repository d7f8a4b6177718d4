#include "http/headers.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

TEST(HttpHeaders, AreFoundInAnyCase) {
  Headers headers = {{"Content-Type", "a"}, {"X-Many", "1"}, {"x-many", "2"}};
  EXPECT_EQ(find_header(headers, "content-type"), "a");
  EXPECT_EQ(find_header(headers, "X-MANY"), "1");
  EXPECT_EQ(find_header(headers, "Content"), std::nullopt);
  EXPECT_EQ(header_or_empty(headers, "Nope"), "");
  set_header(headers, "X-MANY", "3");
  EXPECT_EQ(headers.size(), 2U);
  EXPECT_EQ(find_header(headers, "x-many"), "3");
}

TEST(HttpHeaders, DecodesEscapes) {
  struct Case {
    const char* text;
    bool plus;
    std::optional<std::string> want;
  };
  const Case cases[] = {
      {"", false, ""},
      {"abc", false, "abc"},
      {"a%20b", false, "a b"},
      {"a+b", true, "a b"},
      {"a+b", false, "a+b"},
      {"%C3%a9", false, "\xC3\xA9"},
      {"%41", false, "A"},
      {"%2F%2f", false, "//"},
      {"%", false, std::nullopt},
      {"%4", false, std::nullopt},
      {"a%4", false, std::nullopt},
      {"%zz", false, std::nullopt},
      {"%00", false, std::nullopt},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(decode_percent(c.text, c.plus), c.want) << c.text;
  }
}

TEST(HttpHeaders, SplitsTargets) {
  const char* cases[][3] = {
      {"/a/b?c=d?e", "/a/b", "c=d?e"},
      {"/", "/", ""},
      {"/a?", "/a", ""},
      {"http://h:1/a?b", "/a", "b"},
      {"https://h", "/", ""},
      {"http://h?q", "/", "q"},
      {"/a?u=http://x/y", "/a", "u=http://x/y"},
      {"*", "*", ""},
  };
  for (const auto& c : cases) {
    const Target target = split_target(c[0]);
    EXPECT_EQ(target.path, c[1]) << c[0];
    EXPECT_EQ(target.query, c[2]) << c[0];
  }
}

TEST(HttpHeaders, FindsParametersAndCookies) {
  EXPECT_EQ(find_parameter("a=1&b=x%26y&a=2&c&d=", "a"), "1");
  EXPECT_EQ(find_parameter("a=1&b=x%26y&a=2&c&d=", "b"), "x&y");
  EXPECT_EQ(find_parameter("a=1&c&d=", "c"), "");
  EXPECT_EQ(find_parameter("a=1&c&d=", "d"), "");
  EXPECT_EQ(find_parameter("na%6De=v+w", "name"), "v w");
  EXPECT_EQ(find_parameter("a=%zz", "a"), std::nullopt);
  EXPECT_EQ(find_parameter("", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("sid=abc; theme=dark", "theme"), "dark");
  EXPECT_EQ(find_cookie("sid=a=b", "sid"), "a=b");
  EXPECT_EQ(find_cookie("xsid=1", "sid"), std::nullopt);
}

TEST(Headers, FieldsOfOneNameAreOneList) {
  const Headers headers = {{"X-A", "1"}, {"Other", "x"}, {"x-a", "2, 3"}};
  EXPECT_EQ(joined_header(headers, "X-A"), "1,2, 3");
  EXPECT_EQ(joined_header(headers, "none"), "");
}

TEST(Headers, TraceIds) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(trace_id_of("00-" + id + "-00f067aa0ba902b7-01"), id);
  EXPECT_EQ(trace_id_of("01-" + id + "-00f067aa0ba902b7-01-more"), id);
  for (const std::string& wrong :
       {std::string(), "00-" + id, "00-" + id + "-00f067aa0ba902b7-01-more",
        "ff-" + id + "-00f067aa0ba902b7-01", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + std::string(32, 'g') + "-00f067aa0ba902b7-01", std::string(55, '-')}) {
    EXPECT_EQ(trace_id_of(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace rhumb::http
