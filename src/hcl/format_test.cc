#include "hcl/format.h"

#include <gtest/gtest.h>

#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"

namespace rhumb::hcl {
namespace {

TEST(FormatSource, LaysOutAndIsStable) {
  struct Case {
    const char* input;
    const char* want;
  };
  // Expected texts: recorded schema-clean-fmt scenarios.
  const Case cases[] = {
      {"a=1+2*3\n", "a = 1 + 2 * 3\n"},
      {"b=f( x ,y )\n", "b = f(x, y)\n"},
      {"c=[ 1,2 , 3 ]\n", "c = [1, 2, 3]\n"},
      {"d={a=1,b=2}\n", "d = { a = 1, b = 2 }\n"},
      {"e=\"${ var.x }-${var.y}\"\n", "e = \"${var.x}-${var.y}\"\n"},
      {"f=x?1:2\n", "f = x ? 1 : 2\n"},
      {"g=!x\nh=-1\n", "g = !x\nh = -1\n"},
      {"i=a . b [0]\n", "i = a.b[0]\n"},
      {"j=[for k in l:k if k>1]\n", "j = [for k in l : k if k > 1]\n"},
      {"l = \"a\"==\"b\"\n", "l = \"a\" == \"b\"\n"},
      {"schema  \"x\"{comment=\"y\"}\n", "schema \"x\" { comment = \"y\" }\n"},
      {"a = 1\nlong_name = 2 # first\nbc = 3 # second\n\nd = 4\n# remark\neeee = 5\n",
       "a         = 1\nlong_name = 2 # first\nbc        = 3 # second\n\nd = 4\n# remark\neeee = "
       "5\n"},
      {"block \"x\" \"y\" {\na = 1\nbbb = [1,2,\n3]\ncc = {\nk = 1\nlonger = \"v\"\n}\nddd = 4\ne "
       "= 5\n}\n",
       "block \"x\" \"y\" {\n  a = 1\n  bbb = [1, 2,\n  3]\n  cc = {\n    k      = 1\n    longer = "
       "\"v\"\n  }\n  ddd = 4\n  e   = 5\n}\n"},
      {"a = <<-EOT\n   keep   this\n  EOT\n  # r\n    b=1 // t\n",
       "a = <<-EOT\n   keep   this\n  EOT\n# r\nb = 1 // t\n"},
      {"name=\"größe\" # x\n日本=\"y\" # z\nb=1 # é\n",
       "name = \"größe\" # x\n日本   = \"y\"     # z\nb    = 1       # é\n"},
      {"table \"t\" {\n  a=\n", "table \"t\" {\n  a =\n"},
      {"\n\na = 1   \n\n", "\n\na = 1\n\n"},
      {"x = a.*.b\ny = a[*].b\nz = f(v...)\n", "x = a.*.b\ny = a[*].b\nz = f(v...)\n"},
  };
  for (const Case& c : cases) {
    const std::string once = format_source(c.input);
    EXPECT_EQ(once, c.want);
    EXPECT_EQ(format_source(once), once);
  }
}

TEST(FormatValue, ReadsBackAsTheSameValue) {
  const Value values[] = {
      Value::string("a\"b\\\n\t${x} %{y} $ % é \x01"),
      Value::integer(-5),
      Value::boolean(true),
      Value::tuple({Value::integer(1), Value::string("x"), Value()}),
      Value::object({{"a", Value::integer(1)}, {"b c", Value::tuple({})}}),
  };
  for (const Value& value : values) {
    const auto text = format_value(value);
    ASSERT_TRUE(text.has_value());
    Diagnostics diagnostics;
    const ExprPtr expr = parse_expression("a.hcl", *text, diagnostics);
    ASSERT_NE(expr, nullptr) << *text;
    const auto again = evaluate(*expr, EvalContext());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(compare_values(*again, value), 0) << *text;
  }
}

TEST(FormatBody, AlignsNeighbours) {
  OutputBody body;
  OutputBody& table = body.block("table", {"t\"x"});
  table.attribute("schema", "schema.main");
  OutputBody& column = table.block("column", {"id"});
  column.attribute("null", "false");
  column.attribute("auto_increment", "true");
  column.attribute("as", "<<-SQL\n  x\n  SQL");
  table.attribute("z", "1");
  body.block("schema", {"main"});
  EXPECT_EQ(format_body(body),
            "table \"t\\\"x\" {\n  schema = schema.main\n  column \"id\" {\n    null           = "
            "false\n    auto_increment = true\n    as = <<-SQL\n  x\n  SQL\n  }\n  z = 1\n}\n"
            "schema \"main\" {\n}\n");
}

}  // namespace
}  // namespace rhumb::hcl
