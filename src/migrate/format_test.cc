#include "migrate/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;

TEST(Format, KnowsItsNames) {
  EXPECT_EQ(find_format(""), Format::kAtlas);
  EXPECT_EQ(find_format("golang-migrate"), Format::kGolangMigrate);
  EXPECT_EQ(find_format("Goose"), std::nullopt);
  EXPECT_EQ(find_format("rails"), std::nullopt);
  for (const char* name : {"atlas", "golang-migrate", "goose", "flyway", "liquibase", "dbmate"}) {
    EXPECT_EQ(format_name(*find_format(name)), name);
  }
}

TEST(Format, ReadsVersionAndDescription) {
  struct Case {
    std::string name;
    Format format;
    std::string version;
    std::string description;
  };
  const std::vector<Case> cases = {
      {"20220318104614_team_A.sql", Format::kAtlas, "20220318104614", "team_A"},
      {"1.sql", Format::kAtlas, "1", ""},
      {"2.5_x.sql", Format::kAtlas, "2.5", "x"},
      {"1.up.sql", Format::kAtlas, "1.up", ""},
      {"_x.sql", Format::kAtlas, "", "x"},
      {"4__double.sql", Format::kAtlas, "4", "_double"},
      {"7_UP.up.sql", Format::kAtlas, "7", "UP.up"},
      {"1_x.up.sql", Format::kGolangMigrate, "1", "x"},
      {"1.up.sql", Format::kGolangMigrate, "1.up", ""},
      {"00001_a.sql", Format::kGoose, "00001", "a"},
      {"V1__a.sql", Format::kFlyway, "1", "a"},
      {"V1.5__half_it.sql", Format::kFlyway, "1.5", "half_it"},
      {"sub/V2__pets.sql", Format::kFlyway, "2", "pets"},
      {"B3__base.sql", Format::kFlyway, "3", "base"},
      {"R__views.sql", Format::kFlyway, "", "views"},
      {"V7.sql", Format::kFlyway, "7", ""},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(file_version(test.name, test.format), test.version);
    EXPECT_EQ(file_description(test.name, test.format), test.description);
  }
}

TEST(Format, OrdersByBytes) {
  EXPECT_THAT(order_files({"2.sql", "10.sql", "a.txt", ".5.sql", "x.SQL"}, Format::kAtlas),
              ElementsAre(".5.sql", "10.sql", "2.sql"));
  EXPECT_THAT(order_files({"2.up.sql", "1.up.sql", "1.down.sql"}, Format::kGolangMigrate),
              ElementsAre("1.up.sql", "2.up.sql"));
}

TEST(Format, OrdersFlywayByNumber) {
  EXPECT_THAT(order_files({"R__v.sql", "U1__a.sql", "V10__b.sql", "V1_5__h.sql", "V1__a.sql",
                           "V9__a.sql", "sub/V2__c.sql", "x.sql"},
                          Format::kFlyway),
              ElementsAre("V1__a.sql", "V1_5__h.sql", "sub/V2__c.sql", "V9__a.sql", "V10__b.sql",
                          "R__v.sql"));
}

TEST(Format, StartsFlywayAtTheNewestBaseline) {
  EXPECT_THAT(
      order_files({"B1__x.sql", "B2__base.sql", "R__v.sql", "V1__a.sql", "V2__b.sql", "V3__c.sql"},
                  Format::kFlyway),
      ElementsAre("B2__base.sql", "V3__c.sql", "R__v.sql"));
}

}  // namespace
}  // namespace rhumb::migrate
