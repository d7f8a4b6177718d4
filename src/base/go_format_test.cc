#include "base/go_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

// Expected texts were printed by Go 1.26 (strconv, time, fmt).
namespace rhumb {
namespace {

using std::chrono::nanoseconds;

TEST(GoQuote, EscapesAsGoDoes) {
  using namespace std::string_view_literals;
  constexpr std::string_view kText =
      "a\0\a\b\f\n\r\t\v\\\"'\x7f\x80\u00e9\u00a0\u00ad\u200b\u2028\u3000\ufeff\ue000"
      "\U0001F600\U000E0001\ufffd\u0378"sv;
  EXPECT_EQ(go_quote(kText),
            R"("a\x00\a\b\f\n\r\t\v\\\"'\x7f\x80é\u00a0\u00ad\u200b\u2028\u3000\ufeff\ue000)"
            "\U0001F600"
            R"(\U000e0001)"
            "\ufffd"
            R"(\u0378")");
  EXPECT_EQ(go_quote_ascii(kText),
            R"("a\x00\a\b\f\n\r\t\v\\\"'\x7f\x80\u00e9\u00a0\u00ad\u200b\u2028\u3000\ufeff\ue000)"
            R"(\U0001f600\U000e0001\ufffd\u0378")");
  EXPECT_EQ(go_quote(""), R"("")");
}

TEST(GoQuote, EveryByteOfABrokenCharacterIsEscaped) {
  EXPECT_EQ(go_quote("\xe2\x82"), R"("\xe2\x82")");
  EXPECT_EQ(go_quote("\xed\xa0\x80"), R"("\xed\xa0\x80")");
}

TEST(GoQuote, QuotesACharacter) {
  EXPECT_EQ(go_quote_rune('\''), R"('\'')");
  EXPECT_EQ(go_quote_rune('"'), R"('"')");
  EXPECT_EQ(go_quote_rune('\\'), R"('\\')");
  EXPECT_EQ(go_quote_rune(0), R"('\x00')");
  EXPECT_EQ(go_quote_rune(0x2028), R"('\u2028')");
  EXPECT_EQ(go_quote_rune(0x1F600), "'\U0001F600'");
  EXPECT_EQ(go_quote_rune(0xD800), "'\ufffd'");
  EXPECT_EQ(go_quote_rune(0x110000), "'\ufffd'");
}

struct UnquoteCase {
  std::string_view input;
  std::string_view want;
};

TEST(GoUnquote, ReadsWhatGoReads) {
  constexpr UnquoteCase kCases[] = {{"\"a\xff\\n\"", "a\ufffd\n"},
                                    {"`a\rb\\n`", "ab\\n"},
                                    {"'x'", "x"},
                                    {"'\\''", "'"},
                                    {"'\"'", "\""},
                                    {R"("\101")", "A"},
                                    {R"("\u00e9")", "\u00e9"},
                                    {R"("\xe9")", "\xe9"},
                                    {R"("\U0010ffff")", "\U0010ffff"},
                                    {R"("\a\b\f\n\r\t\v\\\"")", "\a\b\f\n\r\t\v\\\""},
                                    {R"("")", ""}};
  for (const UnquoteCase& c : kCases) {
    const auto got = go_unquote(c.input);
    ASSERT_TRUE(got.has_value()) << c.input;
    EXPECT_EQ(*got, c.want) << c.input;
  }
}

TEST(GoUnquote, RefusesWhatGoRefuses) {
  for (const std::string_view input :
       {"", "\"", "a", "\"a", "a\"", "'xy'", "''", R"("\'")", R"("\400")", R"("\ud800")",
        "\"a\nb\"", "`a`b`", R"("\x4")", R"("\U00110000")", R"("a"b")", R"("\")", R"("\8")",
        R"("\z")"}) {
    const auto got = go_unquote(input);
    ASSERT_FALSE(got.has_value()) << input;
    EXPECT_EQ(got.error().message(), "invalid syntax");
  }
}

TEST(GoUnquote, ReversesQuote) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) {
    text += static_cast<char>(byte);
  }
  EXPECT_EQ(*go_unquote(go_quote(text)), text);
  EXPECT_EQ(*go_unquote(go_quote_ascii(text)), text);
}

struct DurationCase {
  int64_t count;
  std::string_view text;
};

