#include "project/check_rules.h"

#include <gtest/gtest.h>

#include "project/functions_host.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

PlannedMigration two_files() {
  return {.target_version = "20260102",
          .files = {{.name = "20260101_a.sql",
                     .version = "20260101",
                     .content = "CREATE TABLE a (n int);\n",
                     .statements = {"CREATE TABLE a (n int);"}},
                    {.name = "20260102_b.sql",
                     .version = "20260102",
                     .content = "DROP TABLE a;\n",
                     .statements = {"DROP TABLE a;"}}}};
}

/// "" when the rules let the migration pass.
std::string answer(TestHost& host,
                   const std::string& text,
                   const std::vector<std::string>& vars = {}) {
  const Result<Project> project = host.load(text, "t", vars);
  if (!project.has_value()) {
    return host.error_of(project);
  }
  FunctionsHost functions(host.environment, {});
  PlannedMigration reported = two_files();
  reported.files[1].statements = {"DROP TABLE (masked);"};
  const Result<void> checked = check_migration(project.value().environments.front().checks,
                                               two_files(), reported, functions);
  return checked.has_value() ? "" : checked.error().message();
}

std::string in_env(const std::string& rules) {
  return "env \"t\" {\n  check \"migrate_apply\" {\n" + rules + "\n  }\n}\n";
}

constexpr std::string_view kBlocked =
    "\"migrate apply\" was blocked by pre-execution check (deny rule";

struct Case {
  std::string name;
  std::string text;
  std::string want;
};

TEST(CheckRules, AreAskedInOrder) {
  const std::string blocked(kBlocked);
  const std::vector<Case> cases = {
      {"no rule matches", in_env("deny \"d\" {\n condition = false\n message = \"no\"\n}"), ""},
      {"deny", in_env("deny \"d\" {\n condition = true\n message = \"no\"\n}"),
       blocked + ": \"d\" at line: 3): no"},
      {"deny without name and message", in_env("deny {\n condition = true\n}"),
       blocked + " at line: 3)"},
      {"allow before deny", in_env("allow {\n condition = true\n}\ndeny {\n condition = true\n}"),
       ""},
      {"deny before allow", in_env("deny {\n condition = true\n}\nallow {\n condition = true\n}"),
       blocked + " at line: 3)"},
      {"allow that does not match",
       in_env("allow {\n condition = false\n}\ndeny {\n condition = true\n}"),
       blocked + " at line: 6)"},
      {"global rules come first",
       in_env("deny \"own\" {\n condition = true\n}") +
           "check \"migrate_apply\" {\n deny \"global\" {\n condition = true\n }\n}\n",
       blocked + ": \"global\" at line: 9)"},
      {"rules of schema apply",
       in_env("") + "check \"schema_apply\" {\n deny {\n condition = true\n }\n}\n", ""},
      {"text as condition", in_env("deny {\n condition = \"true\"\n}"), blocked + " at line: 3)"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(answer(host, c.text), c.want) << c.name;
  }
}

TEST(CheckRules, SeeTheMigrationAndTheProject) {
  const std::vector<std::string> conditions = {
      "length(self.planned_migration.files) == 2",
      "length(self.planned_migration.statements) == 2",
      "self.planned_migration.target_version == \"20260102\"",
      "self.planned_migration.files[1].name == \"20260102_b.sql\"",
      "contains([for f in self.planned_migration.files : f.version], \"20260101\")",
      "length([for s in self.planned_migration.statements : s if startswith(s, \"DROP\")]) == 1",
      "self.planned_migration.files[0].content == \"CREATE TABLE a (n int);\\n\"",
      "version_cmp(self.planned_migration.target_version, var.limit) > 0",
      "version_cmp(\"9\", \"10\") < 0 && version_cmp(\"b\", \"a\") > 0 && version_cmp(\"010\", "
      "\"10\") == 0",
      "local.on && atlas.env == \"t\"",
  };
  for (const std::string& condition : conditions) {
    TestHost host;
    const std::string text =
        "variable \"limit\" {\n type = string\n default = \"9\"\n}\n"
        "locals {\n on = true\n}\n" +
        in_env("deny \"d\" {\n condition = " + condition + "\n}");
    EXPECT_EQ(answer(host, text).substr(0, kBlocked.size()), kBlocked) << condition;
  }
}

TEST(CheckRules, SeeTheTargetOfForEach) {
  TestHost host;
  const Result<Project> project = host.load(
      "env \"t\" {\n for_each = toset([\"a\", \"b\"])\n check \"migrate_apply\" {\n"
      " deny {\n condition = each.value == \"b\"\n }\n }\n}\n");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  FunctionsHost functions(host.environment, {});
  std::vector<bool> passed;
  for (const Environment& environment : project.value().environments) {
    passed.push_back(
        check_migration(environment.checks, two_files(), two_files(), functions).has_value());
  }
  EXPECT_EQ(passed, (std::vector{true, false}));
}

TEST(CheckRules, MessagesQuoteWhatMayBeReported) {
  TestHost host;
  EXPECT_EQ(answer(host, in_env("deny \"d\" {\n condition = "
                                "self.planned_migration.statements[1] == \"DROP TABLE a;\"\n"
                                "message = \"not ${self.planned_migration.statements[1]}\"\n}")),
            std::string(kBlocked) + ": \"d\" at line: 3): not DROP TABLE (masked);");
}

TEST(CheckRules, RefuseWhatTheyDoNotKnow) {
  const std::vector<Case> cases = {
      {"no condition", in_env("deny {\n}"),
       "atlas.hcl:3,6-7: Missing required argument; The argument \"condition\" is required, but no "
       "definition was found."},
      {"another block", in_env("refuse {\n}"),
       "atlas.hcl:3,1-7: Unsupported block type; A check holds blocks of type allow, deny and "
       "drift."},
      {"another subject", "env \"t\" {\n check \"lint\" {}\n}\n",
       "atlas.hcl:2,2-7: Unknown check; A check is for \"migrate_apply\" or \"schema_apply\"."},
      {"no bool", in_env("deny {\n condition = \"maybe\"\n}"),
       "atlas.hcl:4,14-21: Invalid condition; The condition of a rule must be true or false."},
      {"null", in_env("deny {\n condition = null\n}"),
       "atlas.hcl:4,14-18: Invalid condition; The condition of a rule must be true or false."},
      {"unknown member", in_env("deny {\n condition = self.planned_migration.rows > 1\n}"),
       "atlas.hcl:4,36-41: Unsupported attribute; This object does not have an attribute named "
       "\"rows\"."},
  };
  for (const Case& c : cases) {
    TestHost host;
    std::string got = answer(host, c.text);
    const size_t at = got.find(host.path("atlas.hcl"));
    if (at != std::string::npos) {
      got.erase(at, host.path("").size());
    }
    EXPECT_EQ(got, c.want) << c.name;
  }
}

TEST(CheckRules, DriftIsWarnedOf) {
  TestHost host;
  const Result<Project> project = host.load(in_env("drift {\n on_error = FAIL\n}"));
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(
      project.value().warnings,
      std::vector<std::string>{"check \"migrate_apply\": drift blocks are not evaluated; this "
                               "command goes on without comparing schemas"});
}

}  // namespace
}  // namespace rhumb::project
