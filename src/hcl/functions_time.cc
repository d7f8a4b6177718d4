#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>

#include "base/go_format.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// A moment as it was written: the local time and how far it is ahead of UTC.
struct Timestamp {
  std::chrono::sys_seconds local;
  nanoseconds fraction{0};
  minutes offset{0};
  bool utc = true;  // written with `Z` or offset zero
};

// Reads RFC 3339 piece by piece, so that a failure can name the piece.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text) : rest_(text) {}

  Result<Timestamp> read() {
    const int year = TRY(digits(4, "year", 0, 9999));
    TRY(literal('-'));
    const int month = TRY(digits(2, "month", 1, 12));
    TRY(literal('-'));
    const int day = TRY(digits(2, "day of month", 0, 99));
    if (!rest_.starts_with('T')) {
      return failure("missing required time introducer 'T'");
    }
    rest_.remove_prefix(1);
    const int hour = TRY(read_hour());
    TRY(literal(':'));
    const int minute = TRY(digits(2, "minute", 0, 59));
    TRY(literal(':'));
    const int second = TRY(digits(2, "second", 0, 59));
    const nanoseconds fraction = read_fraction();
    Timestamp out;
    TRY(read_offset(out));
    if (!rest_.empty()) {
      return cannot_use(rest_, "timestamp segment");
    }
    const auto date = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
                      std::chrono::day(static_cast<unsigned>(day));
    if (!date.ok()) {
      return failure("day out of range");
    }
    if (!late_failure_.empty()) {
      return failure(late_failure_);
    }
    out.local =
        std::chrono::sys_days(date) + std::chrono::hours(hour) + minutes(minute) + seconds(second);
    out.fraction = fraction;
    return out;
  }

 private:
  static Error failure(std::string_view what) {
    return invalid(fmt::format("not a valid RFC3339 timestamp: {}", what));
  }

  static Error cannot_use(std::string_view text, std::string_view what) {
    return text.empty() ? failure(fmt::format("end of string before {}", what))
                        : failure(fmt::format("cannot use {} as {}", go_quote(text), what));
  }

  // A number outside its range is blamed on what follows it, as the reference has it.
  Result<int> digits(size_t count, std::string_view what, int least, int most) {
    const std::string_view text = rest_.substr(0, count);
    if (text.size() < count || text.find_first_not_of("0123456789") != std::string_view::npos) {
      return out_of_range(what);
    }
    int value = 0;
    for (const char c : text) {
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    if (value < least || value > most) {
      return out_of_range(what);
    }
    return value;
  }

  [[nodiscard]] Error out_of_range(std::string_view what) const {
    if (what == "hour" && !rest_.empty() && rest_.size() != 2) {
      return failure("hour must be between 0 and 23 inclusive");
    }
    if (what == "minute" && !rest_.empty() && rest_.size() != 2) {
      return failure("minute must have exactly two digits");
    }
    return cannot_use(rest_, what);
  }

  // One digit is read on with; that there should be two comes up when all else is well.
  Result<int> read_hour() {
    const auto digit = [&](size_t at) {
      return at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9';
    };
    if (!digit(0) || digit(1)) {
      return digits(2, "hour", 0, 23);
    }
    const int hour = rest_[0] - '0';
    rest_.remove_prefix(1);
    note_late("hour must have exactly two digits");
    return hour;
  }

  void note_late(std::string failure) {
    if (late_failure_.empty()) {
      late_failure_ = std::move(failure);
    }
  }

  Result<void> literal(char c) {
    if (rest_.starts_with(c)) {
      rest_.remove_prefix(1);
      return {};
    }
    const std::string wanted = go_quote(std::string(1, c));
    return rest_.empty()
               ? failure(fmt::format("end of string where {} is expected", wanted))
               : failure(fmt::format("found {} where {} is expected", go_quote(rest_), wanted));
  }

  nanoseconds read_fraction() {
    if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || rest_[1] < '0' ||
        rest_[1] > '9') {
      return nanoseconds(0);
    }
    if (rest_[0] == ',') {
      note_late("cannot use \",\" as timestamp segment");
    }
    rest_.remove_prefix(1);
    int64_t value = 0;
    int64_t unit = 1'000'000'000;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      if (unit > 1) {
        unit /= 10;
        value += (rest_[0] - '0') * unit;
      }
      rest_.remove_prefix(1);
    }
    return nanoseconds(value);
  }

  Result<void> read_offset(Timestamp& out) {
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      return {};
    }
    const std::string_view text = rest_.substr(0, 6);
    const auto digit = [&](size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && digit(1) &&
                        digit(2) && text[3] == ':' && digit(4) && digit(5);
    if (!shaped) {
      return cannot_use(rest_, "UTC offset");
    }
    const int hours = (text[1] - '0') * 10 + (text[2] - '0');
    const int rest_minutes = (text[4] - '0') * 10 + (text[5] - '0');
    if (hours > 24 || rest_minutes > 60) {
      return cannot_use(rest_.substr(6), "UTC offset");
    }
    if (hours > 23 || rest_minutes > 59) {
      note_late("cannot use " + go_quote(text) + " as UTC offset");
    }
    out.offset = minutes((text[0] == '-' ? -1 : 1) * (hours * 60 + rest_minutes));
    out.utc = out.offset == minutes(0);
    rest_.remove_prefix(6);
    return {};
  }

  std::string_view rest_;
  std::string late_failure_;  // what is wrong with a time that can be read
};

