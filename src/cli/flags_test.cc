#include "cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using ::testing::ElementsAre;

FlagSet make_flags() {
  return FlagSet({url_flag(), dir_flag(), bool_flag("dry-run", ""), lock_timeout_flag(),
                  with_kind(text_flag("schema", "", ""), FlagKind::kList),
                  with_kind(text_flag("var", "", ""), FlagKind::kArray),
                  with_kind(text_flag("latest", "0", ""), FlagKind::kUint)});
}

struct ErrorCase {
  std::vector<std::string> arguments;
  std::string want;
};

TEST(Flags, ErrorsReadAsScriptsExpect) {
  const ErrorCase cases[] = {
      {{"--nope"}, "unknown flag: --nope"},
      {{"--nope=1"}, "unknown flag: --nope"},
      {{"-x"}, "unknown shorthand flag: 'x' in -x"},
      {{"-xu"}, "unknown shorthand flag: 'x' in -xu"},
      {{"--url"}, "flag needs an argument: --url"},
      {{"-u"}, "flag needs an argument: 'u' in -u"},
      {{"---x"}, "bad flag syntax: ---x"},
      {{"--=x"}, "bad flag syntax: --=x"},
      {{"--lock-timeout", "abc"},
       R"(invalid argument "abc" for "--lock-timeout" flag: time: invalid duration "abc")"},
      {{"--dry-run=maybe"},
       R"(invalid argument "maybe" for "--dry-run" flag: strconv.ParseBool: parsing "maybe": invalid syntax)"},
      {{"--latest", "x"},
       R"(invalid argument "x" for "--latest" flag: strconv.ParseUint: parsing "x": invalid syntax)"},
      {{"--latest", "-1"},
       R"(invalid argument "-1" for "--latest" flag: strconv.ParseUint: parsing "-1": invalid syntax)"},
      {{"--latest", "18446744073709551616"},
       R"(invalid argument "18446744073709551616" for "--latest" flag: strconv.ParseUint: parsing "18446744073709551616": value out of range)"},
  };
  for (const ErrorCase& c : cases) {
    FlagSet flags = make_flags();
    const Result<ParsedArguments> parsed = parse_arguments(c.arguments, flags);
    ASSERT_FALSE(parsed.has_value()) << c.want;
    EXPECT_EQ(parsed.error().message(), c.want);
  }
}

TEST(Flags, StandAnywhereUntilTwoDashes) {
  FlagSet flags = make_flags();
  const ParsedArguments parsed =
      parse_arguments({"1", "--dir=a", "-ub", "--dry-run", "2", "--", "--url", "-3"}, flags)
          .value();
  EXPECT_THAT(parsed.positionals, ElementsAre("1", "2", "--url", "-3"));
  EXPECT_EQ(flags.text("dir"), "a");
  EXPECT_EQ(flags.text("url"), "b");
  EXPECT_TRUE(flags.boolean("dry-run"));
}

TEST(Flags, TheLastValueWinsAndListsGrow) {
  FlagSet flags = make_flags();
  ASSERT_TRUE(parse_arguments({"--url", "a", "-u", "b", "--schema", "x,y", "--schema", "\"z,z\"",
                               "--var", "a=1,2", "--var", "a=3"},
                              flags)
                  .has_value());
  EXPECT_EQ(flags.text("url"), "b");
  EXPECT_THAT(flags.list("schema"), ElementsAre("x", "y", "z,z"));
  EXPECT_THAT(flags.list("var"), ElementsAre("a=1,2", "a=3"));
}

TEST(Flags, ConfigFillsOnlyWhatThePersonLeft) {
  FlagSet flags = make_flags();
  ASSERT_TRUE(parse_arguments({"--url", "mine"}, flags).has_value());
  ASSERT_TRUE(flags.set_from_config("url", {"theirs"}).has_value());
  ASSERT_TRUE(flags.set_from_config("dir", {"theirs"}).has_value());
  ASSERT_TRUE(flags.set_from_config("no-such-flag", {"x"}).has_value());
  EXPECT_EQ(flags.text("url"), "mine");
  EXPECT_EQ(flags.text("dir"), "theirs");
  EXPECT_TRUE(flags.changed("dir"));
  flags.reset_config_values();
  EXPECT_EQ(flags.text("dir"), "file://migrations");
  EXPECT_FALSE(flags.changed("dir"));
}

TEST(Flags, NegativeDurationsCountAsZero) {
  FlagSet flags = make_flags();
  ASSERT_TRUE(parse_arguments({"--lock-timeout=-5s"}, flags).has_value());
  EXPECT_EQ(flags.duration("lock-timeout").count(), 0);
}

}  // namespace
}  // namespace rhumb::cli
