#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/go_format.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "hcl/convert.h"
#include "hcl/functions_internal.h"
#include "hcl/json.h"

namespace rhumb::hcl {

namespace {

constexpr size_t kWidthMax = 10'000;

struct Verb {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool zero = false;
  bool space = false;
  std::optional<size_t> width;
  std::optional<size_t> precision;  // 0 when only its point is there
  bool cuts = false;                // whether the precision has digits, which text needs
  std::optional<size_t> argument;   // counted from 1
  char letter = 0;
  std::string_view text;  // the whole verb
  size_t offset = 0;      // of its percent sign
};

std::string repeat(char c, size_t count) {
  return std::string(count, c);
}

// Reads one verb after its percent sign.
class VerbReader {
 public:
  VerbReader(std::string_view format, size_t at) : format_(format), at_(at) {}

  Result<Verb> read() {
    Verb verb;
    verb.offset = at_++;
    while (read_flag(verb)) {
      ++at_;
    }
    verb.width = TRY(read_number());
    if (peek() == '.') {
      ++at_;
      const auto precision = TRY(read_number());
      verb.precision = precision.value_or(0);
      verb.cuts = precision.has_value();
    }
    TRY(read_index(verb));
    if (at_ == format_.size()) {
      return invalid(fmt::format("invalid format string starting at offset {}", at_));
    }
    const char letter = format_[at_];
    const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter && (letter != '%' || at_ > verb.offset + 1)) {
      return unrecognized();
    }
    verb.letter = letter;
    verb.text = format_.substr(verb.offset, at_ + 1 - verb.offset);
    return verb;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  [[nodiscard]] Error unrecognized() const {
    return invalid(fmt::format("unrecognized format character {} at offset {}",
                               go_quote_rune(decode_rune(format_.substr(at_)).rune), at_));
  }

  bool read_flag(Verb& verb) const {
    switch (peek()) {
      case '+':
        verb.plus = true;
        return true;
      case '-':
        verb.minus = true;
        return true;
      case '#':
        verb.sharp = true;
        return true;
      case '0':
        verb.zero = true;
        return true;
      case ' ':
        verb.space = true;
        return true;
      default:
        return false;
    }
  }

  Result<std::optional<size_t>> read_number() {
    std::optional<size_t> number;
    while (peek() >= '0' && peek() <= '9') {
      number = number.value_or(0) * 10 + static_cast<size_t>(peek() - '0');
      if (*number > kWidthMax) {
        return invalid(fmt::format("width or precision is too large at offset {}", at_));
      }
      ++at_;
    }
    return number;
  }

  Result<void> read_index(Verb& verb) {
    if (peek() != '[') {
      return {};
    }
    ++at_;
    if (peek() == '0') {
      return unrecognized();
    }
    verb.argument = TRY(read_number());
    if (at_ == format_.size()) {
      return invalid(fmt::format("invalid format string starting at offset {}", at_));
    }
    if (!verb.argument || peek() != ']') {
      return unrecognized();
    }
    ++at_;
    return {};
  }

