#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::cli {

enum class FlagKind {
  kBool,
  kString,
  kUint,
  kInt,
  kDuration,
  kList,   ///< repeatable; each value is one CSV record
  kArray,  ///< repeatable; each value is kept as it is
};

/// One flag of a command, as `--help` shows it.
struct FlagSpec {
  std::string name;
  char shorthand = 0;  ///< 0: none
  FlagKind kind = FlagKind::kString;
  std::string default_text;
  std::string usage;
  std::string value_name;  ///< replaces the kind's name in the help; empty: the kind's name
  bool hidden = false;
  /// What else a value must be; may be null.
  Result<void> (*check)(std::string_view value) = nullptr;
};

/// The values given for one command's flags.
///
/// Shape: values a project file supplies are set with `set_from_config`; they count as given, as if
/// the person had typed them. Getters of unknown names are a defect and abort.
class FlagSet {
 public:
  explicit FlagSet(std::vector<FlagSpec> specs);

  [[nodiscard]] const std::vector<FlagSpec>& specs() const { return specs_; }
  [[nodiscard]] const FlagSpec* find(std::string_view name) const;
  [[nodiscard]] const FlagSpec* find_shorthand(char shorthand) const;

  /// Sets one value after checking it. `shown` is the flag as error texts name it
  /// (`--url`, `-u, --url`). Errors: kInvalid with the texts of Go's flag parsing.
  Result<void> set(const FlagSpec& spec, std::string_view text);
  /// As `set`, for values from the project file; a flag the command lacks or the person set is
  /// left.
  Result<void> set_from_config(std::string_view name, const std::vector<std::string>& values);
  /// Forgets what `set_from_config` set, so that the next environment starts afresh.
  void reset_config_values();

  [[nodiscard]] bool changed(std::string_view name) const;
  [[nodiscard]] bool set_by_person(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::uint64_t count(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] std::chrono::nanoseconds duration(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;

 private:
  enum class Origin { kDefault, kConfig, kPerson };
  struct Value {
    std::vector<std::string> texts;  // the last one counts, but for lists
    Origin origin = Origin::kDefault;
  };

  [[nodiscard]] const Value& value(std::string_view name) const;

  std::vector<FlagSpec> specs_;
  std::map<std::string, Value, std::less<>> values_;
};

/// What is left of the arguments once the flags are taken out.
struct ParsedArguments {
  std::vector<std::string> positionals;
  bool help = false;
};

/// Reads flags and positionals, interleaved, until `--`.
///
/// Errors: kInvalid with the texts scripts match, `unknown flag: --x` and the like
/// (spec cli-migrate.md 1.1).
Result<ParsedArguments> parse_arguments(const std::vector<std::string>& arguments, FlagSet& flags);

}  // namespace rhumb::cli
