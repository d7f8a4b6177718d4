#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rhumb {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') {
    return invalid(std::string("\"") + c + "\" is not a digit");
  }
  return c - '0';
}

Result<int> add_digits(char a, char b) {
  const int left = TRY(parse_digit(a));
  return left + TRY(parse_digit(b));
}

Result<void> check_digit(char c) {
  TRY(parse_digit(c).context("checking"));
  return {};
}

TEST(Result, TryTakesTheValue) {
  EXPECT_EQ(add_digits('3', '4').value(), 7);
}

TEST(Result, TryReturnsTheFirstError) {
  EXPECT_EQ(add_digits('x', 'y').error().message(), "\"x\" is not a digit");
}

TEST(Result, ContextIsPrependedAndTheRootKept) {
  const Error error = check_digit('x').error();
  EXPECT_EQ(error.message(), "checking: \"x\" is not a digit");
  EXPECT_EQ(error.root_message(), "\"x\" is not a digit");
  EXPECT_EQ(error.code(), ErrorCode::kInvalid);
}

TEST(Result, CarriesMoveOnlyValues) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    const std::unique_ptr<int> owned = TRY(make());
    return *owned;
  };
  EXPECT_EQ(use().value(), 5);
}

TEST(Error, CopiesDoNotShareChanges) {
  const Error first = invalid("a");
  const Error second = first.context("b").hinted("try c");
  EXPECT_EQ(first.message(), "a");
  EXPECT_TRUE(first.hint().empty());
  EXPECT_EQ(second.hint(), "try c");
}

}  // namespace
}  // namespace rhumb
