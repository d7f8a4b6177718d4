#include "migrate/plan_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;

MigrationPlan two_changes() {
  return {.version = "20240101000000",
          .name = "init",
          .changes = {{"CREATE TABLE `t` (`c` int NULL)", "create \"t\" table", {"DROP TABLE `t`"}},
                      {"PRAGMA x", "", {}}},
          .delimiter = {},
          .directives = {}};
}

std::vector<NewFile> laid_out(const MigrationPlan& plan, Format format) {
  return format_plan(plan, format).value();
}

constexpr std::string_view kUp =
    "-- create \"t\" table\nCREATE TABLE `t` (`c` int NULL);\nPRAGMA x;\n";
constexpr std::string_view kDown = "-- reverse: create \"t\" table\nDROP TABLE `t`;\n";

TEST(PlanWriter, LaysOutEveryFormat) {
  const std::string up(kUp);
  const std::string down(kDown);
  const MigrationPlan plan = two_changes();
  EXPECT_THAT(laid_out(plan, Format::kAtlas),
              ElementsAre(NewFile{"20240101000000_init.sql",
                                  "-- Create \"t\" table\nCREATE TABLE `t` (`c` int NULL);\n"
                                  "PRAGMA x;\n"}));
  EXPECT_THAT(laid_out(plan, Format::kGolangMigrate),
              ElementsAre(NewFile{"20240101000000_init.up.sql", up},
                          NewFile{"20240101000000_init.down.sql", down}));
  EXPECT_THAT(laid_out(plan, Format::kFlyway),
              ElementsAre(NewFile{"V20240101000000__init.sql", up},
                          NewFile{"U20240101000000__init.sql", down}));
  EXPECT_THAT(laid_out(plan, Format::kGoose),
              ElementsAre(NewFile{"20240101000000_init.sql",
                                  "-- +goose Up\n" + up + "\n-- +goose Down\n" + down}));
  EXPECT_THAT(laid_out(plan, Format::kDbmate),
              ElementsAre(NewFile{"20240101000000_init.sql",
                                  "-- migrate:up\n" + up + "\n-- migrate:down\n" + down}));
  EXPECT_THAT(laid_out(plan, Format::kLiquibase),
              ElementsAre(NewFile{"20240101000000_init.sql",
                                  "--liquibase formatted sql\n"
                                  "--changeset atlas:20240101000000-1\n"
                                  "--comment: create \"t\" table\n"
                                  "CREATE TABLE `t` (`c` int NULL);\n"
                                  "--rollback: DROP TABLE `t`;\n"
                                  "\n--changeset atlas:20240101000000-2\n\nPRAGMA x;\n"}));
}

TEST(PlanWriter, LaysOutAnEmptyPlan) {
  const MigrationPlan plan{
      .version = "1", .name = {}, .changes = {}, .delimiter = {}, .directives = {}};
  EXPECT_THAT(laid_out(plan, Format::kAtlas), ElementsAre(NewFile{"1.sql", ""}));
  EXPECT_THAT(laid_out(plan, Format::kFlyway),
              ElementsAre(NewFile{"V1.sql", ""}, NewFile{"U1.sql", ""}));
  EXPECT_THAT(laid_out(plan, Format::kGoose),
              ElementsAre(NewFile{"1.sql", "-- +goose Up\n\n-- +goose Down\n"}));
  EXPECT_THAT(laid_out(plan, Format::kLiquibase),
              ElementsAre(NewFile{"1.sql", "--liquibase formatted sql"}));
}

TEST(PlanWriter, PutsDelimiterAndDirectivesFirst) {
  MigrationPlan plan = two_changes();
  plan.changes.pop_back();
  plan.delimiter = "\n\n\n";
  plan.directives = {"-- atlas:txmode none"};
  EXPECT_EQ(laid_out(plan, Format::kAtlas).front().bytes,
            "-- atlas:delimiter \\n\\n\\n\n-- atlas:txmode none\n\n-- Create \"t\" table\n"
            "CREATE TABLE `t` (`c` int NULL)\n\n\n\n");
  plan.directives = {"-- atlas:delimiter ;;"};
  EXPECT_EQ(format_plan(plan, Format::kAtlas).error().message(),
            "duplicate directive: \"-- atlas:delimiter ;;\". delimiter already set");
  plan.directives = {"txmode none"};
  EXPECT_EQ(format_plan(plan, Format::kAtlas).error().message(),
            "invalid directive: \"txmode none\"");
}

}  // namespace
}  // namespace rhumb::migrate
