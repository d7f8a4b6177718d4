#include "driver/value.h"

#include <gtest/gtest.h>

namespace rhumb::driver {
namespace {

struct Case {
  const char* name;
  Value value;
  const char* text;
  int64_t number;
  bool truth;
};

TEST(Value, ReadsAsTextNumberAndTruth) {
  const Case cases[] = {
      {"null", std::monostate{}, "", 0, false},
      {"zero", int64_t{0}, "0", 0, false},
      {"number", int64_t{-7}, "-7", -7, true},
      {"float", 0.5, "0.5", 0, true},
      {"text of a number", std::string("42"), "42", 42, true},
      {"word", std::string("true"), "true", 0, true},
      {"letter", std::string("f"), "f", 0, false},
      {"blob", Blob{"1"}, "1", 1, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_text(c.value), c.text);
    EXPECT_EQ(to_int(c.value), c.number);
    EXPECT_EQ(is_true(c.value), c.truth);
  }
}

TEST(Value, NullIsOnlyNull) {
  EXPECT_TRUE(is_null(Value{}));
  EXPECT_FALSE(is_null(Value{std::string{}}));
  EXPECT_FALSE(is_null(Value{int64_t{0}}));
}

}  // namespace
}  // namespace rhumb::driver
