#include "gotmpl/json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace rhumb::gotmpl {
namespace {

using namespace std::chrono_literals;

std::string json(const Value& value) {
  const Result<std::string> text = format_json(value);
  return text.has_value() ? *text : text.error().message();
}

Value file() {
  return Struct("*cmdlog.File")
      .field("Name", "1.sql", {.omit_empty = true})
      .field("Desc", "", {.json = "Description", .omit_empty = true})
      .field("Hidden", "x", {.json = "-"})
      .field("Error", Value::nil_pointer("*cmdlog.StmtError"), {.omit_empty = true});
}

TEST(Json, PrintsEveryKind) {
  const auto time = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 9h + 5ms;
  const std::pair<Value, const char*> cases[] = {
      {Value(), "null"},
      {Value::nil_pointer("*T"), "null"},
      {true, "true"},
      {-3, "-3"},
      {Value::integer(-1, IntKind::kUint64), "18446744073709551615"},
      {1e21, "1e+21"},
      {1e-7, "1e-7"},
      {1000000.0, "1000000"},
      {"<a>&\"\\\b\f\n\r\t\x01\x7F\u2028\xFF",
       "\"\\u003ca\\u003e\\u0026\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7F"
       "\\u2028\\ufffd\""},
      {Value::bytes("hi"), "\"aGk=\""},
      {Value::list({1, Value(), "a"}), "[1,null,\"a\"]"},
      {Value::list({}), "[]"},
      {Value::nil_list("[]string"), "null"},
      {Value::map({{"b", 1}, {"a", Value::map({})}}), "{\"a\":{},\"b\":1}"},
      {file(), "{\"Name\":\"1.sql\"}"},
      {Value::time(time), "\"2024-02-29T09:00:00.005Z\""},
      {Value::time(time, {.offset = 330min, .abbreviation = "IST", .location = "Local"}),
       "\"2024-02-29T14:30:00.005+05:30\""},
      {Value::time(kZeroTime), "\"0001-01-01T00:00:00Z\""},
      {Value::duration(1500ms), "1500000000"},
      {Value::error("boom"), "{}"},
      {Value(2).with_type("migrate.RevisionType").with_text("applied").with_json("applied"),
       "\"applied\""},
  };
  for (const auto& [value, want] : cases) {
    EXPECT_EQ(json(value), want);
  }
}

TEST(Json, FlattensEmbeddedStructures) {
  const Value url =
      Struct("*sqlclient.URL")
          .field("URL", Struct("*url.URL").field("Scheme", "sqlite").field("User", Value()),
                 {.embedded = true})
          .field("Schema", "main");
  EXPECT_EQ(json(url), "{\"Scheme\":\"sqlite\",\"User\":null,\"Schema\":\"main\"}");
  const Value named = Struct("T").field("Env", Struct("Env").field("Driver", "x"),
                                        {.json = "Env", .embedded = true});
  EXPECT_EQ(json(named), "{\"Env\":{\"Driver\":\"x\"}}");
  const Value absent = Struct("T").field("URL", Value::nil_pointer("*url.URL"), {.embedded = true});
  EXPECT_EQ(json(absent), "{}");
}

TEST(Json, LeavesOutInterfacesOnlyWhenNil) {
  const FieldOptions options{.omit_empty = true, .interface_type = "interface {}"};
  EXPECT_EQ(json(Struct("T").field("A", Value(), options).field("B", "", options)), "{\"B\":\"\"}");
}

TEST(Json, IndentsLikeMarshalIndent) {
  const Value value = Value::list({Value::map({{"a", 1}, {"b", Value::list({})}}), Value::map({})});
  EXPECT_EQ(*format_json(value, "# ", "  "),
            "[\n#   {\n#     \"a\": 1,\n#     \"b\": []\n#   },\n#   {}\n# ]");
  EXPECT_EQ(*format_json(Value::list({1}), "", ""), "[\n1\n]");
}

TEST(Json, ReadsDocumentsAndPrintsThemAgain) {
  const std::string text = R"({"b":[{"x":1},2.5,null],"a":{"URL":"u"},"t":true})";
  const Value value = from_json(*codec::parse_json(text));
  EXPECT_EQ(json(value), text);
  EXPECT_EQ(value.find_field("a")->value.find_field("URL")->value.as_string(), "u");
}

TEST(Json, RefusesWhatJsonLacks) {
  EXPECT_EQ(json(Value::complex({0, 1})), "json: unsupported type: complex128");
  EXPECT_EQ(json(Value::list({Value::function({.call = nullptr})})),
            "json: unsupported type: func()");
  EXPECT_EQ(json(std::nan("")), "json: unsupported value: NaN");
  EXPECT_EQ(json(std::numeric_limits<double>::infinity()), "json: unsupported value: +Inf");
}

}  // namespace
}  // namespace rhumb::gotmpl
