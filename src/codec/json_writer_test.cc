#include "codec/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace rhumb::codec {
namespace {

/// Plays a tree to a writer. Its numbers are 64-bit integers or doubles.
void write(JsonWriter& out, const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kNull:
      return out.null();
    case Json::Kind::kBool:
      return out.flag(value.as_bool());
    case Json::Kind::kInt:
      return out.number(*value.to_int());
    case Json::Kind::kString:
      return out.text(value.as_string());
    case Json::Kind::kArray:
      out.begin_array();
      for (const Json& element : value.as_array()) {
        write(out, element);
      }
      return out.end_array();
    case Json::Kind::kObject:
      out.begin_object();
      for (const Json::Member& member : value.as_object()) {
        out.key(member.key);
        write(out, member.value);
      }
      return out.end_object();
    default:
      return out.real(*value.to_double());
  }
}

constexpr std::string_view kDocuments[] = {
    "null",
    "true",
    "-7",
    "0.5",
    R"("a,")",
    "[]",
    "{}",
    "[[],{},[[]],\"\",\",\"]",
    R"({"a":1,"b":2,"c":3})",
    R"({"c":{},"b":[],"a":null})",
    R"({"b":{"z":1,"y":{"n":[{"q":1,"p":",}"},false],"m":2.25}},"a":[{"2":0,"10":1}],"":"x"})",
    R"({"ab":1,"a":2,"a!":3,"a\"":4,"B":5,"\u00e4":6,"a<":7,"a\u0001":8,"z":1e300})",
    R"(["\u0000\u001f\u007f\u2028\u2029\ud83d\ude00<&>\\\"\n\t","plain text \u00fc and more"])",
    "[9223372036854775807,-9223372036854775808,1e-7,1e21,-0.0,123456.789]",
};

TEST(JsonWriter, TreeIsWhatWasWritten) {
  for (const std::string_view text : kDocuments) {
    const Json want = parse_json(text).value();
    JsonTreeWriter out;
    write(out, want);
    EXPECT_EQ(format_json(out.take()), format_json(want)) << text;
  }
}

TEST(JsonWriter, SortedTextIsThatOfTheTree) {
  SortedJsonText out;
  for (const std::string_view text : kDocuments) {
    const Json value = parse_json(text).value();
    JsonFormat format;
    format.sort_keys = true;
    write(out, value);
    EXPECT_EQ(out.take(), format_json(value, format)) << text;
  }
}

TEST(JsonWriter, WhatJsonLacks) {
  SortedJsonText out;
  out.begin_array();
  out.real(std::numeric_limits<double>::infinity());
  out.real(std::numeric_limits<double>::quiet_NaN());
  out.text("\xff");
  out.end_array();
  EXPECT_EQ(out.take(), R"([null,null,"\ufffd"])");
}

}  // namespace
}  // namespace rhumb::codec
