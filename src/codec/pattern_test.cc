#include "codec/pattern.h"

#include <gtest/gtest.h>

namespace rhumb::codec {
namespace {

TEST(Pattern, IsLookedForAnywhereInAText) {
  struct Case {
    const char* pattern;
    const char* text;
    bool want;
  };
  const Case cases[] = {
      {"b", "abc", true},        {"^b", "abc", false},
      {"^abc$", "abc", true},    {"^a$", "a\nb", false},
      {"(?m)^a$", "a\nb", true}, {"", "", true},
      {"x+", "", false},         {"\\d+ rows", "got 12 rows", true},
      {"^.$", "\xC3\xA4", true},
  };
  for (const Case& c : cases) {
    const Result<Pattern> pattern = Pattern::create(c.pattern);
    ASSERT_TRUE(pattern.has_value()) << c.pattern;
    EXPECT_EQ(pattern->is_found_in(c.text), c.want) << c.pattern << " in " << c.text;
    EXPECT_EQ(pattern->text(), c.pattern);
  }
}

TEST(Pattern, SaysWhatIsWrongInTheWordsOfGo) {
  struct Case {
    const char* pattern;
    const char* want;
  };
  // Expected: what regexp.Compile of Go 1.22 says.
  const Case cases[] = {
      {"[a", "error parsing regexp: missing closing ]: `[a`"},
      {"(a", "error parsing regexp: missing closing ): `(a`"},
      {"*a", "error parsing regexp: missing argument to repetition operator: `*`"},
      {"a{9999}", "error parsing regexp: invalid repeat count: `{9999}`"},
      {"\\", "error parsing regexp: trailing backslash at end of expression: ``"},
  };
  for (const Case& c : cases) {
    const Result<Pattern> pattern = Pattern::create(c.pattern);
    ASSERT_FALSE(pattern.has_value()) << c.pattern;
    EXPECT_EQ(pattern.error().message(), c.want) << c.pattern;
  }
}

}  // namespace
}  // namespace rhumb::codec
