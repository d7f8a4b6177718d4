#include "known_differences.h"

#include <re2/re2.h>

namespace rhumb::property {
namespace {

using sql::Dialect;

/// Whether a character that only Unicode calls white space stands somewhere.
bool has_unicode_space(std::string_view s) {
  return RE2::PartialMatch(
      s, R"([\v\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}])");
}

/// Whether two dashes stand before anything but a blank; the text need not be UTF-8.
bool has_glued_dashes(std::string_view s) {
  for (size_t at = s.find("--"); at != std::string_view::npos; at = s.find("--", at + 1)) {
    if (at + 2 < s.size() && static_cast<unsigned char>(s[at + 2]) > ' ') {
      return true;
    }
  }
  return false;
}

constexpr KnownDifference kKnown[] = {
    {.name = "two dashes without a blank begin a comment",
     .section = "2, rule 10; 6",
     .dialect = Dialect::kMysql,
     .example = "SELECT 5--3;\nSELECT 1;\n",
     .applies = has_glued_dashes},
    {.name = "a delimiter in an executable comment means nothing",
     .section = "10.1",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1; SELECT 2 /*! ; */;",
     .applies = [](std::string_view s) { return RE2::PartialMatch(s, R"((?s)/\*M?!.*;.*\*/)"); }},
    {.name = "a backslash escapes in names too",
     .section = "3.2",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1 AS `a\\`; SELECT 2 AS `b`;",
     .applies = [](std::string_view s) { return RE2::PartialMatch(s, R"((?s)`[^`]*\\)"); }},
    {.name = "only the first part of an E string has escapes",
     .section = "3.1, 3.3",
     .dialect = Dialect::kPostgres,
     .example = "SELECT E'a''\\'b;'; SELECT 2;",
     .applies = [](std::string_view s) { return RE2::PartialMatch(s, R"((?is)e'.*'.*\\')"); }},
    {.name = "a dollar tag may begin within a name",
     .section = "3.4",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1 AS a$$; SELECT 2 AS b$$;",
     .applies =
         [](std::string_view s) {
           return RE2::PartialMatch(s, R"([A-Za-z0-9_\x80-\x{10FFFF}]\$\w*\$)");
         }},
    {.name = "a byte order mark inside a script is text",
     .section = "10.2",
     .dialect = Dialect::kSqlite,
     .example = "BEGIN \xEF\xBB\xBF; SELECT 1; END;",
     .applies =
         [](std::string_view s) { return s.find("\xEF\xBB\xBF") != std::string_view::npos; }},
    {.name = "blanks alone may stand around ATOMIC",
     .section = "2, rule 13",
     .dialect = Dialect::kPostgres,
     .example = "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN/**/ATOMIC SELECT 1; END;",
     .applies =
         [](std::string_view s) {
           return RE2::PartialMatch(s, R"((?i)begin\s*(/\*|--)|atomic\s*(/\*|--))");
         }},
    {.name = "a line comment ends at LF",
     .section = "6",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1 -- a\r; SELECT 2;\n",
     .applies = [](std::string_view s) { return RE2::PartialMatch(s, R"(--[^\n]*\r)"); }},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kSqlite,
     .example = "SELECT 1;\xC2\xA0",
     .applies = has_unicode_space},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1;\xC2\xA0",
     .applies = has_unicode_space},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1;\xC2\xA0",
     .applies = has_unicode_space},
    {.name = "a block comment without an end is text",
     .section = "6",
     .dialect = Dialect::kSqlite,
     .example = "SELECT 1; /* a; b",
     .applies =
         [](std::string_view s) {
           const size_t close = s.rfind("*/");
           return s.find("/*", close == s.npos ? 0 : close + 2) != s.npos;
         }},
};

}  // namespace

std::span<const KnownDifference> known_differences() {
  return kKnown;
}

const KnownDifference* explanation(Dialect dialect, std::string_view script) {
  for (const KnownDifference& known : kKnown) {
    if (known.dialect == dialect && known.applies(script)) {
      return &known;
    }
  }
  return nullptr;
}

}  // namespace rhumb::property