TEST(GoDuration, FormatsAsGoDoes) {
  constexpr DurationCase kCases[] = {{0, "0s"},
                                     {1, "1ns"},
                                     {-999, "-999ns"},
                                     {57'097, "57.097µs"},
                                     {1'000, "1µs"},
                                     {1'100'000, "1.1ms"},
                                     {1'500'000'000, "1.5s"},
                                     {60'000'000'000, "1m0s"},
                                     {63'500'000'000, "1m3.5s"},
                                     {3'600'000'000'000, "1h0m0s"},
                                     {-5'400'000'000'001, "-1h30m0.000000001s"},
                                     {INT64_MAX, "2562047h47m16.854775807s"},
                                     {INT64_MIN, "-2562047h47m16.854775808s"}};
  for (const DurationCase& c : kCases) {
    EXPECT_EQ(format_go_duration(nanoseconds{c.count}), c.text);
    EXPECT_EQ(parse_go_duration(c.text).value().count(), c.count) << c.text;
  }
}

TEST(GoDuration, ParsesEveryForm) {
  constexpr DurationCase kCases[] = {{5'400'000'000'000, "1.5h"},
                                     {-500'000'000, "-.5s"},
                                     {5'000'000'000, "+5s"},
                                     {1'000, "1\u00b5s"},
                                     {1'000, "1\u03bcs"},
                                     {1'000, "1us"},
                                     {1'000'000'000, "1.s"},
                                     {0, "-0"},
                                     {0, "0"},
                                     {2'988'372'539'827, "0.830103483285477580700h"},
                                     {3'333'333'333, "3.3333333333333333333s"},
                                     {INT64_MAX, "9223372036854775.807us"},
                                     {1, "1.0000000000000000000000000001ns"},
                                     {90'061'000'000'000, "1h1m1s1440m"}};
  for (const DurationCase& c : kCases) {
    const auto got = parse_go_duration(c.text);
    ASSERT_TRUE(got.has_value()) << c.text;
    EXPECT_EQ(got->count(), c.count) << c.text;
  }
}

TEST(GoDuration, ErrorsReadAsInGo) {
  constexpr UnquoteCase kCases[] = {
      {"5", R"(time: missing unit in duration "5")"},
      {"1h1", R"(time: missing unit in duration "1h1")"},
      {"00", R"(time: missing unit in duration "00")"},
      {"5x", R"(time: unknown unit "x" in duration "5x")"},
      {"1e3s", R"(time: unknown unit "e" in duration "1e3s")"},
      {"5\u00b5x\"", R"(time: unknown unit "\xc2\xb5x\"" in duration "5\xc2\xb5x\"")"},
      {"", R"(time: invalid duration "")"},
      {".", R"(time: invalid duration ".")"},
      {"-", R"(time: invalid duration "-")"},
      {"abc", R"(time: invalid duration "abc")"},
      {" 1s", R"(time: invalid duration " 1s")"},
      {"9223372036854775808ns", R"(time: invalid duration "9223372036854775808ns")"},
      {"2562047h47m16.854775808s", R"(time: invalid duration "2562047h47m16.854775808s")"},
      {"99999999999999999999s", R"(time: invalid duration "99999999999999999999s")"}};
  for (const UnquoteCase& c : kCases) {
    const auto got = parse_go_duration(c.input);
    ASSERT_FALSE(got.has_value()) << c.input;
    EXPECT_EQ(got.error().message(), c.want);
  }
}

struct FloatCase {
  double value;
  std::string_view g;
  std::string_view e;
  std::string_view f;
  std::string_view g3;
  std::string_view f2;
  std::string_view json;
};

TEST(GoFloat, FormatsAsGoDoes) {
  constexpr FloatCase kCases[] = {
      {0, "0", "0e+00", "0", "0", "0.00", "0"},
      {-0.0, "-0", "-0e+00", "-0", "-0", "-0.00", "-0"},
      {100, "100", "1e+02", "100", "100", "100.00", "100"},
      {123456, "123456", "1.23456e+05", "123456", "1.23e+05", "123456.00", "123456"},
      {1e6, "1e+06", "1e+06", "1000000", "1e+06", "1000000.00", "1000000"},
      {2097152.25, "2.09715225e+06", "2.09715225e+06", "2097152.25", "2.1e+06", "2097152.25",
       "2097152.25"},
      {100000.5, "100000.5", "1.000005e+05", "100000.5", "1e+05", "100000.50", "100000.5"},
      {1e21, "1e+21", "1e+21", "1000000000000000000000", "1e+21", "1000000000000000000000.00",
       "1e+21"},
      {1e23, "1e+23", "1e+23", "100000000000000000000000", "1e+23", "99999999999999991611392.00",
       "1e+23"},
      {0.1, "0.1", "1e-01", "0.1", "0.1", "0.10", "0.1"},
      {1e-4, "0.0001", "1e-04", "0.0001", "0.0001", "0.00", "0.0001"},
      {1e-6, "1e-06", "1e-06", "0.000001", "1e-06", "0.00", "0.000001"},
      {-1.5e-7, "-1.5e-07", "-1.5e-07", "-0.00000015", "-1.5e-07", "-0.00", "-1.5e-7"},
      {1e-10, "1e-10", "1e-10", "0.0000000001", "1e-10", "0.00", "1e-10"}};
  for (const FloatCase& c : kCases) {
    EXPECT_EQ(format_go_float(c.value, 'g', -1), c.g);
    EXPECT_EQ(format_go_float(c.value, 'e', -1), c.e);
    EXPECT_EQ(format_go_float(c.value, 'f', -1), c.f);
    EXPECT_EQ(format_go_float(c.value, 'g', 3), c.g3);
    EXPECT_EQ(format_go_float(c.value, 'f', 2), c.f2);
    EXPECT_EQ(format_go_json_float(c.value), c.json);
  }
}

TEST(GoFloat, ExtremesAndUpperCase) {
  EXPECT_EQ(format_go_float(5e-324, 'g', -1), "5e-324");
  EXPECT_EQ(format_go_float(std::numeric_limits<double>::max(), 'G', 10), "1.797693135E+308");
  EXPECT_EQ(format_go_float(std::numeric_limits<double>::max(), 'f', 2).size(), 312U);
  EXPECT_EQ(format_go_float(1e20, 'E', -1), "1E+20");
  EXPECT_EQ(format_go_float(HUGE_VAL, 'g', -1), "+Inf");
  EXPECT_EQ(format_go_float(-HUGE_VAL, 'f', 2), "-Inf");
  EXPECT_EQ(format_go_float(std::nan(""), 'e', 1), "NaN");
}

struct TimeCase {
  std::string_view input;
  std::string_view want;  // in UTC
};

TEST(Rfc3339, ParsesToAnInstant) {
  constexpr TimeCase kCases[] = {
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
      {"2024-02-29T23:59:59.123456789123+05:30", "2024-02-29T18:29:59.123456789Z"},
      {"2024-02-29T23:59:59.50-23:59", "2024-03-01T23:58:59.5Z"},
      {"1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"},
      {"1678-01-01T00:00:00+00:00", "1678-01-01T00:00:00Z"}};
  for (const TimeCase& c : kCases) {
    const auto got = parse_rfc3339(c.input);
    ASSERT_TRUE(got.has_value()) << c.input;
    EXPECT_EQ(format_rfc3339_nano(*got), c.want);
  }
}

TEST(Rfc3339, FormatsInAnOffset) {
  const auto time = parse_rfc3339("2024-01-01T00:00:00.1Z").value();
  EXPECT_EQ(format_rfc3339_nano(time, std::chrono::minutes{330}), "2024-01-01T05:30:00.1+05:30");
  EXPECT_EQ(format_rfc3339_nano(time, std::chrono::minutes{-90}), "2023-12-31T22:30:00.1-01:30");
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const std::string_view input : {"",
                                       "x",
                                       "2024-02-30T00:00:00Z",
                                       "2023-02-29T00:00:00Z",
                                       "2024-02-29T23:59:60Z",
                                       "2024-02-29t23:59:59Z",
                                       "2024-02-29T23:59:59z",
                                       "2024-02-29T23:59:59.Z",
                                       "2024-02-29T23:59:59",
                                       "2024-02-29T23:59:59+24:00",
                                       "2024-02-29T24:00:00Z",
                                       "2024-13-01T00:00:00Z",
                                       "2024-00-01T00:00:00Z",
                                       "2024-01-00T00:00:00Z",
                                       "2024-01-01T00:60:00Z",
                                       "2024-01-01T00:00:00Zx",
                                       "2024-01-01 00:00:00Z",
                                       "0001-01-01T00:00:00Z",
                                       "9999-01-01T00:00:00Z",
                                       "2024-01-01T00:00:00+05:60"}) {
    EXPECT_FALSE(parse_rfc3339(input).has_value()) << input;
  }
}

}  // namespace
}  // namespace rhumb
