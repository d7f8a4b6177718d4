#include "history/version_order.h"

#include <gtest/gtest.h>

namespace rhumb::history {
namespace {

TEST(VersionOrder, ComparesPartsByValue) {
  const struct {
    std::string_view a;
    std::string_view b;
    int want;
  } cases[] = {
      {"1", "1", 0},
      {"1", "2", -1},
      {"2", "10", -1},
      {"00001", "1", 0},
      {"1.0", "1", 0},
      {"1.0.1", "1", 1},
      {"2_1", "2.1", 0},
      {"2.1", "2.10", -1},
      {"0", "", 0},
      {"a", "b", -1},
      {"9", "a", -1},
      {"1.a", "1", 1},
      {"", "1", -1},
      {"bbb", "bbb", 0},
      {"1..2", "1.0.2", 0},
      {"20240101", "20240102", -1},
      {"99999999999999999999999", "100000000000000000000000", -1},
  };
  for (const auto& c : cases) {
    const auto sign = [](int order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); };
    EXPECT_EQ(sign(compare_versions(c.a, c.b)), c.want) << c.a << " " << c.b;
    EXPECT_EQ(sign(compare_versions(c.b, c.a)), -c.want) << c.b << " " << c.a;
  }
}

}  // namespace
}  // namespace rhumb::history
