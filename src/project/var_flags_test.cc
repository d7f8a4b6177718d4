#include <gtest/gtest.h>

#include "base/text.h"
#include "project/project.h"

namespace rhumb::project {
namespace {

std::string pairs_of(const std::vector<std::string>& texts) {
  const auto pairs = parse_variables(texts);
  if (!pairs.has_value()) {
    return pairs.error().message();
  }
  std::vector<std::string> shown;
  for (const auto& [name, value] : pairs.value()) {
    shown.push_back(name + " -> " + value);
  }
  return join(shown, " | ");
}

TEST(VariableFlags, AreOnePairUnlessEveryFieldIsOne) {
  struct Case {
    std::vector<std::string> texts;
    const char* want;
  };
  const Case cases[] = {
      {{"a=1"}, "a -> 1"},
      {{"a="}, "a -> "},
      {{"=x"}, " -> x"},
      {{"a=b=c"}, "a -> b=c"},
      {{"a=1,b=2"}, "a -> 1 | b -> 2"},
      {{"a=1", "a=2"}, "a -> 1 | a -> 2"},
      {{"a=1,2"}, "a -> 1,2"},
      {{"\"a=1,2\",b=3"}, "a -> 1,2 | b -> 3"},
      {{"\"a=say \"\"x\"\"\""}, "a -> say \"x\""},
      {{"a=\"quoted\",b=1"}, "a -> \"quoted\",b=1"},
      {{"a=[\"x\",\"y\"]"}, "a -> [\"x\",\"y\"]"},
      {{"a=1\nb=2"}, "a -> 1\nb=2"},
      {{"a"}, "variables must be format as key=value, got: \"a\""},
      {{"a,b"}, "variables must be format as key=value, got: \"a,b\""},
      {{""}, "variables must be format as key=value, got: \"\""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(pairs_of(c.texts), c.want) << join(c.texts, " / ");
  }
}

}  // namespace
}  // namespace rhumb::project
