#include "migrate/case_output.h"

#include <gtest/gtest.h>

#include <optional>

namespace rhumb::migrate {
namespace {

driver::Rows people() {
  return {.columns = {"id", "name"},
          .rows = {{int64_t{1}, std::string("Ann")},
                   {int64_t{20}, driver::Value()},
                   {int64_t{3}, std::string("J\xC3\xB6rg")}},
          .types = {"integer", "text"}};
}

TEST(CaseOutput, CsvHasNoHeader) {
  EXPECT_EQ(format_output(people(), OutputFormat::kCsv), "1, Ann\n20, NULL\n3, J\xC3\xB6rg");
}

TEST(CaseOutput, TableIsAsWideAsItsCells) {
  EXPECT_EQ(format_output(people(), OutputFormat::kTable),
            " id | name\n"
            "----+------\n"
            " 1  | Ann\n"
            " 20 | NULL\n"
            " 3  | J\xC3\xB6rg");
  const driver::Rows narrow{.columns = {"a", "b"}, .rows = {}, .types = {}};
  EXPECT_EQ(format_output(narrow, OutputFormat::kTable), " a | b\n---+---");
}

TEST(CaseOutput, StatementsWithoutRowsGiveNothing) {
  EXPECT_EQ(format_output({}, OutputFormat::kCsv), "");
  EXPECT_EQ(format_output({}, OutputFormat::kTable), "");
}

TEST(CaseOutput, ShowsCellsByTheirKind) {
  struct Case {
    driver::Value value;
    const char* type;
    const char* want;
  };
  const Case cases[] = {
      {std::string("t"), "boolean", "true"},
      {std::string("f"), "boolean", "false"},
      {std::string("t"), "text", "t"},
      {1.5, "double", "1.5"},
      {driver::Blob{"abc"}, "", "abc"},
      {driver::Blob{std::string("\x00\xFF", 2)}, "", "\\x00ff"},
      {driver::Blob{"\x01"}, "", "\\x01"},
      {std::string(), "", ""},
  };
  for (const Case& c : cases) {
    const driver::Rows rows{.columns = {"c"}, .rows = {{c.value}}, .types = {c.type}};
    EXPECT_EQ(format_output(rows, OutputFormat::kCsv), c.want);
  }
}

std::string mismatch(std::string_view output,
                     std::optional<std::string> want,
                     OutputFormat format = OutputFormat::kCsv) {
  return find_mismatch(output, format, {.output = std::move(want)}).value_or("");
}

TEST(CaseOutput, EmptyLinesAroundItDoNotCount) {
  EXPECT_EQ(mismatch("1, a\n2, b", "1, a\n2, b\n"), "");
  EXPECT_EQ(mismatch("1, a\n2, b", "\n1, a  \r\n2, b\n\n"), "");
  EXPECT_EQ(mismatch("", ""), "");
  EXPECT_EQ(mismatch("anything", std::nullopt), "");
}

TEST(CaseOutput, EverythingElseInCsvCounts) {
  EXPECT_EQ(mismatch("1, a", "1,a"),
            "the output is not the expected one\ngot:\n  1, a\nwant:\n  1,a");
  EXPECT_NE(mismatch("1\n2", "1"), "");
  EXPECT_NE(mismatch("1", "1\n2"), "");
  EXPECT_NE(mismatch("1\n2", "1\n\n2"), "");
  EXPECT_NE(mismatch("a", "A"), "");
  EXPECT_EQ(mismatch("1", ""), "the output is not the expected one\ngot:\n  1\nwant:\n  (nothing)");
}

TEST(CaseOutput, TablesMayHaveColumnsOfAnyWidth) {
  const std::string output = format_output(people(), OutputFormat::kTable);
  EXPECT_EQ(
      mismatch(output,
               "  id |  name  \n-----+--------\n   1 | Ann\n  20 | NULL\n   3 | J\xC3\xB6rg\n",
               OutputFormat::kTable),
      "");
  EXPECT_NE(mismatch(output, " id | name\n----+------\n 1  | Ann", OutputFormat::kTable), "");
  EXPECT_NE(mismatch(" a\n---\n -", " a\n---\n --", OutputFormat::kTable), "");
  EXPECT_NE(mismatch(" a | b\n---+---", " a\n---", OutputFormat::kTable), "");
}

TEST(CaseOutput, AMatchMayStandAnywhere) {
  const Expectation expected{.output = {}, .match = codec::Pattern::create("^[0-9]+$").value()};
  EXPECT_EQ(find_mismatch("12\n", OutputFormat::kCsv, expected), std::nullopt);
  EXPECT_EQ(find_mismatch("12, a", OutputFormat::kCsv, expected),
            "the output does not match \"^[0-9]+$\"\ngot:\n  12, a");
}

}  // namespace
}  // namespace rhumb::migrate
