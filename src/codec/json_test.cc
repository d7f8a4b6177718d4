#include "codec/json.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rhumb::codec {
namespace {

TEST(Json, BuildsInOrder) {
  Json value = Json::object({{"b", 1}, {"a", "x"}, {"list", Json::array({1, true, nullptr, 2.5})}});
  value.set("b", 7U).set("c", std::string("s")).set("z", std::string_view("v"));
  EXPECT_EQ(format_json(value), R"({"b":7,"a":"x","list":[1,true,null,2.5],"c":"s","z":"v"})");
  EXPECT_TRUE(value.erase("a"));
  EXPECT_FALSE(value.erase("a"));
  EXPECT_EQ(format_json(value, {.sort_keys = true}),
            R"({"b":7,"c":"s","list":[1,true,null,2.5],"z":"v"})");
}

TEST(Json, NullBecomesWhatIsFirstPutIntoIt) {
  Json object;
  object.set("k", Json().push_back(1));
  EXPECT_EQ(format_json(object), R"({"k":[1]})");
}

TEST(Json, EmptyValuesAreLeftOutOnRequest) {
  Json value = Json::object();
  value.set_unless_empty("a", "")
      .set_unless_empty("b", 0)
      .set_unless_empty("c", false)
      .set_unless_empty("d", nullptr)
      .set_unless_empty("e", Json::array())
      .set_unless_empty("f", 0.0)
      .set_unless_empty("g", "x");
  EXPECT_EQ(format_json(value), R"({"g":"x"})");
}

TEST(Json, TypedLookups) {
  const Json value = parse_json(R"({"s":"x","i":3,"b":true,"a":[1],"o":{"k":1},"f":2.0})").value();
  EXPECT_EQ(value.find_string("s"), "x");
  EXPECT_EQ(value.find_string("i"), std::nullopt);
  EXPECT_EQ(value.find_string("missing"), std::nullopt);
  EXPECT_EQ(value.find_int("i"), 3);
  EXPECT_EQ(value.find_int("f"), 2);
  EXPECT_EQ(value.find_int("s"), std::nullopt);
  EXPECT_EQ(value.find_bool("b"), true);
  EXPECT_EQ(value.find_array("a")->size(), 1U);
  EXPECT_EQ(value.find_array("o"), nullptr);
  EXPECT_EQ(value.find_object("o")->at("k").to_int(), 1);
  EXPECT_EQ(value.find_object("a"), nullptr);
  EXPECT_EQ(value.string_or_empty("missing"), "");
  EXPECT_EQ(value.at("a").at(0).to_int(), 1);
  EXPECT_EQ(Json("x").find("k"), nullptr);
}

struct NumberCase {
  std::string_view text;
  Json::Kind kind;
  std::string_view printed;
};

TEST(Json, NumbersKeepTheirValue) {
  using enum Json::Kind;
  constexpr NumberCase kCases[] = {
      {"0", kInt, "0"},
      {"-0", kDouble, "-0"},
      {"-9223372036854775808", kInt, "-9223372036854775808"},
      {"9223372036854775807", kInt, "9223372036854775807"},
      {"9223372036854775808", kUint, "9223372036854775808"},
      {"18446744073709551615", kUint, "18446744073709551615"},
      {"18446744073709551616", kNumberText, "18446744073709551616"},
      {"18446744073709551617", kNumberText, "18446744073709551617"},
      {"1.0", kDouble, "1"},
      {"0.1", kDouble, "0.1"},
      {"0.10", kDouble, "0.1"},
      {"1e21", kDouble, "1e+21"},
      {"0e5", kDouble, "0"},
      {"1E-7", kDouble, "1e-7"},
      {"1.7976931348623157e308", kDouble, "1.7976931348623157e+308"},
      {"1e400", kNumberText, "1e400"},
      {"1e-400", kNumberText, "1e-400"},
      {"0.1000000000000000055511151231257827", kNumberText, "0.1000000000000000055511151231257827"},
      {"123456789012345678901234567890", kNumberText, "123456789012345678901234567890"}};
  for (const NumberCase& c : kCases) {
    const auto got = parse_json(c.text);
    ASSERT_TRUE(got.has_value()) << c.text;
    EXPECT_EQ(got->kind(), c.kind) << c.text;
    EXPECT_EQ(format_json(*got), c.printed) << c.text;
  }
}

TEST(Json, NumberConversions) {
  EXPECT_EQ(parse_json("1e2")->to_int(), 100);
  EXPECT_EQ(parse_json("1.5")->to_int(), std::nullopt);
  EXPECT_EQ(parse_json("9223372036854775808")->to_int(), std::nullopt);
  EXPECT_EQ(parse_json("9223372036854775808")->to_uint(), 9223372036854775808U);
  EXPECT_EQ(Json(-1).to_uint(), std::nullopt);
  EXPECT_EQ(parse_json("1e400")->to_double(), HUGE_VAL);
  EXPECT_EQ(Json("1").to_double(), std::nullopt);
  EXPECT_EQ(format_json(Json(std::nan(""))), "null");
}

TEST(Json, LastOfRepeatedKeysWins) {
  EXPECT_EQ(format_json(*parse_json(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) {
    text += "\"k" + std::to_string(i % 500) + "\":" + std::to_string(i) + ",";
  }
  text.back() = '}';
  const Json value = parse_json(text).value();
  EXPECT_EQ(value.size(), 500U);
  EXPECT_EQ(value.find_int("k0"), 500);
  EXPECT_EQ(value.as_object()[1].key, "k1");
}

TEST(Json, ReadsStrings) {
  EXPECT_EQ(parse_json(R"("\u00e9\ud83d\ude00\n\/")")->as_string(), "\u00e9\U0001F600\n/");
  EXPECT_EQ(parse_json(" \r\n\t\"a\" ")->as_string(), "a");
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(parse_json("\"" + long_text + "\\n\"")->as_string(), long_text + "\n");
}

struct ErrorCase {
  std::string_view text;
  size_t line;
  size_t column;
};

TEST(Json, ErrorsSayWhere) {
  constexpr ErrorCase kCases[] = {
      {"", 1, 1},   {"{", 1, 2},          {"[1,]", 1, 4}, {"{\n  \"a\" 1}", 2, 7}, {"[1] x", 1, 5},
      {"01", 1, 2}, {"{\"a\":1,}", 1, 8}, {"nul", 1, 4},  {"[1 // c\n]", 1, 4}};
  for (const ErrorCase& c : kCases) {
    const auto got = parse_json(c.text);
    ASSERT_FALSE(got.has_value()) << c.text;
    EXPECT_EQ(got.error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(got.error().span()->begin.line, c.line) << c.text;
    EXPECT_EQ(got.error().span()->begin.column, c.column) << c.text;
  }
  EXPECT_EQ(parse_json("{\n  \"a\" 1}").error().message().substr(0, 20), "invalid JSON at 2:7:");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"'a'",
                                      "{a:1}",
                                      "[1 2]",
                                      "\"\n\"",
                                      "\"\\x\"",
                                      "\"\\ud800\"",
                                      "\"\xff\"",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "1e",
                                      "--1",
                                      "1e99999999999999999999",
                                      "NaN",
                                      "Infinity",
                                      "true false",
                                      "]",
                                      "\"a",
                                      "[\"a\":1]",
                                      "\xef\xbb\xbf{}"}) {
    EXPECT_FALSE(parse_json(text).has_value()) << text;
  }
}

TEST(Json, NestingIsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)).has_value());
  const auto deeper = parse_json(nested(kJsonDepthMax + 1));
  ASSERT_FALSE(deeper.has_value());
  EXPECT_EQ(deeper.error().code(), ErrorCode::kLimit);
}

