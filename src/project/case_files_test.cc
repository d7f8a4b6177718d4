#include "project/case_files.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

/// Test files in a folder, which `DIR` stands for in what is told.
class CaseFilesTest : public testing::Test {
 protected:
  std::string told(std::string_view text) { return replace_all(text, host_.path(""), "DIR/"); }

  /// Reads one file.
  Result<CaseList> read(const std::string& text) {
    host_.write("a.test.hcl", text);
    request_.files = {host_.path("a.test.hcl")};
    return read_cases(request_, {.environment = host_.environment,
                                 .drivers = host_.drivers,
                                 .processes = processes_,
                                 .http = host_.fetcher,
                                 .registry = host_.transport,
                                 .provider = host_.sender,
                                 .clock = host_.clock});
  }

  /// `name: command, ...` of every case, or the error.
  std::string outline_of(const std::string& text) {
    const Result<CaseList> list = read(text);
    if (!list) {
      return told(list.error().message());
    }
    std::string lines;
    for (const migrate::Case& test : list->cases) {
      std::vector<std::string> words;
      for (const migrate::CaseCommand& command : test.commands) {
        words.push_back(command.word);
      }
      lines += test.name + ": " + (test.is_skipped ? "skipped" : join(words, ", ")) + "\n";
    }
    return lines;
  }

  /// The message of the first `log` of every case, or the error.
  std::string logs_of(const std::string& text) {
    const Result<CaseList> list = read(text);
    if (!list) {
      return told(list.error().message());
    }
    std::vector<std::string> messages;
    for (const migrate::Case& test : list->cases) {
      messages.push_back(std::get<migrate::LogCommand>(test.commands.front().action).message);
    }
    return join(messages, "\n");
  }

  /// One case around a command.
  static std::string test_of(const std::string& command) {
    return "test \"migrate\" \"t\" {\n" + command + "\n}\n";
  }

  TestHost host_;
  sys::SystemProcessRunner processes_;
  CaseRequest request_;
};

TEST_F(CaseFilesTest, ReadsCommandsInTheirOrder) {
  const CaseList list = read(R"(
test "migrate" "all" {
  migrate { to = "20260101" }
  exec {
    sql    = "SELECT 1"
    format = table
    output = "x"
  }
  exec {
    sql   = <<-SQL
      SELECT 2;
      SELECT 3
    SQL
    match = "^[0-9]$"
  }
  catch {
    sql   = "SELECT nope"
    error = "no such column"
  }
  assert {
    sql           = "SELECT 1"
    error_message = "one"
  }
  log { message = "done" }
  external {
    program     = ["echo", "x"]
    working_dir = "/"
    output      = "x"
  }
}
)")
                            .value();
  ASSERT_EQ(list.cases.size(), 1U);
  const std::vector<migrate::CaseCommand>& commands = list.cases[0].commands;
  ASSERT_EQ(commands.size(), 7U);
  EXPECT_EQ(std::get<migrate::MigrateCommand>(commands[0].action).to, "20260101");
  const auto& table = std::get<migrate::ExecCommand>(commands[1].action);
  EXPECT_EQ(table.sql, "SELECT 1");
  EXPECT_EQ(table.format, migrate::OutputFormat::kTable);
  EXPECT_EQ(table.expected.output, "x");
  EXPECT_EQ(commands[1].line, 4U);
  EXPECT_EQ(told(commands[1].file), "DIR/a.test.hcl");
  const auto& csv = std::get<migrate::ExecCommand>(commands[2].action);
  EXPECT_EQ(csv.sql, "SELECT 2;\nSELECT 3\n");
  EXPECT_EQ(csv.format, migrate::OutputFormat::kCsv);
  EXPECT_EQ(csv.expected.match->text(), "^[0-9]$");
  EXPECT_EQ(std::get<migrate::CatchCommand>(commands[3].action).error->text(), "no such column");
  EXPECT_EQ(std::get<migrate::AssertCommand>(commands[4].action).error_message, "one");
  EXPECT_EQ(std::get<migrate::LogCommand>(commands[5].action).message, "done");
  const auto& external = std::get<migrate::ExternalCommand>(commands[6].action);
  EXPECT_EQ(external.program, (std::vector<std::string>{"echo", "x"}));
  EXPECT_EQ(external.working_dir, "/");
}

TEST_F(CaseFilesTest, ExpandsAndSkipsCases) {
  EXPECT_EQ(outline_of(R"(
test "migrate" "list" {
  for_each = ["a", "b"]
  skip     = each.value == "a"
  log { message = each.value }
}
test "migrate" "none" {
  for_each = []
}
test "schema" "other" {
  parallel = true
  anything { goes = here }
}
test "migrate" "off" {
  skip = true
  exec { nothing = "is looked at" }
}
test "migrate" "empty" {}
)"),
            "list/1: skipped\nlist/2: log\noff: skipped\nempty: \n");
}

