#include "codec/json_list.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "codec/json.h"

namespace rhumb::codec {
namespace {

constexpr std::array<std::string_view, 3> kPath = {"v", "*", "l"};

/// `rest | names | element | element`, or nothing.
std::string cut(std::string_view text) {
  const std::optional<CutJson> cut = cut_json_list(text, kPath);
  if (!cut) {
    return "";
  }
  std::string out = cut->rest + " |";
  for (const std::string_view name : cut->names) {
    out += " " + std::string(name);
  }
  for (const std::string_view element : cut->elements) {
    out += " | " + std::string(element);
  }
  return out;
}

TEST(JsonList, IsCutOut) {
  EXPECT_EQ(cut(R"({"v":{"i":{"l":[1,2]}}})"), R"({"v":{"i":{"l":[]}}} | v i l | 1 | 2)");
  EXPECT_EQ(cut(R"( { "q" : "{" , "v" : { "i" : { "a" : [ ] , )"
                R"("l" : [ {"x":[1,"]"]} , "\"]" ] , "b" : {} } } } )"),
            R"( { "q" : "{" , "v" : { "i" : { "a" : [ ] , "l" : [] , "b" : {} } } } )"
            R"( | v i l | {"x":[1,"]"]} | "\"]")");
  EXPECT_EQ(cut(R"({"l":[1],"v":{"l":[2],"i":{"m":{"l":[3]},"l":[[4],null]}}})"),
            R"({"l":[1],"v":{"l":[2],"i":{"m":{"l":[3]},"l":[]}}} | v i l | [4] | null)");
}

TEST(JsonList, IsLeftWhereItIs) {
  for (const char* text :
       {"", "[]", "{}", R"({"v":{"i":{"l":[]}}})", R"({"v":{"i":{"l":7}}})", R"({"v":[{"l":[1]}]})",
        R"({"v":{"i":{"l":[1]},"j":{"l":[2]}}})", R"({"v":{"i":{"l":[1],"l":[]}}})",
        R"({"v":{"i":{"l":[1],"\u006c":[2]}}})", R"({"\u0076":{"i":{"l":[1]}}})",
        R"({"v":{"i":{"l":[1,]}}})", R"({"v":{"i":{"l":[,1]}}})", R"({"v":{"i":{"l":[1}}})",
        R"({"v":{"i":{"l":[1)", R"({"v":{"i":{"l":["x)", R"({"v":{"i":{"l":["\)"}) {
    EXPECT_EQ(cut(text), "") << text;
  }
}

/// What is no JSON is none in one of its pieces.
TEST(JsonList, EveryMistakeStays) {
  const std::string whole = R"({"v":{"i":{"l":[{"a":[1,true]},"s\n",-1e5],"m":null}},"w":[]})";
  ASSERT_TRUE(parse_json(whole));
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char other : {'"', '\\', '[', ']', '{', '}', ',', ':', ' ', '0', 'x'}) {
      std::string text = whole;
      text[at] = other;
      const std::optional<CutJson> cut = cut_json_list(text, kPath);
      if (!cut) {
        continue;
      }
      bool is_json = parse_json(cut->rest).has_value();
      for (const std::string_view element : cut->elements) {
        is_json = is_json && parse_json(element).has_value();
      }
      EXPECT_EQ(is_json, parse_json(text).has_value()) << text;
    }
  }
}

}  // namespace
}  // namespace rhumb::codec
