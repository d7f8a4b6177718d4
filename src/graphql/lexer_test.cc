#include "graphql/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rhumb::graphql {
namespace {

TEST(GraphqlLexer, SplitsIntoTokens) {
  const auto tokens = tokenize("\xEF\xBB\xBFquery Q($a:Int=-1){x,...F # gone\n y(z:1.5e+3)}");
  ASSERT_TRUE(tokens.has_value());
  std::vector<std::string> texts;
  for (const Token& token : *tokens) {
    texts.push_back(token.text);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"query", "Q", "(",      "$", "a",   ":", "Int", "=",
                                             "-1",    ")", "{",      "x", "...", "F", "y",   "(",
                                             "z",     ":", "1.5e+3", ")", "}",   ""}));
}

TEST(GraphqlLexer, PositionsCountLinesOfEveryKind) {
  const auto tokens = tokenize("a\r\nb\rc\n  d \"\"\"x\r\ny\"\"\" e");
  ASSERT_TRUE(tokens.has_value());
  const std::vector<std::pair<size_t, size_t>> want = {{1, 1}, {2, 1}, {3, 1}, {4, 3},
                                                       {4, 5}, {5, 6}, {5, 7}};
  ASSERT_EQ(tokens->size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ((*tokens)[i].position.line, want[i].first) << i;
    EXPECT_EQ((*tokens)[i].position.column, want[i].second) << i;
  }
}

TEST(GraphqlLexer, ReadsStrings) {
  struct Case {
    const char* name;
    std::string source;
    std::string want;
  };
  const Case cases[] = {
      {"empty", R"("")", ""},
      {"simple escapes", R"("\" \\ \/ \b\f\n\r\t")", "\" \\ / \b\f\n\r\t"},
      {"unicode escape", R"("\u00e9\u20AC")", "\xC3\xA9\xE2\x82\xAC"},
      {"surrogate pair", R"("\uD83D\uDE00")", "\xF0\x9F\x98\x80"},
      {"braced escape", R"("\u{1F600}\u{41}")",
       "\xF0\x9F\x98\x80"
       "A"},
      {"hash is text", R"("a # b")", "a # b"},
      {"block keeps quotes", "\"\"\"a \"b\" \\\"\"\" c\"\"\"", "a \"b\" \"\"\" c"},
      {"block keeps backslashes", R"("""\n \u00e9""")", R"(\n \u00e9)"},
      {"block indentation", "\"\"\"\n    Hello,\n      World!\n\n    Yours,\n  \"\"\"",
       "Hello,\n  World!\n\nYours,"},
      {"block first line keeps indentation", "\"\"\"  a\n    b\n   c\"\"\"", "  a\n b\nc"},
      {"block line ends become LF", "\"\"\"a\r\nb\rc\"\"\"", "a\nb\nc"},
      {"block blank", "\"\"\"\n  \n\"\"\"", ""},
  };
  for (const Case& c : cases) {
    const auto tokens = tokenize(c.source);
    ASSERT_TRUE(tokens.has_value()) << c.name << ": " << tokens.error().message();
    ASSERT_EQ(tokens->size(), 2U) << c.name;
    EXPECT_EQ(tokens->front().text, c.want) << c.name;
  }
}

TEST(GraphqlLexer, RefusesMalformedInput) {
  struct Case {
    std::string source;
    ErrorCode code;
    size_t column;
  };
  const Case cases[] = {
      {"a ^", ErrorCode::kInvalid, 3},
      {"..", ErrorCode::kInvalid, 1},
      {"01", ErrorCode::kInvalid, 1},
      {"-", ErrorCode::kInvalid, 1},
      {"1.", ErrorCode::kInvalid, 1},
      {"1.a", ErrorCode::kInvalid, 1},
      {"1e", ErrorCode::kInvalid, 1},
      {"12x", ErrorCode::kInvalid, 1},
      {"1.2.3", ErrorCode::kInvalid, 1},
      {"a \"b", ErrorCode::kUnterminated, 3},
      {"\"b\nc\"", ErrorCode::kUnterminated, 1},
      {"\"\"\"b\"\"", ErrorCode::kUnterminated, 1},
      {"\"\\x\"", ErrorCode::kInvalid, 1},
      {"\"\\", ErrorCode::kInvalid, 1},
      {"\"\\u12\"", ErrorCode::kInvalid, 1},
      {"\"\\uD83D\"", ErrorCode::kInvalid, 1},
      {"\"\\uDE00\"", ErrorCode::kInvalid, 1},
      {"\"\\uD83D\\u0041\"", ErrorCode::kInvalid, 1},
      {"\"\\u{}\"", ErrorCode::kInvalid, 1},
      {"\"\\u{110000}\"", ErrorCode::kInvalid, 1},
      {"\"\\u{D800}\"", ErrorCode::kInvalid, 1},
      {"\"\\u{00000000041}\"", ErrorCode::kInvalid, 1},
      {"\"\x01\"", ErrorCode::kInvalid, 1},
      {"\"\xFF\"", ErrorCode::kInvalid, 1},
      {"\xC3", ErrorCode::kInvalid, 1},
      {std::string("a\0b", 3), ErrorCode::kInvalid, 2},
  };
  for (const Case& c : cases) {
    const auto tokens = tokenize(c.source);
    ASSERT_FALSE(tokens.has_value()) << c.source;
    EXPECT_EQ(tokens.error().code(), c.code) << c.source;
    ASSERT_TRUE(tokens.error().span().has_value()) << c.source;
    EXPECT_EQ(tokens.error().span()->begin.column, c.column) << c.source;
  }
}

TEST(GraphqlLexer, RefusesTooManyTokens) {
  EXPECT_TRUE(tokenize(std::string(kTokensMax, '{')).has_value());
  const auto tokens = tokenize(std::string(kTokensMax + 1, '{'));
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace rhumb::graphql
