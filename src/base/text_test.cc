#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/source.h"
#include "base/utf8.h"

namespace rhumb {
namespace {

using ::testing::ElementsAre;

TEST(Text, SplitKeepsEmptyPieces) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, TrimTakesBlanksOffBothEnds) {
  EXPECT_EQ(trim(" \t\r\na b\n "), "a b");
  EXPECT_EQ(trim(" \n "), "");
}

TEST(Text, CutsAtTheFirstSeparator) {
  EXPECT_EQ(cut("a=b=c", "=")->second, "b=c");
  EXPECT_FALSE(cut("abc", "=").has_value());
}

TEST(Text, ReplacesEveryOccurrence) {
  EXPECT_EQ(replace_all("a\nb\n", "\n", "\n  "), "a\n  b\n  ");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
}

TEST(Source, PositionsCountLinesAndColumnsFromOne) {
  EXPECT_EQ(position_at("ab\ncd", 0), (SourcePosition{.offset = 0, .line = 1, .column = 1}));
  EXPECT_EQ(position_at("ab\ncd", 3), (SourcePosition{.offset = 3, .line = 2, .column = 1}));
  EXPECT_EQ(position_at("ab\ncd", 99), (SourcePosition{.offset = 5, .line = 2, .column = 3}));
}

struct DecodeCase {
  const char* name;
  std::string_view bytes;
  char32_t rune;
  size_t size;
  bool valid;
};

TEST(Utf8, DecodesAndRejects) {
  const DecodeCase cases[] = {
      {"ascii", "a", 'a', 1, true},
      {"two bytes", "\xC2\xB5s", 0xB5, 2, true},
      {"four bytes", "\xF0\x9F\x98\x80", 0x1F600, 4, true},
      {"overlong", "\xC0\x80", 0xFFFD, 1, false},
      {"overlong three", "\xE0\x80\x80", 0xFFFD, 1, false},
      {"surrogate", "\xED\xA0\x80", 0xFFFD, 1, false},
      {"past the last", "\xF4\x90\x80\x80", 0xFFFD, 1, false},
      {"truncated", "\xE2\x82", 0xFFFD, 1, false},
      {"stray tail", "\x80", 0xFFFD, 1, false},
  };
  for (const DecodeCase& c : cases) {
    const DecodedRune got = decode_rune(c.bytes);
    EXPECT_EQ(got.rune, c.rune) << c.name;
    EXPECT_EQ(got.size, c.size) << c.name;
    EXPECT_EQ(got.valid, c.valid) << c.name;
  }
}

TEST(Utf8, CutsBetweenCharacters) {
  const std::string text = "a\u00e4\u20ac\U0001f600";  // of 1, 2, 3 and 4 bytes
  const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6};
  for (size_t at = 0; at < text.size(); ++at) {
    EXPECT_EQ(rune_start(text, at), want[at]) << at;
  }
  EXPECT_EQ(rune_start("\x80\x80", 1), 0U);
}

TEST(Utf8, AppendsWhatDecodes) {
  for (const char32_t rune : {U'a', U'\u00B5', U'\u20AC', U'\U0001F600'}) {
    std::string text;
    append_rune(text, rune);
    EXPECT_EQ(decode_rune(text).rune, rune);
    EXPECT_EQ(decode_rune(text).size, text.size());
  }
}

}  // namespace
}  // namespace rhumb
