#include "cli/flags.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "base/go_format.h"
#include "base/text.h"
#include "codec/csv.h"

namespace rhumb::cli {
namespace {

bool is_list(const FlagSpec& spec) {
  return spec.kind == FlagKind::kList || spec.kind == FlagKind::kArray;
}

Result<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) {
      return true;
    }
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) {
      return false;
    }
  }
  return invalid("strconv.ParseBool: parsing " + go_quote(text) + ": invalid syntax");
}

/// Digits with an optional 0x, 0o or 0b prefix and `_` between digits, as Go's base 0 reads them.
template <typename Integer>
Result<Integer> parse_number(std::string_view text, std::string_view function) {
  const auto failure = [&](std::string_view reason) {
    return invalid("strconv." + std::string(function) + ": parsing " + go_quote(text) + ": " +
                   std::string(reason));
  };
  std::string digits = replace_all(text, "_", "");
  const bool negative = !digits.empty() && digits[0] == '-';
  const bool sign = negative || (!digits.empty() && digits[0] == '+');
  if (sign && std::is_unsigned_v<Integer>) {
    return failure("invalid syntax");
  }
  digits.erase(0, sign ? 1 : 0);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.erase(0, mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  if (digits.empty() || digits[0] == '-' || digits[0] == '+') {
    return failure("invalid syntax");
  }
  if (negative) {
    digits.insert(0, "-");
  }
  Integer value = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (code == std::errc::result_out_of_range) {
    return failure("value out of range");
  }
  if (code != std::errc{} || end != digits.data() + digits.size()) {
    return failure("invalid syntax");
  }
  return value;
}

Result<void> check_value(const FlagSpec& spec, std::string_view text) {
  switch (spec.kind) {
    case FlagKind::kBool:
      TRY(parse_bool(text));
      break;
    case FlagKind::kUint:
      TRY(parse_number<std::uint64_t>(text, "ParseUint"));
      break;
    case FlagKind::kInt:
      TRY(parse_number<std::int64_t>(text, "ParseInt"));
      break;
    case FlagKind::kDuration:
      TRY(parse_go_duration(text));
      break;
    case FlagKind::kList:
      TRY(codec::parse_csv_record(text));
      break;
    case FlagKind::kString:
    case FlagKind::kArray:
      break;
  }
  if (spec.check != nullptr) {
    TRY(spec.check(text));
  }
  return {};
}

std::string shown_name(const FlagSpec& spec) {
  const std::string name = "--" + spec.name;
  return spec.shorthand == 0 ? name : std::string("-") + spec.shorthand + ", " + name;
}

/// Walks the arguments; one instance reads one command line.
class ArgumentParser {
 public:
  ArgumentParser(const std::vector<std::string>& arguments, FlagSet& flags)
      : arguments_(arguments), flags_(flags) {}

  Result<ParsedArguments> parse() {
    while (at_ < arguments_.size()) {
      const std::string& argument = arguments_[at_++];
      if (argument == "--") {
        parsed_.positionals.insert(parsed_.positionals.end(),
                                   arguments_.begin() + static_cast<std::ptrdiff_t>(at_),
                                   arguments_.end());
        break;
      }
      if (argument.starts_with("--")) {
        TRY(read_long(argument));
      } else if (argument.size() > 1 && argument[0] == '-') {
        TRY(read_short(argument));
      } else {
        parsed_.positionals.push_back(argument);
      }
    }
    return std::move(parsed_);
  }

 private:
  Result<void> read_long(const std::string& argument) {
    const std::string_view body = std::string_view(argument).substr(2);
    const auto assignment = cut(body, "=");
    const std::string_view name = assignment ? assignment->first : body;
    if (name.empty() || name[0] == '-') {
      return invalid("bad flag syntax: " + argument);
    }
    const FlagSpec* spec = flags_.find(name);
    if (spec == nullptr) {
      if (name == "help") {
        parsed_.help = true;
        return {};
      }
      return invalid("unknown flag: --" + std::string(name));
    }
    if (assignment) {
      return flags_.set(*spec, assignment->second);
    }
    if (spec->kind == FlagKind::kBool) {
      return flags_.set(*spec, "true");
    }
    if (at_ == arguments_.size()) {
      return invalid("flag needs an argument: --" + spec->name);
    }
    return flags_.set(*spec, arguments_[at_++]);
  }

  Result<void> read_short(const std::string& argument) {
    for (size_t i = 1; i < argument.size(); ++i) {
      const FlagSpec* spec = flags_.find_shorthand(argument[i]);
      if (spec == nullptr) {
        if (argument[i] == 'h') {
          parsed_.help = true;
          return {};
        }
        return invalid(std::string("unknown shorthand flag: '") + argument[i] + "' in " + argument);
      }
      const std::string_view rest = std::string_view(argument).substr(i + 1);
      if (rest.starts_with("=")) {
        return flags_.set(*spec, rest.substr(1));
      }
      if (spec->kind == FlagKind::kBool) {
        TRY(flags_.set(*spec, "true"));
        continue;
      }
      if (!rest.empty()) {
        return flags_.set(*spec, rest);
      }
      if (at_ == arguments_.size()) {
        return invalid(std::string("flag needs an argument: '") + argument[i] + "' in " + argument);
      }
      return flags_.set(*spec, arguments_[at_++]);
    }
    return {};
  }

  const std::vector<std::string>& arguments_;
  FlagSet& flags_;
  size_t at_ = 0;
  ParsedArguments parsed_;
};

}  // namespace

