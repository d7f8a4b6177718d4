#include "migrate/revert_row.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kPrefix = "rhumb: down statement ";
constexpr std::string_view kOf = " of ";
constexpr std::string_view kStopped = " stopped";
constexpr std::string_view kAfter = ", after ";
constexpr std::string_view kColon = ": ";

std::optional<size_t> parse_number(std::string_view text) {
  size_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string format_revert_stop(const RevertPoint& point) {
  return fmt::format("{}{}{}{}{}{}{}{}{}", kPrefix, point.statement, kOf, point.total, kStopped,
                     point.after.empty() ? "" : kAfter, point.after, kColon, point.error);
}

std::optional<RevertPoint> parse_revert_point(std::string_view error) {
  if (const std::optional<RowIntent> intent = parse_intent(error); intent && intent->down) {
    return RevertPoint{.statement = intent->statement,
                       .total = intent->total,
                       .after = intent->after,
                       .intent = intent};
  }
  if (!error.starts_with(kPrefix)) {
    return std::nullopt;
  }
  const auto parts = cut(error.substr(kPrefix.size()), kStopped);
  const auto numbers = parts ? cut(parts->first, kOf) : std::nullopt;
  if (!numbers) {
    return std::nullopt;
  }
  const std::optional<size_t> statement = parse_number(numbers->first);
  const std::optional<size_t> total = parse_number(numbers->second);
  const auto reason = cut(parts->second, kColon);
  if (!statement || !total || !reason || *statement == 0) {
    return std::nullopt;
  }
  RevertPoint point{.statement = *statement, .total = *total, .error = std::string(reason->second)};
  if (reason->first.starts_with(kAfter)) {
    point.after = reason->first.substr(kAfter.size());
  } else if (!reason->first.empty()) {
    return std::nullopt;
  }
  return point;
}

std::optional<RevertPoint> find_revert_point(const Revision& row) {
  return row.resolved() ? std::nullopt : parse_revert_point(row.error);
}

size_t count_done(const Revision* row, Direction direction) {
  if (row == nullptr) {
    return 0;
  }
  if (direction == Direction::kUp) {
    return static_cast<size_t>(row->applied);
  }
  const std::optional<RevertPoint> point = find_revert_point(*row);
  return point ? point->statement - 1 : 0;
}

}  // namespace rhumb::migrate