  std::string_view format_;
  size_t at_;
};

// Fills up to the verb's width; zeros go between sign and digits.
std::string pad(const Verb& verb, std::string text, bool number) {
  const size_t width = split_graphemes(text).size();
  if (!verb.width || width >= *verb.width) {
    return text;
  }
  const size_t missing = *verb.width - width;
  if (verb.minus) {
    return text + repeat(' ', missing);
  }
  if (verb.zero && number) {
    const bool sign = !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ');
    return text.insert(sign ? 1 : 0, repeat('0', missing));
  }
  return repeat(' ', missing) + text;
}

std::string with_sign(const Verb& verb, bool negative, const std::string& text) {
  if (negative) {
    return "-" + text;
  }
  if (verb.plus) {
    return "+" + text;
  }
  return verb.space ? " " + text : text;
}

// Keeps `count` digits after which the rest is rounded to nearest, ties to even.
void round_digits(DecimalDigits& decimal, int64_t count) {
  const auto size = static_cast<int64_t>(decimal.digits.size());
  if (count >= size) {
    return;
  }
  if (count < 0) {
    decimal.digits.clear();
    return;
  }
  const auto keep = static_cast<size_t>(count);
  const char next = decimal.digits[keep];
  const bool tie = next == '5' && keep + 1 == decimal.digits.size();
  const bool odd = keep > 0 && (decimal.digits[keep - 1] - '0') % 2 != 0;
  const bool up = tie ? odd : next >= '5';
  decimal.digits.resize(keep);
  if (up) {
    size_t i = keep;
    while (i > 0 && decimal.digits[i - 1] == '9') {
      decimal.digits[--i] = '0';
    }
    if (i > 0) {
      ++decimal.digits[i - 1];
    } else {
      decimal.digits.insert(decimal.digits.begin(), '1');
      ++decimal.point;
    }
  }
}

std::string fixed_text(DecimalDigits decimal, size_t precision) {
  round_digits(decimal, decimal.point + static_cast<int64_t>(precision));
  std::string whole;
  std::string fraction;
  const auto digit = [&](int64_t index) {
    const bool inside = index >= 0 && index < static_cast<int64_t>(decimal.digits.size());
    return inside ? decimal.digits[static_cast<size_t>(index)] : '0';
  };
  for (int64_t i = 0; i < decimal.point; ++i) {
    whole += digit(i);
  }
  for (size_t i = 0; i < precision; ++i) {
    fraction += digit(decimal.point + static_cast<int64_t>(i));
  }
  return (whole.empty() ? "0" : whole) + (precision > 0 ? "." + fraction : "");
}

std::string exponent_text(DecimalDigits decimal, size_t precision, char letter) {
  round_digits(decimal, static_cast<int64_t>(precision) + 1);
  std::string digits = decimal.digits.empty() ? "0" : decimal.digits;
  digits.resize(precision + 1, '0');
  const int64_t exponent = decimal.digits.empty() ? 0 : decimal.point - 1;
  std::string out = digits.substr(0, 1);
  if (precision > 0) {
    out += "." + digits.substr(1);
  }
  return out + fmt::format("{}{}{:02}", letter, exponent < 0 ? '-' : '+',
                           exponent < 0 ? -exponent : exponent);
}

// `%g`: exponent style below 1e-4 and from the precision on (6 when it is the shortest).
std::string general_text(const Number& number, std::optional<size_t> precision, char letter) {
  DecimalDigits decimal = precision ? number.exact_digits() : number.shortest_digits();
  int64_t limit = 6;
  if (precision) {
    const size_t kept = std::max<size_t>(*precision, 1);
    round_digits(decimal, static_cast<int64_t>(kept));
    limit = static_cast<int64_t>(kept);
    decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
    const auto size = static_cast<int64_t>(decimal.digits.size());
    if (limit > size && size >= decimal.point) {
      limit = size;
    }
  }
  const int64_t exponent = decimal.digits.empty() ? 0 : decimal.point - 1;
  const auto size = static_cast<int64_t>(decimal.digits.size());
  if (exponent < -4 || exponent >= std::max<int64_t>(limit, 1)) {
    return exponent_text(decimal, size > 1 ? static_cast<size_t>(size - 1) : 0,
                         letter == 'G' ? 'E' : 'e');
  }
  return fixed_text(decimal, static_cast<size_t>(std::max<int64_t>(size - decimal.point, 0)));
}

std::string float_text(const Verb& verb, const Number& number, char letter) {
  if (number.is_infinite()) {
    return with_sign(verb, number.is_negative(), "Inf");
  }
  std::string text;
  switch (letter) {
    case 'e':
    case 'E':
      text = exponent_text(number.exact_digits(), verb.precision.value_or(6), letter);
      break;
    case 'f':
    case 'F':
      text = fixed_text(number.exact_digits(), verb.precision.value_or(6));
      break;
    default:
      text = general_text(number, verb.precision, letter);
      break;
  }
  return with_sign(verb, number.is_negative(), std::move(text));
}

Result<std::string> integer_text(const Verb& verb, const Number& number) {
  if (!number.is_integer()) {
    return invalid("an integer is required");
  }
  int base = 10;
  std::string prefix;
  switch (verb.letter) {
    case 'b':
      base = 2;
      prefix = "0b";
      break;
    case 'o':
      base = 8;
      prefix = "0";
      break;
    case 'x':
      base = 16;
      prefix = "0x";
      break;
    case 'X':
      base = 16;
      prefix = "0X";
      break;
    default:
      break;
  }
  std::string digits = number.integer_text(base);
  if (verb.letter == 'X') {
    std::transform(digits.begin(), digits.end(), digits.begin(), [](char c) {
      return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
  if (verb.precision && digits.size() < *verb.precision) {
    digits = repeat('0', *verb.precision - digits.size()) + digits;
  }
  return with_sign(verb, number.is_negative() && !number.is_zero(),
                   (verb.sharp ? prefix : "") + digits);
}

std::string cut_text(const Verb& verb, const std::string& text) {
  if (!verb.cuts) {
    return text;
  }
  std::string out;
  const auto clusters = split_graphemes(text);
  for (size_t i = 0; i < std::min(clusters.size(), verb.precision.value_or(0)); ++i) {
    out += clusters[i];
  }
  return out;
}

Result<std::string> any_text(const Verb& verb, const Value& value) {
  if (!verb.sharp && value.has_content()) {
    if (value.kind() == TypeKind::kString) {
      return pad(verb, value.as_string(), false);
    }
    if (value.kind() == TypeKind::kNumber) {
      Verb plain = verb;
      plain.plus = false;
      plain.space = false;
      plain.precision.reset();
      return pad(verb, float_text(plain, value.as_number(), 'g'), true);
    }
  }
  std::string json = TRY(format_value_json(value));
  return pad(verb, std::move(json), false);
}

Result<std::string> format_one(const Verb& verb, const Value& value) {
  switch (verb.letter) {
    case 'v':
      return any_text(verb, value);
    case 't': {
      const Value converted = TRY(convert(value, Type::boolean()));
      return converted.as_bool() ? "true" : "false";
    }
    case 's':
    case 'q': {
      const Value converted = TRY(convert(value, Type::string()));
      const std::string text = cut_text(verb, converted.as_string());
      return pad(verb, verb.letter == 'q' ? codec::format_json_string(text) : text, false);
    }
    default: {
      const Value converted = TRY(convert(value, Type::number()));
      const bool integer = std::string_view("bdoxX").find(verb.letter) != std::string_view::npos;
      std::string text = integer ? TRY(integer_text(verb, converted.as_number()))
                                 : float_text(verb, converted.as_number(), verb.letter);
      return pad(verb, std::move(text), true);
    }
  }
}

}  // namespace

Result<std::string> format_values(const std::string& format,
                                  const ValueList& values,
                                  size_t& used) {
  std::string out;
  size_t next = 0;
  used = 0;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    const Verb verb = TRY(VerbReader(format, at).read());
    at += verb.text.size();
    if (verb.letter == '%') {
      out += '%';
      continue;
    }
    if (std::string_view("vtbdoxXeEfgGsq").find(verb.letter) == std::string_view::npos) {
      return invalid(fmt::format("unsupported format verb {} in {} at offset {}",
                                 go_quote_rune(static_cast<unsigned char>(verb.letter)),
                                 go_quote(verb.text), verb.offset));
    }
    const size_t index = verb.argument.value_or(next + 1);
    if (index == 0 || index > values.size()) {
      return invalid(
          fmt::format("not enough arguments for {} at {}: need index {} but have {} total",
                      go_quote(verb.text), verb.offset, index, values.size()));
    }
    next = index;
    used = std::max(used, index);
    const Value& value = values[index - 1];
    auto text = value.is_null() && verb.letter != 'v'
                    ? Result<std::string>(invalid("null value cannot be formatted"))
                    : format_one(verb, value);
    if (!text) {
      return invalid(fmt::format("unsupported value for {} at {}: {}", go_quote(verb.text),
                                 verb.offset, text.error().message()));
    }
    out += *text;
  }
  return out;
}

namespace {

Result<void> check_used(size_t used, size_t count) {
  if (used >= count) {
    return {};
  }
  return invalid(used == 0
                     ? std::string("too many arguments; no verbs in format string")
                     : fmt::format("too many arguments; only {} used by format string", used));
}

bool has_null(const ValueList& args) {
  return std::any_of(args.begin(), args.end(), [](const Value& value) { return value.is_null(); });
}

Result<Value> format(const ValueList& args, CallProblem& problem) {
  const ValueList values(args.begin() + 1, args.end());
  if (has_null(values)) {
    return Value::unknown();  // what the reference makes of it; unusable everywhere
  }
  size_t used = 0;
  const std::string text = TRY(format_values(args[0].as_string(), values, used));
  if (const auto checked = check_used(used, values.size()); !checked) {
    return problem.argument(used + 1, checked.error().message());
  }
  return Value::string(text);
}

Result<std::string> format_round(const std::string& format, const ValueList& values) {
  size_t used = 0;
  std::string text = TRY(format_values(format, values, used));
  TRY(check_used(used, values.size()));
  return text;
}

Result<Value> formatlist(const ValueList& args, CallProblem& problem) {
  if (args.size() == 1) {
    std::string text = TRY(format_round(args[0].as_string(), {}));
    return string_list({std::move(text)});
  }
  if (has_null(args)) {
    return Value::unknown();
  }
  std::optional<size_t> rounds;
  size_t first_list = 0;
  for (size_t i = 1; i < args.size(); ++i) {
    if (!args[i].is_sequence()) {
      continue;
    }
    if (rounds && *rounds != args[i].size()) {
      return problem.argument(
          i, fmt::format("argument {} has length {}, which is inconsistent with argument {} of "
                         "length {}",
                         i, args[i].size(), first_list, *rounds));
    }
    if (!rounds) {
      rounds = args[i].size();
      first_list = i;
    }
  }
  std::vector<std::string> texts;
  for (size_t round = 0; round < rounds.value_or(1); ++round) {
    ValueList values;
    for (size_t i = 1; i < args.size(); ++i) {
      values.push_back(args[i].is_sequence() ? args[i].elements()[round] : args[i]);
    }
    std::string text = TRY(format_round(args[0].as_string(), values)
                               .context(fmt::format("error on format iteration {}", round)));
    texts.push_back(std::move(text));
  }
  return string_list(std::move(texts));
}

}  // namespace

void add_format_functions(FunctionTable& table) {
  table["format"] =
      variadic_function({{"format", Type::string()}}, {"args", Type::dynamic(), true}, format);
  table["formatlist"] =
      variadic_function({{"format", Type::string()}}, {"args", Type::dynamic(), true}, formatlist);
}

}  // namespace rhumb::hcl