FlagSet::FlagSet(std::vector<FlagSpec> specs) : specs_(std::move(specs)) {
  for (const FlagSpec& spec : specs_) {
    Value initial;
    if (!is_list(spec)) {
      initial.texts = {spec.default_text};
    }
    values_.emplace(spec.name, std::move(initial));
  }
}

const FlagSpec* FlagSet::find(std::string_view name) const {
  const auto found = std::ranges::find(specs_, name, &FlagSpec::name);
  return found == specs_.end() ? nullptr : &*found;
}

const FlagSpec* FlagSet::find_shorthand(char shorthand) const {
  const auto found = std::ranges::find(specs_, shorthand, &FlagSpec::shorthand);
  return found == specs_.end() ? nullptr : &*found;
}

Result<void> FlagSet::set(const FlagSpec& spec, std::string_view text) {
  const Result<void> checked = check_value(spec, text);
  if (!checked.has_value()) {
    return checked.error().context("invalid argument " + go_quote(text) + " for " +
                                   go_quote(shown_name(spec)) + " flag");
  }
  Value& value = values_.find(spec.name)->second;
  if (!is_list(spec)) {
    value.texts = {std::string(text)};
  } else if (spec.kind == FlagKind::kArray) {
    value.texts.emplace_back(text);
  } else {
    const std::vector<std::string> fields = TRY(codec::parse_csv_record(text));
    value.texts.insert(value.texts.end(), fields.begin(), fields.end());
  }
  value.origin = Origin::kPerson;
  return {};
}

Result<void> FlagSet::set_from_config(std::string_view name,
                                      const std::vector<std::string>& values) {
  const FlagSpec* spec = find(name);
  if (spec == nullptr || values.empty()) {
    return {};
  }
  Value& value = values_.find(name)->second;
  if (value.origin == Origin::kPerson) {
    return {};
  }
  if (!is_list(*spec)) {
    const Result<void> checked = check_value(*spec, values.back());
    if (!checked.has_value()) {
      return checked.error().context("invalid argument " + go_quote(values.back()) + " for " +
                                     go_quote(shown_name(*spec)) + " flag");
    }
  }
  value = {.texts = values, .origin = Origin::kConfig};
  return {};
}

void FlagSet::reset_config_values() {
  for (const FlagSpec& spec : specs_) {
    Value& value = values_.find(spec.name)->second;
    if (value.origin == Origin::kConfig) {
      value.texts =
          is_list(spec) ? std::vector<std::string>{} : std::vector<std::string>{spec.default_text};
      value.origin = Origin::kDefault;
    }
  }
}

const FlagSet::Value& FlagSet::value(std::string_view name) const {
  const auto found = values_.find(name);
  RHUMB_CHECK(found != values_.end(), "a command reads only flags it defines");
  return found->second;
}

bool FlagSet::changed(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.origin != Origin::kDefault;
}

bool FlagSet::set_by_person(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.origin == Origin::kPerson;
}

bool FlagSet::boolean(std::string_view name) const {
  const std::string& text = value(name).texts.back();
  return !text.empty() && parse_bool(text).value_or(false);
}

const std::string& FlagSet::text(std::string_view name) const {
  return value(name).texts.back();
}

std::uint64_t FlagSet::count(std::string_view name) const {
  return parse_number<std::uint64_t>(text(name), "ParseUint").value_or(0);
}

std::int64_t FlagSet::integer(std::string_view name) const {
  return parse_number<std::int64_t>(text(name), "ParseInt").value_or(0);
}

std::chrono::nanoseconds FlagSet::duration(std::string_view name) const {
  const auto parsed = parse_go_duration(text(name)).value_or(std::chrono::nanoseconds{0});
  return std::max(parsed, std::chrono::nanoseconds{0});
}

const std::vector<std::string>& FlagSet::list(std::string_view name) const {
  return value(name).texts;
}

Result<ParsedArguments> parse_arguments(const std::vector<std::string>& arguments, FlagSet& flags) {
  return ArgumentParser(arguments, flags).parse();
}

}  // namespace rhumb::cli
