#include "gotmpl/template.h"

#include <gtest/gtest.h>

namespace rhumb::gotmpl {
namespace {

TEST(Template, PrintsTextAndFields) {
  const Result<Template> parsed = parse_template("t", "a {{.x}}", {});
  ASSERT_TRUE(parsed.has_value());
  std::string out;
  ASSERT_TRUE(execute(*parsed, Value::map({{"x", 1}}), out).has_value());
  EXPECT_EQ(out, "a 1");
}

}  // namespace
}  // namespace rhumb::gotmpl
