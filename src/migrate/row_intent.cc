#include "migrate/row_intent.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kPrefix = "rhumb: ";
constexpr std::string_view kDown = "down ";
constexpr std::string_view kUnknown = ", outcome unknown";
constexpr std::string_view kCommits = ", commits with its outcome";
constexpr std::string_view kAbsent = "\" absent before";
constexpr std::string_view kPresent = "\" present before";
constexpr std::string_view kAfter = ", after h1:";
constexpr size_t kStatementBytesMax = 8192;

std::string format_class(const driver::Intent& intent) {
  switch (intent.kind) {
    case driver::IntentClass::kCommitsWithOutcome:
      return "commits with its outcome";
    case driver::IntentClass::kAbsentBefore:
      return fmt::format("{} \"{}\" absent before", intent.object_kind, intent.object_name);
    case driver::IntentClass::kPresentBefore:
      return fmt::format("{} \"{}\" present before", intent.object_kind, intent.object_name);
    case driver::IntentClass::kUnknown:
      break;
  }
  return "outcome unknown";
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<size_t> take_number(std::string_view& text) {
  size_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// Takes `, <kind> "<name>` from the end of the text.
bool take_object(std::string_view& text, driver::Intent& intent) {
  for (size_t comma = text.find(", "); comma != std::string_view::npos;
       comma = text.find(", ", comma + 1)) {
    const std::string_view object = text.substr(comma + 2);
    const auto parts = cut(object, " \"");
    // A name may hold a comma, a kind is one lower-case word.
    if (parts && parts->first.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == object.npos) {
      intent.object_kind = parts->first;
      intent.object_name = parts->second;
      text = text.substr(0, comma);
      return true;
    }
  }
  return false;
}

bool take_class(std::string_view& text, driver::Intent& intent) {
  if (take_suffix(text, kUnknown)) {
    intent.kind = driver::IntentClass::kUnknown;
    return true;
  }
  if (take_suffix(text, kCommits)) {
    intent.kind = driver::IntentClass::kCommitsWithOutcome;
    return true;
  }
  if (take_suffix(text, kAbsent)) {
    intent.kind = driver::IntentClass::kAbsentBefore;
    return take_object(text, intent);
  }
  if (take_suffix(text, kPresent)) {
    intent.kind = driver::IntentClass::kPresentBefore;
    return take_object(text, intent);
  }
  return false;
}

}  // namespace

std::string format_intent(const RowIntent& intent) {
  return fmt::format("{}{}statement {} of {} started at {} by {}{}{}, {}", kPrefix,
                     intent.down ? kDown : "", intent.statement, intent.total, intent.started_at,
                     intent.holder, intent.after.empty() ? "" : ", after ", intent.after,
                     format_class(intent.intent));
}

std::optional<RowIntent> parse_intent(std::string_view error) {
  RowIntent parsed;
  std::string_view text = error;
  if (!take_prefix(text, kPrefix) || !take_class(text, parsed.intent)) {
    return std::nullopt;
  }
  parsed.down = take_prefix(text, kDown);
  if (!take_prefix(text, "statement ")) {
    return std::nullopt;
  }
  const std::optional<size_t> statement = take_number(text);
  if (!statement || !take_prefix(text, " of ")) {
    return std::nullopt;
  }
  const std::optional<size_t> total = take_number(text);
  if (!total || !take_prefix(text, " started at ")) {
    return std::nullopt;
  }
  parsed.statement = *statement;
  parsed.total = *total;
  if (const size_t after = text.rfind(kAfter); after != std::string_view::npos) {
    parsed.after = text.substr(after + kAfter.size() - 3);
    text = text.substr(0, after);
  }
  const auto parts = cut(text, " by ");
  if (!parts || parsed.statement == 0) {
    return std::nullopt;
  }
  parsed.started_at = parts->first;
  parsed.holder = parts->second;
  return parsed;
}

std::string_view intent_statement(std::string_view statement) {
  if (statement.size() <= kStatementBytesMax) {
    return statement;
  }
  return statement.substr(0, rune_start(statement, kStatementBytesMax));
}

}  // namespace rhumb::migrate