TEST(JsonFormat, EscapesAsGo) {
  using namespace std::string_view_literals;
  EXPECT_EQ(format_json_string("\"\\\b\f\n\r\t\x01\x1f\x7f\0<>&\u2028\u2029\u00e9\xff\xfe\ufffd"sv),
            R"("\"\\\b\f\n\r\t\u0001\u001f)"
            "\x7f"
            R"(\u0000\u003c\u003e\u0026\u2028\u2029)"
            "\u00e9"
            R"(\ufffd\ufffd)"
            "\ufffd\"");
  EXPECT_EQ(format_json_string("<a>&\u2028", false), "\"<a>&\\u2028\"");
  EXPECT_EQ(format_json(Json::object({{"<k>", "<"}})), R"({"\u003ck\u003e":"\u003c"})");
}

TEST(JsonFormat, IndentsAsMarshalIndent) {
  const Json value =
      Json::object({{"a", Json::array({1, Json::object()})}, {"b", Json::array()}, {"c", nullptr}});
  EXPECT_EQ(format_json(value, {.indent = "  "}),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": [],\n  \"c\": null\n}");
  EXPECT_EQ(format_json(Json::array({1}), {.prefix = "> ", .indent = "\t"}), "[\n> \t1\n> ]");
}

TEST(Json, Equality) {
  EXPECT_EQ(*parse_json(R"({"a":1,"b":[2]})"), *parse_json(R"({"b":[2],"a":1})"));
  EXPECT_FALSE(*parse_json("[1,2]") == *parse_json("[2,1]"));
  EXPECT_FALSE(Json(1) == Json("1"));
  EXPECT_FALSE(*parse_json(R"({"a":1})") == *parse_json(R"({"b":1})"));
}

TEST(Json, FormatThenParseGivesTheSame) {
  const Json value = Json::object({{"k", Json::array({-1, 1.5, "\u2028<", true, nullptr})}});
  EXPECT_EQ(*parse_json(format_json(value)), value);
  EXPECT_EQ(*parse_json(format_json(value, {.indent = "\t"})), value);
}

}  // namespace
}  // namespace rhumb::codec