TEST_F(CaseFilesTest, ForEachTakesWhatEnvironmentsTake) {
  const auto messages = [&](const std::string& collection) {
    return logs_of("test \"migrate\" \"t\" {\n for_each = " + collection +
                   "\n log { message = \"${testing.name} ${each.key} ${each.value}\" }\n}\n");
  };
  EXPECT_EQ(messages("[\"b\", \"a\"]"), "t/1 0 b\nt/2 1 a");
  EXPECT_EQ(messages("toset([\"b\", \"a\"])"), "t/1 a a\nt/2 b b");
  EXPECT_EQ(messages("{ x = 1, y = 2 }"), "t/1 x 1\nt/2 y 2");
  EXPECT_EQ(messages("\"a\""), "test \"t\": schemahcl: for_each does not support string type");
}

TEST_F(CaseFilesTest, RunsOnlyCasesWithThatName) {
  const std::string text =
      "test \"migrate\" \"users\" {\n for_each = [1, 2]\n log { message = testing.name }\n}\n"
      "test \"migrate\" \"pets\" {\n log { message = nope }\n}\n";
  request_.run = codec::Pattern::create("users/2$").value();
  EXPECT_EQ(logs_of(text), "users/2");
  request_.run = codec::Pattern::create("other").value();
  EXPECT_EQ(logs_of(text), "");
}

TEST_F(CaseFilesTest, SeesVariablesLocalsAndWhereItRuns) {
  const std::string text = R"(
variable "name" {
  type    = string
  default = "default"
}
variable "ids" {
  type    = list(number)
  default = [1]
}
locals { greeting = "hello ${var.name}" }
data "external" "used" {
  program = ["/bin/echo", "-n", "data"]
}
data "external" "unused" {
  program = ["no-such-program-x"]
}
test "migrate" "t" {
  log { message = "${local.greeting} ${jsonencode(var.ids)} ${testing.name} ${testing.dev_url} ${atlas.env} ${data.external.used}" }
}
)";
  request_.dev_url = "sqlite://dev";
  request_.env = "ci";
  EXPECT_EQ(logs_of(text), "hello default [1] t sqlite://dev ci data");
  request_.variables.emplace("name", hcl::Value::string("project"));
  request_.variables.emplace("ids",
                             hcl::Value::tuple({hcl::Value::integer(2), hcl::Value::integer(3)}));
  request_.variables.emplace("surplus", hcl::Value::boolean(true));
  EXPECT_EQ(logs_of(text), "hello project [2,3] t sqlite://dev ci data");
  request_.vars = {"name=flag", "other=x"};
  EXPECT_EQ(logs_of(text), "hello flag [2,3] t sqlite://dev ci data");
}

TEST_F(CaseFilesTest, FilesAreReadBesideTheTestFile) {
  host_.write("seed.sql", "INSERT;");
  EXPECT_EQ(logs_of(test_of("log { message = file(\"seed.sql\") }")), "INSERT;");
}

TEST_F(CaseFilesTest, SensitiveValuesAreToldToBeHidden) {
  const CaseList list =
      read(
          "variable \"password\" {\n type = string\n default = \"secret1\"\n sensitive = true\n}\n")
          .value();
  EXPECT_EQ(list.secrets, std::vector<std::string>{"secret1"});
}

TEST_F(CaseFilesTest, ReadsSeveralFilesAsOneBody) {
  host_.write("b.test.hcl",
              "locals {\n b = \"from b\"\n}\n" + test_of("log { message = \"two\" }"));
  ASSERT_TRUE(read("").has_value());
  host_.write("a.test.hcl", test_of("log { message = local.b }"));
  request_.files.push_back(host_.path("b.test.hcl"));
  const CaseList list = read_cases(request_, {.environment = host_.environment,
                                              .drivers = host_.drivers,
                                              .processes = processes_,
                                              .http = host_.fetcher,
                                              .registry = host_.transport,
                                              .provider = host_.sender,
                                              .clock = host_.clock})
                            .value();
  ASSERT_EQ(list.cases.size(), 2U);
  EXPECT_EQ(std::get<migrate::LogCommand>(list.cases[0].commands[0].action).message, "from b");
  EXPECT_EQ(told(list.cases[1].commands[0].file), "DIR/b.test.hcl");
}

