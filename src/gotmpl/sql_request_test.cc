#include "gotmpl/sql_request.h"

#include <gtest/gtest.h>

namespace rhumb::gotmpl {
namespace {

std::string indent_of(const std::string& text) {
  FunctionMap functions;
  functions["sql"] = {.params = {Param::any()}, .variadic = Param::text(), .call = nullptr};
  const Result<Template> parsed = parse_template("format", text, functions);
  if (!parsed.has_value()) {
    return parsed.error().message();
  }
  const auto indent = find_sql_indent(*parsed);
  if (!indent.has_value()) {
    return indent.error().message();
  }
  return indent->has_value() ? "indent " + **indent : "content";
}

TEST(SqlRequest, ReadsTheIndentOfASingleCall) {
  EXPECT_EQ(indent_of("{{ sql . \"  \" }}"), "indent   ");
  EXPECT_EQ(indent_of("{{- sql $ `\t` -}}"), "indent \t");
  EXPECT_EQ(indent_of("{{sql .}}"), "indent ");
}

TEST(SqlRequest, TakesOtherTemplatesAsContent) {
  EXPECT_EQ(indent_of(""), "content");
  EXPECT_EQ(indent_of("{{ range .Changes }}{{ .Cmd }}{{ end }}"), "content");
}

TEST(SqlRequest, RefusesOtherUsesOfSql) {
  const std::string start = "'sql' can only be used to indent statements. got: ";
  EXPECT_EQ(indent_of("{{ sql . 1 }}"), "parse indent: invalid syntax");
  EXPECT_EQ(indent_of("{{ sql . .X }}"), "parse indent: invalid syntax");
  EXPECT_EQ(indent_of("{{ if . }}{{ sql  .  \"  \" }}{{ end }}"),
            start + "{{if .}}{{sql . \"  \"}}{{end}}");
  EXPECT_EQ(indent_of("-- {{ sql . }}"), start + "-- {{sql .}}");
  EXPECT_EQ(indent_of("{{ sql .X }}"), start + "{{sql .X}}");
  EXPECT_EQ(indent_of("{{ sql . | len }}"), start + "{{sql . | len}}");
  EXPECT_EQ(indent_of("{{ sql . \"a\" \"b\" }}"), start + "{{sql . \"a\" \"b\"}}");
  EXPECT_EQ(indent_of("{{ sql }}"), start + "{{sql}}");
}

}  // namespace
}  // namespace rhumb::gotmpl
