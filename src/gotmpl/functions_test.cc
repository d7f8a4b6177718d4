#include "gotmpl/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gotmpl/template.h"

namespace rhumb::gotmpl {
namespace {

using testing::ElementsAre;

const std::vector<std::string_view> kAll = {
    "json",         "json_merge", "add",       "sub",      "upper",   "lower", "join",
    "repeat",       "indent_ln",  "base64url", "cyan",     "green",   "red",   "yellow",
    "redBgWhiteFg", "underline",  "gray",      "colorize", "maxWidth"};

std::string run(const std::string& text, bool colors = false) {
  const Result<Template> parsed =
      parse_template("t", text, pick_functions({.names = kAll, .colors_enabled = colors}));
  if (!parsed.has_value()) {
    return parsed.error().message();
  }
  const Value root = Value::map({{"names", Value::strings({"a", "b"})}, {"text", "x"}});
  std::string out;
  const Result<void> result = execute(*parsed, root, out);
  return result.has_value() ? out : out + "!" + result.error().message();
}

struct Case {
  const char* text;
  const char* want;
};

TEST(Functions, DoWhatTheirNamesSay) {
  const Case cases[] = {
      {R"({{add 1 2}} {{sub 5 7}} {{add 9223372036854775807 1}})", "3 -2 -9223372036854775808"},
      {R"({{upper "abc é ß"}} {{lower "ÀB"}})", "ABC É ß àb"},
      {R"({{join .names ", "}})", "a, b"},
      {R"({{repeat "ab" 3}}{{repeat "" 9}}{{repeat "x" 0}})", "ababab"},
      {R"({{indent_ln "a\nb\n" 2}}|)", "a\n  b\n  |"},
      {R"({{base64url "a+b/c=="}})", "a-b_c"},
      {R"({{json "<"}} {{json .names "  "}} {{json .names "#" "-"}})",
       "\"\\u003c\" [\n  \"a\",\n  \"b\"\n] [\n#-\"a\",\n#-\"b\"\n#]"},
      {R"({{json_merge "{\"b\":2,\"a\":1}" "{\"a\":{\"z\":1,\"y\":[1.0,2]}}"}})",
       R"({"a":{"y":[1,2],"z":1},"b":2})"},
      {R"({{json_merge}} {{json_merge "{}"}} {{json_merge "null"}})", "null {} null"},
      {R"({{range maxWidth "one two three four" 9}}<{{.}}>{{end}})", "<one two><three four>"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(run(test.text), test.want) << test.text;
  }
}

TEST(Functions, ColourOnlyWhenAsked) {
  const char* text =
      R"({{cyan "%d of %s" 5 "z"}}{{yellow "100%"}}{{redBgWhiteFg "a" 1 "b"}}{{colorize "red" "c"}})"
      R"({{colorize "nope" "d"}}{{green "g"}}{{underline "u"}}{{gray "y"}})";
  EXPECT_EQ(run(text), "5 of z100%a1bcdguy");
  EXPECT_EQ(run(text, true),
            "\x1b[36m5 of z\x1b[0m\x1b[33m100%\x1b[0m\x1b[97;101ma1b\x1b[0;0m\x1b[91mc\x1b[0md"
            "\x1b[92mg\x1b[0m\x1b[4;90mu\x1b[24;0m\x1b[0;90my\x1b[0;0m");
}

TEST(Functions, RefuseWrongArguments) {
  const Case cases[] = {
      {R"({{cyan}})",
       "!template: t:1:2: executing \"t\" at <cyan>: wrong number of args for cyan: want at least "
       "1 "
       "got 0"},
      {R"({{cyan 1}})", "!template: t:1:7: executing \"t\" at <1>: expected string; found 1"},
      {R"({{join "a" ","}})",
       "!template: t:1:7: executing \"t\" at <\"a\">: can't handle \"a\" for arg of type []string"},
      {R"({{indent_ln "a" "b"}})",
       "!template: t:1:16: executing \"t\" at <\"b\">: expected integer; found \"b\""},
      {R"({{repeat "a" -1}})",
       "!template: t:1:2: executing \"t\" at <repeat \"a\" -1>: error calling repeat: strings: "
       "negative Repeat count"},
      {R"({{json . 5}})", "!template: t:1:9: executing \"t\" at <5>: expected string; found 5"},
      {R"({{json_merge "[1]"}})",
       "!template: t:1:2: executing \"t\" at <json_merge \"[1]\">: error calling json_merge: "
       "json_merge: not a JSON object: [1]"},
      {R"({{sql .}})", "template: t:1: function \"sql\" not defined"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(run(test.text), test.want) << test.text;
  }
  EXPECT_TRUE(run(R"({{repeat "0123456789" 99999999999}})").find("larger than") !=
              std::string::npos);
  EXPECT_FALSE(merge_json_texts(std::vector<std::string>{"x"}).has_value());
}

TEST(WrapWords, CountsWordsWithoutBlanks) {
  EXPECT_THAT(wrap_words("the quick brown fox jumps over the lazy dog", 10),
              ElementsAre("the quick", "brown fox", "jumps over", "the lazy dog"));
  EXPECT_THAT(wrap_words("", 10), ElementsAre(""));
  EXPECT_THAT(wrap_words("incomprehensibilities a b", 5),
              ElementsAre("", "incomprehensibilities", "a b"));
  EXPECT_THAT(wrap_words(" a \n b ", 10), ElementsAre("a b"));
}

}  // namespace
}  // namespace rhumb::gotmpl