TEST_F(CaseFilesTest, RefusesWhatHasNoPlaceInATestFile) {
  struct Given {
    std::string text;
    const char* want;
  };
  const Given cases[] = {
      {"x = 1\n",
       "DIR/a.test.hcl:1,1-2: Unsupported argument; An argument named \"x\" is not expected here."},
      {"env \"x\" {\n}\n",
       "DIR/a.test.hcl:1,1-4: Unsupported block type; Blocks of type \"env\" are not expected "
       "here."},
      {"test \"migrate\" {\n}\n",
       "DIR/a.test.hcl:1,1-5: Unsupported labels; A test block has two labels: test \"migrate\" "
       "\"name\"."},
      {"test \"nope\" \"x\" {\n}\n",
       "DIR/a.test.hcl:1,6-12: Unsupported test; There is no test for \"nope\" commands."},
      {"variable \"x\" {\n type = string\n}\n", "missing value for required variable \"x\""},
      {"locals {\n a = local.b\n b = local.a\n}\n", "cyclic reference to \"local.a\""},
      {"test \"migrate\" \"t\" {\n parallel = true\n}\n",
       "test \"t\": unexpected attributes: [parallel]"},
      {"test \"migrate\" \"t\" {\n skip = \"maybe\"\n}\n",
       "test \"t\": DIR/a.test.hcl:2,10-15: Unsuitable value type; Unsuitable value: a bool is "
       "required"},
      {test_of("execs {\n}"),
       "test \"t\": DIR/a.test.hcl:2,1-6: Unsupported block type; Blocks of type \"execs\" are not "
       "expected here. Did you mean \"exec\"?"},
      {test_of("migrate {\n}"),
       "test \"t\": migrate: DIR/a.test.hcl:2,9-9: Missing required argument; The argument \"to\" "
       "is required, but no definition was found."},
      {test_of("migrate {\n to = \"\"\n}"),
       "test \"t\": migrate: DIR/a.test.hcl:3,7-9: Unsuitable value; to must name a version."},
      {test_of("exec {\n sql = \"x\"\n outputs = \"\"\n}"),
       "test \"t\": exec: DIR/a.test.hcl:4,2-9: Unsupported argument; An argument named "
       "\"outputs\" is not expected here. Did you mean \"output\"?"},
      {test_of("exec {\n sql = \"x\"\n output = \"\"\n match = \"\"\n}"),
       "test \"t\": exec: DIR/a.test.hcl:5,10-12: Conflicting arguments; Only one of output and "
       "match can be set."},
      {test_of("exec {\n sql = \"x\"\n format = \"json\"\n}"),
       "test \"t\": exec: DIR/a.test.hcl:4,11-17: Unsuitable value; format must be csv or table, "
       "got: \"json\"."},
      {test_of("exec {\n sql = \"x\"\n match = \"(\"\n}"),
       "test \"t\": exec: DIR/a.test.hcl:4,10-13: Invalid regular expression; error parsing "
       "regexp: missing closing ): `(`"},
      {test_of("catch {\n sql = \"x\"\n error = \"[\"\n}"),
       "test \"t\": catch: DIR/a.test.hcl:4,10-13: Invalid regular expression; error parsing "
       "regexp: missing closing ]: `[`"},
      {test_of("external {\n program = [null]\n}"),
       "test \"t\": external: program must not hold null"},
      {test_of("log {\n message = var.nope\n}"),
       "test \"t\": log: DIR/a.test.hcl:3,12-15: Unknown variable; There is no variable named "
       "\"var\"., and 1 other diagnostic(s)"},
      {test_of("assert {\n sql = \"x\"\n inner {\n }\n}"),
       "test \"t\": assert: DIR/a.test.hcl:4,2-7: Unsupported block type; Blocks of type \"inner\" "
       "are not expected here."},
  };
  for (const Given& c : cases) {
    EXPECT_EQ(outline_of(c.text), c.want) << c.text;
  }
}

TEST_F(CaseFilesTest, FindsTestFiles) {
  host_.write("b.test.hcl", "");
  host_.write("a.test.hcl", "");
  host_.write("atlas.hcl", "");
  host_.write("empty/x.hcl", "");
  host_.write("folder.test.hcl/c.test.hcl", "");
  struct Given {
    std::vector<std::string> paths;
    const char* want;
  };
  const Given cases[] = {
      {{"DIR"}, "DIR/a.test.hcl DIR/b.test.hcl"},
      {{"DIR/"}, "DIR/a.test.hcl DIR/b.test.hcl"},
      {{"file://DIR"}, "DIR/a.test.hcl DIR/b.test.hcl"},
      {{"DIR/b.test.hcl", "DIR"}, "DIR/b.test.hcl DIR/a.test.hcl"},
      {{"DIR/folder.test.hcl"}, "DIR/folder.test.hcl/c.test.hcl"},
      {{"DIR/atlas.hcl"}, "\"DIR/atlas.hcl\" is no test file: its name must end in .test.hcl"},
      {{"DIR/empty"}, "no test file (*.test.hcl) in \"DIR/empty\""},
      {{"DIR/none.test.hcl"},
       "test file \"DIR/none.test.hcl\" was not found: stat DIR/none.test.hcl: no such file or "
       "directory"},
  };
  const std::string root = host_.path("").substr(0, host_.path("").size() - 1);
  for (const Given& c : cases) {
    std::vector<std::string> paths;
    for (const std::string& path : c.paths) {
      paths.push_back(replace_all(path, "DIR", root));
    }
    const Result<std::vector<std::string>> found = find_case_files(paths);
    EXPECT_EQ(replace_all(found ? join(*found, " ") : found.error().message(), root, "DIR"),
              c.want);
  }
}

}  // namespace
}  // namespace rhumb::project
