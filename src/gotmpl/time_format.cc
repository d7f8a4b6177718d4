// Go's time layouts. A layout is an example: the reference time, Mon Jan 2 15:04:05 MST 2006, as
// the caller would like to see it. Formatting walks the layout and replaces what it recognises;
// a table of elements, longest first, is enough, but for three rules from the documentation:
// `Jan` and `Mon` inside a longer lower-case word are text, `_2` before `006` is text, and a
// fraction is a point or comma with zeros or nines that no digit follows.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gotmpl/civil_time.h"
#include "gotmpl/time_methods.h"

namespace rhumb::gotmpl {
namespace {

enum class Element {
  kMonthLong,
  kMonthShort,
  kWeekdayLong,
  kWeekdayShort,
  kZoneName,
  kYearLong,
  kYearShort,
  kMonthTwo,
  kMonthOne,
  kDayThree,
  kDayThreeBlank,
  kDayTwo,
  kDayBlank,
  kDayOne,
  kHour24,
  kHour12Two,
  kHour12One,
  kMinuteTwo,
  kMinuteOne,
  kSecondTwo,
  kSecondOne,
  kUpperPm,
  kLowerPm,
  kOffset,
};

struct Pattern {
  std::string_view text;
  Element element;
};

// A longer element stands before its own beginning.
constexpr auto kPatterns = std::to_array<Pattern>({
    {"January", Element::kMonthLong},  {"Jan", Element::kMonthShort},
    {"Monday", Element::kWeekdayLong}, {"Mon", Element::kWeekdayShort},
    {"MST", Element::kZoneName},       {"2006", Element::kYearLong},
    {"002", Element::kDayThree},       {"01", Element::kMonthTwo},
    {"02", Element::kDayTwo},          {"03", Element::kHour12Two},
    {"04", Element::kMinuteTwo},       {"05", Element::kSecondTwo},
    {"06", Element::kYearShort},       {"15", Element::kHour24},
    {"1", Element::kMonthOne},         {"__2", Element::kDayThreeBlank},
    {"_2", Element::kDayBlank},        {"2", Element::kDayOne},
    {"3", Element::kHour12One},        {"4", Element::kMinuteOne},
    {"5", Element::kSecondOne},        {"PM", Element::kUpperPm},
    {"pm", Element::kLowerPm},         {"Z07:00:00", Element::kOffset},
    {"Z070000", Element::kOffset},     {"Z07:00", Element::kOffset},
    {"Z0700", Element::kOffset},       {"Z07", Element::kOffset},
    {"-07:00:00", Element::kOffset},   {"-070000", Element::kOffset},
    {"-07:00", Element::kOffset},      {"-0700", Element::kOffset},
    {"-07", Element::kOffset},
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const Pattern* find_pattern(std::string_view layout) {
  for (const Pattern& pattern : kPatterns) {
    if (!layout.starts_with(pattern.text)) {
      continue;
    }
    const bool word = pattern.text == "Jan" || pattern.text == "Mon";
    const bool goes_on = layout.size() > 3 && layout[3] >= 'a' && layout[3] <= 'z';
    if ((word && goes_on) || (pattern.text == "_2" && layout.starts_with("_2006"))) {
      continue;
    }
    return &pattern;
  }
  return nullptr;
}

/// Length of a fraction at the start of the layout, `.000` or `,999`; 0 when there is none.
size_t fraction_length(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',') ||
      (layout[1] != '0' && layout[1] != '9')) {
    return 0;
  }
  const size_t end = std::min(layout.find_first_not_of(layout[1], 1), layout.size());
  return end < layout.size() && is_digit(layout[end]) ? 0 : end;
}

std::string format_fraction(const CivilTime& civil, std::string_view element) {
  std::string digits = fmt::format("{:09}", civil.nanosecond);
  digits.resize(std::min<size_t>(element.size() - 1, digits.size()));
  if (element[1] == '0') {
    digits.resize(element.size() - 1, '0');
    return element[0] + digits;
  }
  digits.resize(digits.find_last_not_of('0') + 1);
  return digits.empty() ? digits : element[0] + digits;
}

std::string format_offset(int offset_minutes, std::string_view element) {
  if (element[0] == 'Z' && offset_minutes == 0) {
    return "Z";
  }
  const int minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  std::string out = fmt::format("{}{:02}", offset_minutes < 0 ? '-' : '+', minutes / 60);
  if (element.size() > 3) {
    const bool colon = element[3] == ':';
    const bool with_seconds = element.size() >= 7;
    out += fmt::format("{}{:02}", colon ? ":" : "", minutes % 60);
    if (with_seconds) {
      out += colon ? ":00" : "00";
    }
  }
  return out;
}

std::string format_element(const Time& time, const CivilTime& civil, const Pattern& pattern) {
  const int hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12;
  switch (pattern.element) {
    case Element::kMonthLong:
      return std::string(month_name(civil.month));
    case Element::kMonthShort:
      return std::string(month_name(civil.month).substr(0, 3));
    case Element::kWeekdayLong:
      return std::string(weekday_name(civil.weekday));
    case Element::kWeekdayShort:
      return std::string(weekday_name(civil.weekday).substr(0, 3));
    case Element::kZoneName:  // a zone known by its offset only is called by it
      return time.zone.abbreviation.empty()
                 ? format_offset(static_cast<int>(time.zone.offset.count()), "-0700")
                 : time.zone.abbreviation;
    case Element::kYearLong:
      return fmt::format("{:04}", civil.year);
    case Element::kYearShort:
      return fmt::format("{:02}", civil.year % 100);
    case Element::kMonthTwo:
      return fmt::format("{:02}", civil.month);
    case Element::kMonthOne:
      return fmt::format("{}", civil.month);
    case Element::kDayThree:
      return fmt::format("{:03}", civil.day_of_year);
    case Element::kDayThreeBlank:
      return fmt::format("{:3}", civil.day_of_year);
    case Element::kDayTwo:
      return fmt::format("{:02}", civil.day);
    case Element::kDayBlank:
      return fmt::format("{:2}", civil.day);
    case Element::kDayOne:
      return fmt::format("{}", civil.day);
    case Element::kHour24:
      return fmt::format("{:02}", civil.hour);
    case Element::kHour12Two:
      return fmt::format("{:02}", hour12);
    case Element::kHour12One:
      return fmt::format("{}", hour12);
    case Element::kMinuteTwo:
      return fmt::format("{:02}", civil.minute);
    case Element::kMinuteOne:
      return fmt::format("{}", civil.minute);
    case Element::kSecondTwo:
      return fmt::format("{:02}", civil.second);
    case Element::kSecondOne:
      return fmt::format("{}", civil.second);
    case Element::kUpperPm:
      return civil.hour >= 12 ? "PM" : "AM";
    case Element::kLowerPm:
      return civil.hour >= 12 ? "pm" : "am";
    case Element::kOffset:
      return format_offset(static_cast<int>(time.zone.offset.count()), pattern.text);
  }
  return {};
}

}  // namespace

std::string format_time(const Time& time, std::string_view layout) {
  const CivilTime civil = to_civil(time);
  std::string out;
  while (!layout.empty()) {
    if (const size_t length = fraction_length(layout); length > 0) {
      out += format_fraction(civil, layout.substr(0, length));
      layout.remove_prefix(length);
    } else if (const Pattern* pattern = find_pattern(layout); pattern != nullptr) {
      out += format_element(time, civil, *pattern);
      layout.remove_prefix(pattern->text.size());
    } else {
      out += layout.front();
      layout.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace rhumb::gotmpl