std::string offset_text(minutes offset, bool colon) {
  const auto total = offset.count() < 0 ? -offset.count() : offset.count();
  return fmt::format("{}{:02}{}{:02}", offset.count() < 0 ? '-' : '+', total / 60, colon ? ":" : "",
                     total % 60);
}

std::string rfc3339_text(const Timestamp& time) {
  const auto day = std::chrono::floor<days>(time.local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time.local - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     time.utc ? std::string("Z") : offset_text(time.offset, true));
}

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

// What is wrong with a run of a known letter, or "" when the letter is unknown.
std::string_view verb_rule(char letter) {
  switch (letter) {
    case 'Y':
      return R"(year must either be "YY" or "YYYY")";
    case 'M':
      return R"(month must be "M", "MM", "MMM", or "MMMM")";
    case 'D':
      return R"(day of month must either be "D" or "DD")";
    case 'E':
      return R"(day of week must either be "EEE" or "EEEE")";
    case 'h':
      return R"(24-hour must either be "h" or "hh")";
    case 'H':
      return R"(12-hour must either be "H" or "HH")";
    case 'A':
      return R"(must be "AA")";
    case 'a':
      return R"(must be "aa")";
    case 'm':
      return R"(minute must either be "m" or "mm")";
    case 's':
      return R"(second must either be "s" or "ss")";
    case 'Z':
      return R"(timezone must be Z, ZZZZ, or ZZZZZ)";
    default:
      return "";
  }
}

// One or two digits.
std::string number_text(int64_t value, size_t letters) {
  return letters == 2 ? fmt::format("{:02}", value) : std::to_string(value);
}

std::string zone_text(const Timestamp& time, size_t letters) {
  switch (letters) {
    case 1:
      return time.utc ? "Z" : offset_text(time.offset, true);
    case 3:
      return time.utc ? "UTC" : offset_text(time.offset, false);
    case 4:
      return offset_text(time.offset, false);
    default:
      return offset_text(time.offset, true);
  }
}

// Whether a verb is written with that many letters.
bool is_verb(char verb, size_t letters) {
  switch (verb) {
    case 'Y':
      return letters == 2 || letters == 4;
    case 'M':
      return letters <= 4;
    case 'E':
      return letters == 3 || letters == 4;
    case 'D':
    case 'h':
    case 'H':
    case 'm':
    case 's':
      return letters <= 2;
    case 'A':
    case 'a':
      return letters == 2;
    case 'Z':
      return letters <= 5 && letters != 2;
    default:
      return false;
  }
}

