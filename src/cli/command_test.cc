#include "cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/completion.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Command make_tree() {
  Command apply;
  apply.name = "apply";
  apply.arguments = "[flags] [amount]";
  apply.summary = "Applies pending files.";
  apply.flags = {url_flag(), format_flag(), log_flag()};
  apply.exclusive_groups = {{"log", "format"}};
  apply.required_flags = {"url"};
  apply.count = {.min = 0, .max = 1};
  apply.run = [](Invocation&) -> Result<int> { return 0; };
  Command migrate;
  migrate.name = "migrate";
  migrate.summary = "Manages migrations.";
  migrate.children = {apply};
  Command root;
  root.name = "atlas";
  root.summary = "A tool.";
  root.children = {migrate};
  return root;
}

TEST(Command, IsFoundBehindGlobalFlags) {
  const Command root = make_tree();
  const ResolvedCommand resolved =
      resolve_command(root, {"--env", "migrate", "migrate", "--config=x", "apply", "-u", "y", "3"});
  EXPECT_EQ(command_path(resolved.path, "atlas"), "atlas migrate apply");
  EXPECT_THAT(resolved.arguments, ElementsAre("--env", "migrate", "--config=x", "-u", "y", "3"));
}

TEST(Command, UnknownWordsComeWithSuggestions) {
  const Command root = make_tree();
  EXPECT_EQ(unknown_command(root, "migrat", "atlas").message(),
            "unknown command \"migrat\" for \"atlas\"\n\nDid you mean this?\n\tmigrate\n\n"
            "Run 'atlas --help' for usage.");
  EXPECT_EQ(unknown_command(root, "bogus", "atlas").message(),
            "unknown command \"bogus\" for \"atlas\"\nRun 'atlas --help' for usage.");
}

TEST(Command, CountsItsArguments) {
  const Command root = make_tree();
  const Command& apply = root.children[0].children[0];
  EXPECT_TRUE(check_argument_count(apply, 1).has_value());
  EXPECT_EQ(check_argument_count(apply, 2).error().message(),
            "accepts at most 1 arg(s), received 2");
}

TEST(Command, ChecksRequiredAndExclusiveFlags) {
  const Command root = make_tree();
  const Command& apply = root.children[0].children[0];
  FlagSet flags(apply.flags);
  EXPECT_EQ(check_required_flags(apply, flags).error().message(),
            "required flag(s) \"url\" not set");
  ASSERT_TRUE(parse_arguments({"--format", "a", "--log", "b"}, flags).has_value());
  EXPECT_EQ(check_flag_groups(apply, flags).error().message(),
            "if any flags in the group [log format] are set none of the others can be; "
            "[format log] were all set");
}

TEST(Help, ShowsUsageFlagsAndDefaults) {
  const Command root = make_tree();
  const Command& migrate = root.children[0];
  const std::string help = format_help({&root, &migrate, &migrate.children[0]}, "atlas");
  EXPECT_THAT(help, HasSubstr("Usage:\n  atlas migrate apply [flags] [amount]\n"));
  EXPECT_THAT(help, HasSubstr("  -u, --url string"));
  EXPECT_THAT(help, HasSubstr("--config string"));
  EXPECT_THAT(help, HasSubstr("(default \"file://atlas.hcl\")"));
  EXPECT_THAT(help, ::testing::Not(HasSubstr("--log")));
}

TEST(Help, ExamplesAreUnderTheNameOfTheProgram) {
  Command root;
  root.examples = "  atlas show atlas.hcl | atlas set -\n  cat x | atlas set -";
  EXPECT_THAT(format_help({&root}, "rhumb"),
              HasSubstr("  rhumb show atlas.hcl | rhumb set -\n  cat x | rhumb set -\n"));
}

TEST(Completion, OffersCommandsAndFlags) {
  const Command root = make_tree();
  EXPECT_EQ(complete(root, {"mig"}), "migrate\tManages migrations.\n");
  EXPECT_EQ(complete(root, {"migrate", ""}), "apply\tApplies pending files.\n");
  EXPECT_THAT(complete(root, {"migrate", "apply", "--ur"}), HasSubstr("--url\t"));
}

TEST(Completion, HasAScriptForEachShell) {
  for (const char* shell : {"bash", "zsh", "fish", "powershell"}) {
    EXPECT_THAT(completion_script(shell, "atlas").value(), HasSubstr("__complete"));
  }
  EXPECT_FALSE(completion_script("tcsh", "atlas").has_value());
}

}  // namespace
}  // namespace rhumb::cli
