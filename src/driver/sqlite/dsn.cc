#include "driver/sqlite/dsn.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/text.h"

namespace rhumb::driver::sqlite {
namespace {

enum class Takes { kBoolean, kNumber, kWord };

// A parameter, its short name and the pragma it sets. Words are limited to the ones listed.
struct Parameter {
  std::string_view name;
  std::string_view alias;
  std::string_view pragma;
  Takes takes;
  std::string_view words;
};

constexpr Parameter kParameters[] = {
    {"_auto_vacuum", "_vacuum", "auto_vacuum", Takes::kWord, "0 1 2 none full incremental"},
    {"_case_sensitive_like", "_cslike", "case_sensitive_like", Takes::kBoolean, ""},
    {"_defer_foreign_keys", "_defer_fk", "defer_foreign_keys", Takes::kBoolean, ""},
    {"_foreign_keys", "_fk", "foreign_keys", Takes::kBoolean, ""},
    {"_ignore_check_constraints", "_ignore_check_constraints", "ignore_check_constraints",
     Takes::kBoolean, ""},
    {"_journal_mode", "_journal", "journal_mode", Takes::kWord,
     "delete truncate persist memory wal off"},
    {"_locking_mode", "_locking", "locking_mode", Takes::kWord, "normal exclusive"},
    {"_query_only", "_query_only", "query_only", Takes::kBoolean, ""},
    {"_recursive_triggers", "_rt", "recursive_triggers", Takes::kBoolean, ""},
    {"_secure_delete", "_secure_delete", "secure_delete", Takes::kWord,
     "0 1 false true no yes off on fast"},
    {"_synchronous", "_sync", "synchronous", Takes::kWord, "0 1 2 3 off normal full extra"},
    {"_writable_schema", "_writable_schema", "writable_schema", Takes::kBoolean, ""},
    {"_cache_size", "_cache_size", "cache_size", Takes::kNumber, ""},
};
constexpr std::string_view kBooleans = "0 1 false true no yes off on";

bool is_one_of(std::string_view value, std::string_view words) {
  for (const std::string_view word : split(words, ' ')) {
    if (equal_fold_ascii(value, word)) {
      return true;
    }
  }
  return false;
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Result<std::string> pragma_of(const Parameter& parameter, std::string_view value) {
  const std::string_view words = parameter.takes == Takes::kBoolean ? kBooleans : parameter.words;
  const bool fits =
      parameter.takes == Takes::kNumber ? parse_number(value).has_value() : is_one_of(value, words);
  if (!fits) {
    const std::string wanted =
        parameter.takes == Takes::kNumber ? "a number" : fmt::format("one of '{}'", words);
    return invalid(fmt::format("invalid {}: {}, expecting {}", parameter.name, value, wanted));
  }
  return fmt::format("PRAGMA {} = {}", parameter.pragma, value);
}

Result<void> take_parameter(Dsn& dsn, std::string_view name, std::string_view value) {
  if (name == "_busy_timeout" || name == "_timeout") {
    const std::optional<int> milliseconds = parse_number(value);
    if (!milliseconds) {
      return invalid(fmt::format("invalid _busy_timeout: {}, expecting a number", value));
    }
    dsn.busy_timeout_ms = *milliseconds;
    return {};
  }
  for (const Parameter& parameter : kParameters) {
    if (name == parameter.name || name == parameter.alias) {
      dsn.pragmas.push_back(TRY(pragma_of(parameter, value)));
      return {};
    }
  }
  return {};  // the library's own, or nobody's
}

bool asks_for_memory(std::string_view query) {
  for (const std::string_view pair : split(query, '&')) {
    if (pair == "mode=memory") {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<Dsn> parse_dsn(std::string_view text) {
  const size_t mark = text.find('?');
  const std::string_view file = text.substr(0, mark);
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
  Dsn dsn;
  if (file.starts_with("file:")) {
    dsn.name = text;
  } else if (asks_for_memory(query)) {
    dsn.name = "file:" + std::string(text);
  } else {
    dsn.name = file;
  }
  for (const std::string_view pair : split(query, '&')) {
    const auto parts = cut(pair, "=");
    if (parts) {
      TRY(take_parameter(dsn, parts->first, parts->second));
    }
  }
  return dsn;
}

}  // namespace rhumb::driver::sqlite
