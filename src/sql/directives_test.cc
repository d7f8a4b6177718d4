#include "sql/directives.h"

#include <gtest/gtest.h>

namespace rhumb::sql {
namespace {

struct LineCase {
  const char* name;
  std::string_view line;
  std::optional<Directive> want;
};

TEST(Directives, AreReadFromOneLine) {
  const LineCase cases[] = {
      {"plain", "-- atlas:nolint", Directive{"-- ", "nolint", ""}},
      {"argument", "-- atlas:nolint  DS101 x ", Directive{"-- ", "nolint", "DS101 x "}},
      {"no blank", "--atlas:txmode none\nx", Directive{"--", "txmode", "none"}},
      {"hash", "#atlas:sum ignore", Directive{"#", "sum", "ignore"}},
      {"nothing before", "atlas:sum ignore", Directive{"", "sum", "ignore"}},
      {"last one counts", "-- atlas:a atlas:b c", Directive{"-- atlas:a ", "b", "c"}},
      {"last one needs a name", "-- atlas:a atlas: b", Directive{"-- ", "a", "atlas: b"}},
      {"carriage return", "-- atlas:txmode none\r\n", Directive{"-- ", "txmode", "none"}},
      {"tab is no blank", "-- atlas:delimiter\t//", Directive{"-- ", "delimiter", ""}},
      {"one blank behind", "-- atlas:delimiter ", Directive{"-- ", "delimiter", ""}},
      {"blanks only", "-- atlas:delimiter  ", Directive{"-- ", "delimiter", " "}},
      {"argument not ASCII", "-- atlas:x \xC3\xA9", Directive{"-- ", "x", "\xC3\xA9"}},
      {"prefix not ASCII", "-- \xC3\xA9 atlas:x", std::nullopt},
      {"control before", "\tatlas:x", std::nullopt},
      {"no name", "-- atlas: x", std::nullopt},
      {"name ends at a dash", "-- atlas:x-y z", Directive{"-- ", "x", ""}},
      {"case counts", "-- Atlas:x", std::nullopt},
      {"next line", "-- \natlas:x", std::nullopt},
      {"empty", "", std::nullopt},
  };
  for (const LineCase& c : cases) {
    const std::optional<Directive> got = parse_directive(c.line);
    ASSERT_EQ(got.has_value(), c.want.has_value()) << c.name;
    if (got) {
      EXPECT_EQ(got->prefix, c.want->prefix) << c.name;
      EXPECT_EQ(got->name, c.want->name) << c.name;
      EXPECT_EQ(got->argument, c.want->argument) << c.name;
    }
  }
}

TEST(Directives, OfTheContentStandInTheFirstLine) {
  EXPECT_EQ(content_directive("-- x atlas:sum ignore\n")->argument, "ignore");
  EXPECT_EQ(content_directive("\xEF\xBB\xBF-- atlas:delimiter //\r\nx")->argument, "//");
  EXPECT_FALSE(content_directive("--atlas:delimiter //\n"));
  EXPECT_FALSE(content_directive("-- atlas:txmode none\n"));
  EXPECT_FALSE(content_directive("\n-- atlas:sum ignore\n"));
}

struct FileCase {
  const char* name;
  std::string_view file;
  std::vector<std::string_view> want;
};

TEST(Directives, OfAFileStandInItsTopBlock) {
  const FileCase cases[] = {
      {"block", "-- atlas:txmode none\n\nSELECT 1;\n", {"none"}},
      {"two", "# x\n--atlas:txmode none\n-- atlas:txmode file\n\nSELECT 1;", {"none", "file"}},
      {"blanks on the empty line", "-- atlas:txmode none\n \t\nSELECT 1;", {"none"}},
      {"CRLF", "-- atlas:txmode none\r\n\r\nSELECT 1;\r\n", {"none"}},
      {"end of file", "-- atlas:txmode none\n", {"none"}},
      {"end of file without line end", "-- atlas:txmode none", {"none"}},
      {"byte order mark", "\xEF\xBB\xBF-- atlas:txmode none\n\nSELECT 1;", {"none"}},
      {"no empty line", "-- atlas:txmode none\nSELECT 1;\n", {}},
      {"block comment", "/* atlas:txmode none */\n\nSELECT 1;", {}},
      {"not in column 0", " -- atlas:txmode none\n\nSELECT 1;", {}},
      {"second block", "-- a\n\n-- atlas:txmode none\n\nSELECT 1;", {}},
      {"empty", "", {}},
  };
  for (const FileCase& c : cases) {
    EXPECT_EQ(file_directive_arguments(c.file, "txmode"), c.want) << c.name;
  }
}

TEST(Directives, OfAStatementStandInItsComments) {
  Statement statement;
  statement.comments = {"-- atlas:nolint A\n",  "#atlas:nolint B\n",       "--atlas:nolint C\r\n",
                        "/*atlas:nolint D*/",   "/* atlas:nolint E */",    "/*atlas:nolint\nF*/",
                        "--  atlas:nolint G\n", "-- see atlas:nolint H\n", "-- atlas:nolint"};
  EXPECT_EQ(statement_directive_arguments(statement, "nolint"),
            (std::vector<std::string_view>{"A", "B", "C", "D", ""}));
}

TEST(Directives, DelimitersHaveEscapes) {
  EXPECT_EQ(*parse_delimiter("\\n\\r\\tx\\y"), "\n\r\tx\\y");
  EXPECT_EQ(parse_delimiter("").error().message(), "empty delimiter");
}

TEST(Directives, AreAddedOnTop) {
  EXPECT_EQ(add_directive("SELECT 1;\n", "txmode", "none"), "-- atlas:txmode none\n\nSELECT 1;\n");
  EXPECT_EQ(add_directive("-- a\n\nSELECT 1;", "checkpoint", ""),
            "-- atlas:checkpoint\n-- a\n\nSELECT 1;");
  EXPECT_EQ(add_directive("\xEF\xBB\xBFx", "checkpoint", "v"),
            "\xEF\xBB\xBF-- atlas:checkpoint v\n\nx");
}

}  // namespace
}  // namespace rhumb::sql
