#include "sql/tokens.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rhumb::sql {
namespace {

char letter(TokenKind kind) {
  switch (kind) {
    case TokenKind::kBlank:
      return ' ';
    case TokenKind::kWord:
      return 'w';
    case TokenKind::kQuotedIdentifier:
      return 'i';
    case TokenKind::kString:
      return 's';
    case TokenKind::kNumber:
      return 'n';
    case TokenKind::kDollarString:
      return 'd';
    case TokenKind::kComment:
      return 'c';
    case TokenKind::kCommentMark:
      return 'm';
    case TokenKind::kOperator:
      return 'o';
    case TokenKind::kPunctuation:
      return '.';
    case TokenKind::kParameter:
      return 'p';
    case TokenKind::kCopyData:
      return 'D';
    case TokenKind::kUnknown:
      return '?';
  }
  return '?';
}

/// One letter per token, `!` behind those without an end, `~` behind uncertain ones.
std::string shape(std::string_view text, const LexOptions& options) {
  std::string out;
  for (const Token& token : tokenize(text, options)) {
    out += letter(token.kind);
    out += token.closed ? "" : "!";
    out += token.certain ? "" : "~";
  }
  return out;
}

struct ShapeCase {
  Dialect dialect;
  std::string_view text;
  std::string_view want;
};

TEST(Tokens, FollowTheDialect) {
  constexpr Dialect kPg = Dialect::kPostgres;
  constexpr Dialect kMy = Dialect::kMysql;
  constexpr Dialect kLite = Dialect::kSqlite;
  constexpr Dialect kGen = Dialect::kGeneric;
  constexpr Dialect kMs = Dialect::kSqlServer;
  const ShapeCase cases[] = {
      {kLite, "SELECT a, 1.5 FROM t;", "w w. n w w."},
      {kLite, "'it''s' \"b\" `c` [d e] x'ff'", "s i i i s"},
      {kLite, "[a]]", "i."},
      {kMs, "[a]]b] N'x'", "i s"},
      {kMy, R"('it\'s' "b" `c` N'x' _utf8mb4'x' X'0f')", "s s i s s s"},
      {kMy, "# c\n-- d\n/* e */", "c c c"},
      {kMy, "5--3", "nc"},
      {kMy, "5--'x'", "nc~"},
      {kMy, "a /*!40101 SET x='y' */ b", "w m w wos m w"},
      {kMy, "/*M!999999\\- x */", "c"},
      {kMy, "/*! 'x */", "m s!m"},
      {kMy, "/*!50003 a /*!40101 'b*/' */ 1", "m w m s m n"},
      {kMy, "/*!50003 a /*!99999 'b' */ 1 */ 2", "m w m s m n m n"},
      {kMy, "`a\\`", "i~"},
      {kMy, "'a'@'%' @x @@y :=", "sos p p o"},
      {kMy, "0x1F 0b01 1st 1e5 .5 1.", "n n w n n n"},
      {kPg, R"(E'it\'s' 'a\' U&'x' u&"y" B'01')", "s s s woi s"},
      {kPg, "E'a' -- c\n 'b\\'; c' 'd'", "s s"},
      {kPg, "E'a' 'b\\' 'c'", "s s s"},
      {kPg, "$$a;b$$ $f$ $$ $f$ $1 $", "d d p ?"},
      {kPg, "$$a", "d!"},
      {kPg, "a::text ? b @> c :x", "wow o w oo w p"},
      {kPg, "/* a /* b */ c */ d", "c w"},
      {kPg, "/* a /* b */", "c!"},
      {kPg, "1..10 a[1]", "n.n w.n."},
      {kPg, "`'x'`", "i~"},
      {kPg, "/*+ a /*! 'b' */", "m w c!m"},
      {kPg, "COPY t FROM stdin;\n'x\n$$\n\\.", "w w w w. D."},
      {kPg, "COPY t FROM stdin;\n\\.", "w w w w. ."},
      {kPg, "COPY t FROM stdin; -- y\n1\n", "w w w w. c D!"},
      {kGen, R"("x" 'a\' b)", "s s~ w"},
      {kGen, "# it's", "o~ ws!"},
      {kGen, "/* a /* b */", "c~"},
      {kLite, "'open", "s!"},
      {kLite, "\"open", "i!"},
      {kLite, "/* open", "c!"},
      {kLite, "a.b.1 \\ {}", "w.w.n ? .."},
      {kLite, "?1 :a @b $c", "p p p p"},
      {kLite, "", ""},
  };
  for (const ShapeCase& c : cases) {
    EXPECT_EQ(shape(c.text, {.dialect = c.dialect}), c.want) << c.text;
  }
}

TEST(Tokens, FollowTheSqlModeOfMysql) {
  EXPECT_EQ(shape("\"a\"", {.dialect = Dialect::kMysql, .ansi_quotes = true}), "i");
  EXPECT_EQ(shape("'a\\' 'b'", {.dialect = Dialect::kMysql, .no_backslash_escapes = true}), "s s");
}

struct ValueCase {
  Dialect dialect;
  std::string_view text;
  std::string_view content;
  std::string_view value;
};

TEST(Tokens, LiteralsHaveContentAndValue) {
  const ValueCase cases[] = {
      {Dialect::kSqlite, "'it''s'", "it''s", "it's"},
      {Dialect::kSqlite, "'a\\n'", "a\\n", "a\\n"},
      {Dialect::kMysql, R"('a\n\'\\\z\%')", R"(a\n\'\\\z\%)", "a\n'\\z%"},
      {Dialect::kMysql, R"(_latin1"b""c")", R"(b""c)", "b\"c"},
      {Dialect::kPostgres, R"(E'\x41\u00e9\101\'')", R"(\x41\u00e9\101\')",
       "A\xC3\xA9"
       "A'"},
      {Dialect::kPostgres, R"('\x41')", R"(\x41)", R"(\x41)"},
      {Dialect::kPostgres, "E'a'\n 'b\\'c'", "a'\n 'b\\'c", "ab'c"},
      {Dialect::kPostgres, "$a$it's$a$", "it's", "it's"},
      {Dialect::kSqlite, "''", "", ""},
      {Dialect::kSqlite, "'ab", "ab", "ab"},
  };
  for (const ValueCase& c : cases) {
    const LexOptions options{.dialect = c.dialect};
    const std::vector<Token> tokens = tokenize(c.text, options);
    ASSERT_EQ(tokens.size(), 1U) << c.text;
    EXPECT_EQ(literal_content(tokens[0]), c.content) << c.text;
    EXPECT_EQ(literal_value(tokens[0], options), c.value) << c.text;
  }
}

TEST(Tokens, NeverLoseAByte) {
  constexpr std::string_view kPieces[] = {
      "'",     "\"",  "`",   "[",  "]",  "$",        "$$",   "$a$", "--",     "/*",
      "*/",    "/*!", "/*+", "#",  "\n", " ",        "\\",   "\\.", ";",      "(",
      ")",     "E",   "N",   "_x", "1",  ".",        "e",    "0x",  "copy ",  "from ",
      "stdin", "@",   ":",   "?",  "a",  "\xC3\xA9", "\xFF", "u&",  "begin ", "end"};
  std::mt19937 random(20240501);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t count = random() % 12; count > 0; --count) {
      text += kPieces[random() % std::size(kPieces)];
    }
    for (const Dialect dialect : {Dialect::kGeneric, Dialect::kSqlite, Dialect::kMysql,
                                  Dialect::kPostgres, Dialect::kSqlServer}) {
      std::string joined;
      for (const Token& token : tokenize(text, {.dialect = dialect})) {
        ASSERT_EQ(token.offset, joined.size()) << text;
        ASSERT_FALSE(token.text.empty()) << text;
        joined += token.text;
      }
      ASSERT_EQ(joined, text);
    }
  }
}

}  // namespace
}  // namespace rhumb::sql
