#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/go_format.h"

namespace rhumb {
namespace {

constexpr uint64_t kDurationMax = uint64_t{1} << 63;  // magnitude of the most negative duration

/// `value` / 10^`places`, trailing zeros of the fraction and a bare point left off.
std::string format_decimal(uint64_t value, int places) {
  std::string digits = std::to_string(value);
  const auto width = static_cast<size_t>(places);
  if (digits.size() <= width) {
    digits.insert(0, width + 1 - digits.size(), '0');
  }
  std::string fraction = digits.substr(digits.size() - width);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  digits.erase(digits.size() - width);
  return fraction.empty() ? digits : digits + "." + fraction;
}

/// How Go's time package quotes a text in its errors: bytes outside printable ASCII as \x.
std::string quote_for_time_error(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x80) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

struct DurationUnit {
  std::string_view name;
  uint64_t nanoseconds;
};
constexpr std::array<DurationUnit, 8> kDurationUnits = {{{"ns", 1},
                                                         {"us", 1'000},
                                                         {"\u00b5s", 1'000},
                                                         {"\u03bcs", 1'000},
                                                         {"ms", 1'000'000},
                                                         {"s", 1'000'000'000},
                                                         {"m", 60'000'000'000},
                                                         {"h", 3'600'000'000'000}}};

std::optional<uint64_t> unit_nanoseconds(std::string_view name) {
  for (const DurationUnit& unit : kDurationUnits) {
    if (unit.name == name) {
      return unit.nanoseconds;
    }
  }
  return std::nullopt;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && is_digit(text[size])) {
    ++size;
  }
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

/// whole.fraction units in nanoseconds, what is below a nanosecond cut off; nothing when too large.
std::optional<uint64_t> scale_duration(std::string_view whole,
                                       std::string_view fraction,
                                       uint64_t unit) {
  uint64_t total = 0;
  for (const char c : whole) {
    if (total > kDurationMax / 10) {
      return std::nullopt;
    }
    total = total * 10 + static_cast<uint64_t>(c - '0');
  }
  if (total > kDurationMax / unit) {
    return std::nullopt;
  }
  total *= unit;
  // From the last digit to the first, so that every intermediate value stays below `unit`.
  uint64_t part = 0;
  for (auto digit = fraction.rbegin(); digit != fraction.rend(); ++digit) {
    part = (static_cast<uint64_t>(*digit - '0') * unit + part) / 10;
  }
  total += part;
  return total <= kDurationMax ? std::optional(total) : std::nullopt;
}

}  // namespace

std::string format_go_duration(std::chrono::nanoseconds duration) {
  const int64_t count = duration.count();
  const auto raw = static_cast<uint64_t>(count);
  const uint64_t magnitude = count < 0 ? 0 - raw : raw;
  const std::string sign = count < 0 ? "-" : "";
  if (magnitude == 0) {
    return "0s";
  }
  if (magnitude < 1'000) {
    return sign + std::to_string(magnitude) + "ns";
  }
  if (magnitude < 1'000'000) {
    return sign + format_decimal(magnitude, 3) + "\u00b5s";
  }
  if (magnitude < 1'000'000'000) {
    return sign + format_decimal(magnitude, 6) + "ms";
  }
  constexpr uint64_t kMinute = 60'000'000'000;
  const std::string seconds = format_decimal(magnitude % kMinute, 9) + "s";
  const uint64_t minutes = magnitude / kMinute;
  if (minutes == 0) {
    return sign + seconds;
  }
  if (minutes < 60) {
    return fmt::format("{}{}m{}", sign, minutes, seconds);
  }
  return fmt::format("{}{}h{}m{}", sign, minutes / 60, minutes % 60, seconds);
}

Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text) {
  const Error bad = invalid("time: invalid duration " + quote_for_time_error(text));
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) {
    rest.remove_prefix(1);
  }
  if (rest == "0") {
    return std::chrono::nanoseconds{0};
  }
  if (rest.empty()) {
    return bad;
  }
  uint64_t total = 0;
  while (!rest.empty()) {
    const std::string_view whole = take_digits(rest);
    std::string_view fraction;
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      fraction = take_digits(rest);
    }
    if (whole.empty() && fraction.empty()) {
      return bad;
    }
    const std::string_view unit_name = rest.substr(0, rest.find_first_of(".0123456789"));
    rest.remove_prefix(unit_name.size());
    if (unit_name.empty()) {
      return invalid("time: missing unit in duration " + quote_for_time_error(text));
    }
    const auto unit = unit_nanoseconds(unit_name);
    if (!unit) {
      return invalid("time: unknown unit " + quote_for_time_error(unit_name) + " in duration " +
                     quote_for_time_error(text));
    }
    const auto part = scale_duration(whole, fraction, *unit);
    if (!part || *part > kDurationMax - total) {
      return bad;
    }
    total += *part;
  }
  if (total == kDurationMax && !negative) {
    return bad;
  }
  return std::chrono::nanoseconds{static_cast<int64_t>(negative ? 0 - total : total)};
}

}  // namespace rhumb
