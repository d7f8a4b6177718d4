#include "gotmpl/template.h"

#include <gtest/gtest.h>

namespace rhumb::gotmpl {
namespace {

using Args = std::span<const Value>;

FunctionMap functions() {
  FunctionMap map;
  map["fail"] = {
      .call = [](Args) -> Result<Value> { return Error(ErrorCode::kIo, "disk is full"); }};
  map["double"] = {.params = {Param::text()}, .call = [](Args args) {
                     return Result<Value>(args[0].as_string() + args[0].as_string());
                   }};
  map["take"] = {.params = {Param::typed("*cmdlog.Report")},
                 .call = [](Args) { return Result<Value>("taken"); }};
  return map;
}

Value report() {
  return Struct("*cmdlog.Report")
      .field("Env", Struct("cmdlog.Env").field("Driver", "sqlite").field("Dir", "m"),
             {.embedded = true})
      .field("Dir", "outer")
      .field("URL", Struct("*sqlclient.URL")
                        .field("URL", Struct("*url.URL").field("Host", "a").text("sqlite://a"),
                               {.embedded = true}))
      .field("Error", Value::nil_pointer("*cmdlog.StmtError"))
      .field("Cause", Value(), {.interface_type = "error"})
      .field("Files",
             Value::list_of("cmdlog.Files", {Struct("*cmdlog.File").field("Name", "1.sql")},
                            "migrate.File"))
      .method(
          "Summary",
          Function{.params = {Param::text()},
                   .call = [](Args args) { return Result<Value>(args[0].as_string() + "done"); }})
      .method("Header", [] { return Value("head"); });
}

/// The output, with the error text behind it.
std::string run(const std::string& text,
                const Value& root = report(),
                TemplateOptions options = {}) {
  const Result<Template> parsed = parse_template("format", text, functions(), options);
  if (!parsed.has_value()) {
    return parsed.error().message();
  }
  std::string out;
  const Result<void> result = execute(*parsed, root, out);
  return result.has_value() ? out : out + "!" + result.error().message();
}

std::string failure(const std::string& position, const std::string& at, const std::string& what) {
  return "!template: format:" + position + ": executing \"format\" at <" + at + ">: " + what;
}

struct Case {
  const char* name;
  std::string text;
  std::string want;
};

TEST(Template, ReachesFieldsAndMethodsOfStructures) {
  const Case cases[] = {
      {"field", "{{.Dir}}", "outer"},
      {"promoted", "{{.Driver}}", "sqlite"},
      {"through the embedded", "{{.Env.Dir}}", "m"},
      {"method", "{{.Header}}", "head"},
      {"method with argument", "{{.Summary \"> \"}}{{\"- \" | .Summary}}", "> done- done"},
      {"nil pointer", "{{.Error}}{{if .Error}}yes{{end}}", "<nil>"},
      {"nil interface", "{{.Cause}}", "<nil>"},
      {"typed argument", "{{take .}}{{take nil}}", "takentaken"},
      {"unknown", "a{{.Nope}}",
       "a" + failure("1:3", ".Nope",
                     "can't evaluate field Nope in type "
                     "*cmdlog.Report")},
      {"promoted text", "{{.URL}} {{.URL.Host}} {{.URL.String}}", "sqlite://a a sqlite://a"},
      {"in a list", "{{.Files.Name}}",
       failure("1:8", ".Files.Name", "can't evaluate field Name in type cmdlog.Files")},
      {"in an element", "{{range .Files}}{{.X}}{{end}}",
       failure("1:18", ".X", "can't evaluate field X in type migrate.File")},
      {"behind nil", "{{.Error.Text}}",
       failure("1:8", ".Error.Text", "nil pointer evaluating *cmdlog.StmtError.Text")},
      {"too few", "{{.Summary}}",
       failure("1:2", ".Summary", "wrong number of args for Summary: want 1 got 0")},
      {"too many", "{{.Header 1}}",
       failure("1:2", ".Header", "wrong number of args for Header: want 0 got 1")},
      {"wrong kind", "{{.Summary 1}}", failure("1:11", "1", "expected string; found 1")},
      {"field called", "{{.Dir 1}}",
       failure("1:2", ".Dir", "Dir has arguments but cannot be invoked as function")},
      {"wrong type", "{{take .Dir}}",
       failure("1:7", ".Dir", "wrong type for value; expected *cmdlog.Report; got string")},
      {"constant for a structure", "{{take 1}}",
       failure("1:7", "1", "can't handle 1 for arg of type *cmdlog.Report")},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(run(test.text), test.want) << test.name;
  }
}

TEST(Template, CountsLinesFromOneAndColumnsFromZero) {
  EXPECT_EQ(run("x\n  {{.Nope}}"),
            "x\n  " + failure("2:4", ".Nope", "can't evaluate field Nope in type *cmdlog.Report"));
}

TEST(Template, KeepsTheCodeOfAFailedFunction) {
  const Result<Template> parsed = parse_template("format", "{{fail}}", functions());
  ASSERT_TRUE(parsed.has_value());
  std::string out;
  const Result<void> result = execute(*parsed, Value(), out);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  EXPECT_TRUE(result.error().message().ends_with("error calling fail: disk is full"));
}

TEST(Template, NamesWhereAnUnclosedActionBegan) {
  EXPECT_EQ(run("a {{ .x\n"), "template: format:2: unclosed action started at format:1");
  EXPECT_EQ(run("{{ .x\n\"y }}"),
            "template: format:2: unterminated quoted string in action started "
            "at format:1");
}

TEST(Template, BoundsOutputStatementsNestingAndCalls) {
  EXPECT_EQ(run("12345678", {}, {.output_bytes_max = 4}),
            failure("1:0", "12345678", "output is larger than 4 bytes"));
  EXPECT_EQ(run("{{double \"abc\"}}", {}, {.output_bytes_max = 4}),
            failure("1:9", "\"abc\"", "result of double is larger than 4 bytes"));
  EXPECT_EQ(run("{{range 100}}{{end}}", {}, {.statements_max = 10}),
            failure("1:8", "100", "more than 10 statements were run"));
  const std::string deep = run("{{define \"r\"}}{{template \"r\"}}{{end}}{{template \"r\"}}");
  EXPECT_TRUE(deep.ends_with("exceeded maximum template depth (100000)")) << deep;
}

TEST(Template, RefusesTooDeepNesting) {
  const auto repeat = [](const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      out += text;
    }
    return out;
  };
  EXPECT_EQ(run(repeat("{{if .}}", 200) + "deep" + repeat("{{end}}", 200)), "deep");
  EXPECT_EQ(run("{{" + repeat("(", 300) + "1" + repeat(")", 300) + "}}"), "1");
  EXPECT_EQ(run(repeat("{{if .}}", 999) + "deep" + repeat("{{end}}", 999)), "deep");
  const std::string start = "template: format:1: ";
  EXPECT_EQ(run(repeat("{{if 1}}", 5000)), start + "blocks are nested deeper than 1000");
  EXPECT_EQ(run(repeat("{{block \"b\" 1}}", 5000)), start + "blocks are nested deeper than 1000");
  EXPECT_EQ(run("{{if 1}}" + repeat("{{else if 1}}", 5000)),
            start + "blocks are nested deeper than 1000");
  EXPECT_EQ(run("{{" + repeat("(", 5000)), start + "max expression depth exceeded");
}

TEST(TemplateSet, SharesDefinitionsBetweenTexts) {
  TemplateSet set({}, {.missing_key = MissingKey::kError});
  ASSERT_TRUE(set.add("1.sql", "{{template \"cols.tmpl\" .}}{{template \"id\"}}").has_value());
  ASSERT_TRUE(set.add("cols.tmpl", "<{{.name}}>").has_value());
  ASSERT_TRUE(set.add("defs.tmpl", "{{define \"id\"}}id int{{end}}").has_value());
  std::string out;
  ASSERT_TRUE(set.execute("1.sql", Value::map({{"name", "n"}}), out).has_value());
  EXPECT_EQ(out, "<n>id int");
}

TEST(TemplateSet, LaterTextsReplaceEarlierOnesUnlessBlank) {
  TemplateSet set;
  ASSERT_TRUE(set.add("1.sql", "first").has_value());
  ASSERT_TRUE(set.add("1.sql", "second").has_value());
  ASSERT_TRUE(set.add("1.sql", " \n").has_value());
  ASSERT_FALSE(set.add("1.sql", "{{").has_value());
  std::string out;
  ASSERT_TRUE(set.execute("1.sql", Value(), out).has_value());
  EXPECT_EQ(out, "second");
}

TEST(TemplateSet, NamesTheTextOfAFailingDefinition) {
  TemplateSet set({}, {.missing_key = MissingKey::kError});
  ASSERT_TRUE(set.add("defs.tmpl", "\n{{define \"d\"}}{{.x}}{{end}}").has_value());
  ASSERT_TRUE(set.add("1.sql", "{{template \"d\" .}}").has_value());
  std::string out;
  const Result<void> result = set.execute("1.sql", Value::map({}), out);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message(),
            "template: defs.tmpl:2:16: executing \"d\" at <.x>: map has no entry for key \"x\"");
}

}  // namespace
}  // namespace rhumb::gotmpl