// A name, or its first three letters.
std::string name_text(std::string_view name, size_t letters) {
  return std::string(letters == 3 ? name.substr(0, 3) : name);
}

std::optional<std::string> format_verb(std::string_view verb, const Timestamp& time) {
  const size_t letters = verb.size();
  if (!is_verb(verb[0], letters)) {
    return std::nullopt;
  }
  const auto day = std::chrono::floor<days>(time.local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time.local - day);
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month());
  const int64_t hour = clock.hours().count();
  switch (verb[0]) {
    case 'Y':
      return letters == 2 ? fmt::format("{:02}", year % 100) : fmt::format("{:04}", year);
    case 'M':
      return letters <= 2 ? number_text(month, letters) : name_text(kMonths[month - 1], letters);
    case 'D':
      return number_text(static_cast<unsigned>(date.day()), letters);
    case 'E':
      return name_text(kWeekdays[std::chrono::weekday(day).c_encoding()], letters);
    case 'h':
      return number_text(hour, letters);
    case 'H':
      return number_text(hour % 12 == 0 ? 12 : hour % 12, letters);
    case 'A':
      return hour < 12 ? "AM" : "PM";
    case 'a':
      return hour < 12 ? "am" : "pm";
    case 'm':
      return number_text(clock.minutes().count(), letters);
    case 's':
      return number_text(clock.seconds().count(), letters);
    default:
      return zone_text(time, letters);
  }
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The end of a quoted literal that begins at `at`, its text added to `out`; npos when it is open.
// Two quotes are one, in a literal and outside.
size_t read_literal(std::string_view layout, size_t at, std::string& out) {
  if (layout.substr(at).starts_with("''")) {
    out += '\'';
    return at + 2;
  }
  for (++at; at < layout.size(); ++at) {
    if (layout[at] != '\'') {
      out += layout[at];
    } else if (at + 1 < layout.size() && layout[at + 1] == '\'') {
      out += '\'';
      ++at;
    } else {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

Result<std::string> format_timestamp(std::string_view layout, const Timestamp& time) {
  std::string out;
  for (size_t at = 0; at < layout.size();) {
    if (layout[at] == '\'') {
      at = read_literal(layout, at, out);
      if (at == std::string_view::npos) {
        return invalid("unterminated literal '");
      }
      continue;
    }
    if (!is_letter(layout[at])) {
      out += layout[at++];
      continue;
    }
    size_t end = at;
    while (end < layout.size() && layout[end] == layout[at]) {
      ++end;
    }
    const std::string_view verb = layout.substr(at, end - at);
    const auto text = format_verb(verb, time);
    if (!text) {
      const std::string_view rule = verb_rule(verb[0]);
      return invalid(fmt::format("invalid date format verb {}{}{}", go_quote(verb),
                                 rule.empty() ? "" : ": ", rule));
    }
    out += *text;
    at = end;
  }
  return out;
}

Result<Value> formatdate(const ValueList& args, CallProblem& problem) {
  const auto time = TimestampReader(args[1].as_string()).read();
  if (!time) {
    return problem.argument(1, time.error().message());
  }
  const auto text = format_timestamp(args[0].as_string(), *time);
  if (!text) {
    return problem.argument(0, text.error().message());
  }
  return Value::string(*text);
}

Result<Value> timeadd(const ValueList& args, CallProblem&) {
  Timestamp time = TRY(TimestampReader(args[0].as_string()).read());
  const nanoseconds duration = TRY(parse_go_duration(args[1].as_string()));
  const nanoseconds moved = time.fraction + duration;
  time.local += std::chrono::floor<seconds>(moved);
  return Value::string(rfc3339_text(time));
}

}  // namespace

void add_time_functions(FunctionTable& table) {
  table["formatdate"] =
      fixed_function({{"format", Type::string()}, {"time", Type::string()}}, formatdate);
  table["timeadd"] =
      fixed_function({{"timestamp", Type::string()}, {"duration", Type::string()}}, timeadd);
}

}  // namespace rhumb::hcl
