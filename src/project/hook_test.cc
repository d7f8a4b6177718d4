#include <gtest/gtest.h>

#include "base/text.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

std::string text_of(const std::vector<migrate::TransactionHook>& hooks) {
  std::string text;
  for (const migrate::TransactionHook& hook : hooks) {
    text += hook.name + (hook.skip_errors ? " skips" : "") + " [" + join(hook.after_begin, "|") +
            "] [" + join(hook.before_commit, "|") + "] [" + join(hook.before_rollback, "|") + "]\n";
  }
  return text;
}

TEST(Hook, ReachesEveryEnvironmentInFileOrder) {
  TestHost host;
  const Result<Project> project = host.load(R"(
variable "schema" {
  type    = string
  default = "app"
}
hook "sql" "first" {
  transaction {
    after_begin   = ["SET search_path TO ${var.schema}", "SELECT 1;"]
    before_commit = ["SELECT 2"]
  }
}
hook "sql" "second" {
  skip_errors = true
  transaction {
    before_rollback = ["SELECT 3"]
    after_begin     = null
  }
}
hook "sql" "nothing" {
}
env "t" {
  for_each = toset(["a", "b"])
}
env "other" {
}
)");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  ASSERT_EQ(project->environments.size(), 2U);
  for (const Environment& environment : project->environments) {
    EXPECT_EQ(text_of(environment.hooks),
              "first [SET search_path TO app|SELECT 1;] [SELECT 2] []\n"
              "second skips [] [] [SELECT 3]\n"
              "nothing [] [] []\n");
  }
}

TEST(Hook, CountsWithoutAnEnvironmentToo) {
  TestHost host;
  ProjectRequest request;
  request.config_given = true;
  const Result<Project> project = host.load(
      "hook \"sql\" \"h\" {\n transaction {\n  after_begin = [\"SELECT 1\"]\n }\n}\n", request);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(text_of(project->defaults.hooks), "h [SELECT 1] [] []\n");
}

TEST(Hook, IsReadStrictly) {
  struct Case {
    const char* hook;
    const char* want;
  };
  const Case cases[] = {
      {"hook \"sql\" {\n}", "hook block must have exactly 2 labels, a type and a name"},
      {"hook \"shell\" \"h\" {\n}", "hook \"shell\" \"h\": the only type of hook is \"sql\""},
      {"hook \"sql\" \"h\" {\n after_begin = [\"SELECT 1\"]\n}",
       "hook \"sql\" \"h\": unexpected attribute \"after_begin\", known are: skip_errors"},
      {"hook \"sql\" \"h\" {\n exec {\n }\n}", "hook \"sql\" \"h\": unexpected block \"exec\""},
      {"hook \"sql\" \"h\" {\n transaction {\n }\n transaction {\n }\n}",
       "hook \"sql\" \"h\": more than one block \"transaction\""},
      {"hook \"sql\" \"h\" {\n transaction {\n  after_commit = []\n }\n}",
       "hook \"sql\" \"h\": unexpected attribute \"after_commit\", known are: after_begin, "
       "before_commit, before_rollback"},
      {"hook \"sql\" \"h\" {\n transaction {\n  after_begin = \"SELECT 1\"\n }\n}",
       "hook \"sql\" \"h\": schemahcl: field is of type slice but attr \"after_begin\" is type: "
       "string"},
      {"hook \"sql\" \"h\" {\n transaction {\n  after_begin = [1]\n }\n}",
       "hook \"sql\" \"h\": value of attr \"after_begin\" cannot be read as string: string value "
       "is "
       "required"},
      {"hook \"sql\" \"h\" {\n skip_errors = \"yes\"\n}",
       "hook \"sql\" \"h\": value of attr \"skip_errors\" cannot be read as bool: bool value is "
       "required"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.error_of(std::string(c.hook) + "\nenv \"t\" {\n}\n"), c.want) << c.hook;
  }
}

}  // namespace
}  // namespace rhumb::project
