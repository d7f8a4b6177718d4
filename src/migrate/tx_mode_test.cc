#include "migrate/tx_mode.h"

#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

FileContent content(Format format, std::string bytes) {
  FileHeader header = read_header(bytes, format);
  return {.name = "2_b.sql",
          .format = format,
          .bytes = std::move(bytes),
          .directives = std::move(header.directives)};
}

TEST(TxMode, FollowsTheFileUnlessItMayNot) {
  struct Case {
    std::string name;
    Format format;
    std::string bytes;
    TxMode global;
    TxMode want;
    std::string error;
  };
  using enum TxMode;
  const std::vector<Case> cases = {
      {"no directive", Format::kAtlas, "SELECT 1;", kAll, kAll, ""},
      {"none", Format::kAtlas, "-- atlas:txmode none\n\n", kFile, kNone, ""},
      {"file under none", Format::kAtlas, "-- atlas:txmode file\n\n", kNone, kFile, ""},
      {"goose", Format::kGoose, "-- +goose NO TRANSACTION\n", kFile, kNone, ""},
      {"foreign files have no directives", Format::kFlyway, "-- atlas:txmode none\n\n", kFile,
       kFile, ""},
      {"unknown", Format::kAtlas, "-- atlas:txmode never\n\n", kFile, kFile,
       "unknown txmode \"never\" found in file directive \"2_b.sql\""},
      {"empty", Format::kAtlas, "-- atlas:txmode\n\n", kFile, kFile,
       "unknown txmode \"\" found in file directive \"2_b.sql\""},
      {"twice", Format::kAtlas, "-- atlas:txmode none\n-- atlas:txmode file\n\n", kFile, kFile,
       "multiple txmode values found in file \"2_b.sql\": [\"none\" \"file\"]"},
      {"all", Format::kAtlas, "-- atlas:txmode all\n\n", kFile, kFile,
       "txmode \"all\" is not allowed in file directive \"2_b.sql\". Use \"file\" instead"},
      {"under all", Format::kAtlas, "-- atlas:txmode none\n\n", kAll, kAll,
       "cannot set txmode directive to \"none\" in \"2_b.sql\" when txmode \"all\" is set "
       "globally"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const auto mode = file_tx_mode(content(test.format, test.bytes), test.global);
    if (test.error.empty()) {
      ASSERT_TRUE(mode);
      EXPECT_EQ(*mode, test.want);
    } else {
      ASSERT_FALSE(mode);
      EXPECT_EQ(mode.error().message(), test.error);
    }
  }
  EXPECT_EQ(parse_tx_mode("x").error().message(), "unknown tx-mode \"x\"");
}

}  // namespace
}  // namespace rhumb::migrate
