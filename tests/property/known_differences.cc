#include "known_differences.h"

#include <re2/re2.h>

#include "split_check.h"

namespace rhumb::property {
namespace {

using sql::Dialect;

/// A replacement may make the form once more, but not for ever.
constexpr int kRoundsMax = 100;

/// A character that only Unicode calls white space.
constexpr const char* kUnicodeSpace =
    R"(\v|\xC2[\x85\xA0]|\xE1\x9A\x80|\xE2\x80[\x80-\x8A\xA8\xA9\xAF]|\xE2\x81\x9F|\xE3\x80\x80)";

constexpr KnownDifference kKnown[] = {
    {.name = "two dashes without a blank begin a comment",
     .section = "2, rule 10; 6",
     .dialect = Dialect::kMysql,
     .example = "SELECT 5--3;\nSELECT 1;\n",
     .form = R"(--([^\x00-\x20]))",
     .instead = R"(- -\1)"},
    {.name = "a delimiter in an executable comment means nothing",
     .section = "10.1",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1; SELECT 2 /*! ; */;",
     .form = R"((/\*M?!(?:[^*;]|\*[^/;]|/\*(?:[^*]|\*[^/])*\*/)*);)",
     .instead = R"(\1*/;/*!)"},
    {.name = "a parenthesis in an executable comment means nothing",
     .section = "10.1",
     .dialect = Dialect::kMysql,
     .example = "SELECT (1 /*! ) */; SELECT 2;",
     .form = R"((/\*M?!(?:[^*()]|\*[^/()]|/\*(?:[^*]|\*[^/])*\*/)*)([()]))",
     .instead = R"(\1*/\2/*!)"},
    {.name = "a backslash escapes in names too",
     .section = "3.2",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1 AS `a\\`; SELECT 2 AS `b`;",
     .form = R"((`[^`\\]*)\\)",
     .instead = R"(\1x)"},
    {.name = "a column called begin begins a body",
     .section = "4.1",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1 begin ; END; SELECT 2;",
     .form = R"((?i)((?:^|;)\s*(?:select|with|insert|update|delete|set)\b[^;]*\s)begin(\s))",
     .instead = R"(\1begun\2)"},
    {.name = "a backslash escapes in names of ANSI_QUOTES too",
     .section = "3.2",
     .dialect = Dialect::kMysql,
     .example = "SET sql_mode = 'ANSI_QUOTES';\nSELECT 1 AS \"a\\\"; SELECT 2 AS \"b\";\n",
     .form = "(?i)ANSI_QUOTES",
     .instead = "STRICT_ALL_TABLES"},
    {.name = "a backslash escapes under NO_BACKSLASH_ESCAPES too",
     .section = "3.2",
     .dialect = Dialect::kMysql,
     .splitter = Splitter::kClient,
     .example = "SET sql_mode = 'NO_BACKSLASH_ESCAPES';\nSELECT 'a\\'; SELECT 'b;';\n",
     .form = "(?i)NO_BACKSLASH_ESCAPES",
     .instead = "STRICT_ALL_TABLES"},
    {.name = "a comment in an executable comment is one",
     .section = "10.1",
     .dialect = Dialect::kMysql,
     .splitter = Splitter::kClient,
     .example = "/*!50003 SELECT 1 /* */*/;\nDELIMITER $$\n",
     .form = R"((/\*M?!(?:[^*]|\*[^/])*?)/\*(?:[^*!]|\*[^/])*\*/)",
     .instead = R"(\1)"},
    {.name = "a delimiter is the rest of the line",
     .section = "5.2",
     .dialect = Dialect::kMysql,
     .splitter = Splitter::kClient,
     .example = "DELIMITER -- end\nSELECT 1-- end\nSELECT 2-- end\n",
     .form = "-- end",
     .instead = "//"},
    {.name = "a backslash escapes in E strings alone",
     .section = "3.2, 3.3",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kClient,
     .example = "SET standard_conforming_strings = off;\nSELECT 'a\\'; SELECT 1;';\n",
     .form = R"((?is)(standard_conforming_strings(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:=|to))"
             R"((?:\s|--[^\n]*\n|/\*.*?\*/)*)'?(?:of+|f\w*|n\w*|0)\b'?)",
     .instead = R"(\1on)"},
    {.name = "an empty statement behind the data of COPY ends nothing",
     .section = "2",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kClient,
     .example = "COPY seen FROM stdin;\n\\.\n;\nSELECT 1;\n",
     .form = R"((\n\\\.\s*);)",
     .instead = R"(\1)",
     .of_all_versions = false},  // psql 15.18 does not
    {.name = "no statement stands on the line of COPY",
     .section = "10.4",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kClient,
     .example = "COPY seen FROM stdin; SELECT 1;\n\\.\n",
     .form = R"((?i)(from\s+stdin[^;'\n]*;)[^\n]+)",
     .instead = R"(\1)"},
    {.name = "the data of COPY have an end",
     .section = "10.4",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kClient,
     .example = "COPY seen FROM stdin;\n1\ta\n",
     .form = R"((?is)^(.*\bcopy\b.*[^.\n])\n?$)",
     .instead = "\\1\n\\\\.\n"},
    {.name = "meta-commands of psql are no SQL",
     .section = "10.5",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kClient,
     .example = "SELECT 1;\n\\echo a\nSELECT 2;\n",
     .form = R"((?im)^[ \t]*\\[a-z!?].*$)",
     .instead = ""},
    {.name = "only the first part of an E string has escapes",
     .section = "3.1, 3.3",
     .dialect = Dialect::kPostgres,
     .example = "SELECT E'a''\\'b;'; SELECT 2;",
     .form = R"((?is)(e'.*'.*?)\\')",
     .instead = R"(\1'')"},
    {.name = "a dollar tag may begin within a name",
     .section = "3.4",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1 AS a$$; SELECT 2 AS b$$;",
     .form = R"(([\w\x80-\xFF])\$([\w\x80-\xFF]*)\$)",
     .instead = R"(\1x\2x)"},
    {.name = "a byte order mark inside a script is text",
     .section = "10.2",
     .dialect = Dialect::kSqlite,
     .example = "BEGIN \xEF\xBB\xBF; SELECT 1; END;",
     .form = R"(\xEF\xBB\xBF)",
     .instead = " "},
    {.name = "blanks alone may stand around ATOMIC",
     .section = "2, rule 13",
     .dialect = Dialect::kPostgres,
     .example = "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN/**/ATOMIC SELECT 1; END;",
     .form = R"((?is)(begin|atomic)\s*(?:/\*.*?\*/|--[^\n]*\n))",
     .instead = R"(\1 )"},
    {.name = "a line comment ends at LF",
     .section = "6",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1 -- a\r; SELECT 2;\n",
     .form = R"((--[^\n]*?)\r)",
     .instead = "\\1\n"},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kSqlite,
     .example = "SELECT 1;\xC2\xA0",
     .form = kUnicodeSpace,
     .instead = "x"},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kPostgres,
     .example = "SELECT 1;\xC2\xA0",
     .form = kUnicodeSpace,
     .instead = "x"},
    {.name = "white space of Unicode at the ends is none of the statement",
     .section = "2",
     .dialect = Dialect::kMysql,
     .example = "SELECT 1;\xC2\xA0",
     .form = kUnicodeSpace,
     .instead = "x"},
    {.name = "a block comment without an end is text",
     .section = "6",
     .dialect = Dialect::kSqlite,
     .example = "SELECT 1; /* a; b",
     .form = R"((?s)^(.*/\*(?:[^*]|\*+[^*/])*\**)$)",
     .instead = R"(\1*/)"},
};

}  // namespace

std::span<const KnownDifference> known_differences() {
  return kKnown;
}

std::string without(const KnownDifference& known, std::string_view script) {
  const RE2 form(known.form, RE2::Latin1);
  std::string text(script);
  for (int round = 0; round < kRoundsMax && RE2::GlobalReplace(&text, form, known.instead) > 0;
       ++round) {
  }
  return text;
}

const KnownDifference* explanation(ScriptServer& server, Dialect dialect, std::string_view script) {
  for (const KnownDifference& known : kKnown) {
    if (known.dialect != dialect) {
      continue;
    }
    const std::string rewritten = without(known, script);
    if (rewritten != script) {
      const Verdict verdict = check_split(server, dialect, rewritten);
      if (verdict.difference.empty() && verdict.unfit.empty()) {
        return &known;
      }
    }
  }
  return nullptr;
}

}  // namespace rhumb::property
