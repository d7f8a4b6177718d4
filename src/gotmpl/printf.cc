#include "gotmpl/printf.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "gotmpl/value_printer.h"

namespace rhumb::gotmpl {
namespace {

constexpr int kNumberMax = 1'000'000;  // larger widths, precisions and indexes are not numbers

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Walks one format string. Every directive is read in the order flags, index, width, index,
/// precision, index, verb; an index in brackets counts for what follows it.
class PrintfRun {
 public:
  PrintfRun(std::string_view format, std::span<const Value> args) : format_(format), args_(args) {}

  std::string run() {
    while (at_ < format_.size()) {
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      out_ += format_.substr(at_, percent - at_);
      at_ = percent;
      if (at_ < format_.size()) {
        ++at_;
        directive();
      }
    }
    if (!reordered_ && next_arg_ < args_.size()) {
      append_extra();
    }
    return std::move(out_);
  }

 private:
  void directive() {
    flags_ = {};
    good_index_ = true;
    after_index_ = false;
    read_flags();
    read_index();
    read_width();
    read_precision();
    if (!after_index_) {
      read_index();
    }
    if (at_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    const DecodedRune verb = decode_rune(format_.substr(at_));
    const std::string_view verb_text = format_.substr(at_, verb.size);
    at_ += verb.size;
    if (verb.rune == '%') {
      out_ += '%';
    } else if (!good_index_) {
      out_ += "%!" + std::string(verb_text) + "(BADINDEX)";
    } else if (next_arg_ >= args_.size()) {
      out_ += "%!" + std::string(verb_text) + "(MISSING)";
    } else {
      print(args_[next_arg_++], verb.rune);
    }
  }

  void print(const Value& value, char32_t verb) {
    if (verb == 'v' || verb == 'w') {
      flags_.sharp_v = std::exchange(flags_.sharp, false);
      flags_.plus_v = std::exchange(flags_.plus, false);
    }
    ValuePrinter(out_, flags_).print(value, verb);
  }

  void read_flags() {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#':
          flags_.sharp = true;
          break;
        case '0':
          flags_.zero = true;
          break;
        case '+':
          flags_.plus = true;
          break;
        case '-':
          flags_.minus = true;
          break;
        case ' ':
          flags_.space = true;
          break;
        default:
          return;
      }
    }
  }

  /// Reads digits up to `end`; a number that is too large swallows the rest, as in Go.
  std::optional<int> read_number(size_t end) {
    int number = 0;
    const size_t begin = at_;
    for (; at_ < end && is_digit(format_[at_]); ++at_) {
      if (number > kNumberMax) {
        at_ = end;
        return std::nullopt;
      }
      number = number * 10 + (format_[at_] - '0');
    }
    return at_ > begin ? std::optional(number) : std::nullopt;
  }

  void read_index() {
    after_index_ = false;
    if (at_ >= format_.size() || format_[at_] != '[') {
      return;
    }
    reordered_ = true;
    const size_t close = format_.find(']', at_ + 1);
    if (close == std::string_view::npos || format_.size() - at_ < 3) {
      ++at_;
      good_index_ = false;
      return;
    }
    ++at_;
    const std::optional<int> number = read_number(close);
    const bool whole = number.has_value() && at_ == close;
    at_ = close + 1;
    if (whole && *number >= 1 && static_cast<size_t>(*number) <= args_.size()) {
      next_arg_ = static_cast<size_t>(*number) - 1;
      after_index_ = true;
      return;
    }
    good_index_ = false;
    after_index_ = whole;
  }

  /// The next argument as a width or precision; nothing if it is no integer of sensible size.
  std::optional<int> take_star() {
    ++at_;
    after_index_ = false;
    if (next_arg_ >= args_.size()) {
      return std::nullopt;
    }
    const Value& value = args_[next_arg_++];
    const bool fits = value.kind() == Value::Kind::kInteger && value.as_int() <= kNumberMax &&
                      value.as_int() >= -kNumberMax;
    return fits ? std::optional(static_cast<int>(value.as_int())) : std::nullopt;
  }

  void read_width() {
    if (at_ < format_.size() && format_[at_] == '*') {
      const std::optional<int> width = take_star();
      flags_.has_width = width.has_value();
      if (!width.has_value()) {
        out_ += "%!(BADWIDTH)";
        return;
      }
      flags_.width = std::abs(*width);
      flags_.minus = flags_.minus || *width < 0;
      return;
    }
    const std::optional<int> width = read_number(format_.size());
    flags_.has_width = width.has_value();
    flags_.width = width.value_or(0);
    if (after_index_ && width.has_value()) {
      good_index_ = false;
    }
  }

  void read_precision() {
    if (at_ >= format_.size() || format_[at_] != '.') {
      return;
    }
    ++at_;
    if (after_index_) {
      good_index_ = false;
    }
    read_index();
    if (at_ < format_.size() && format_[at_] == '*') {
      const std::optional<int> precision = take_star();
      flags_.has_precision = precision.value_or(-1) >= 0;
      flags_.precision = std::max(precision.value_or(0), 0);
      if (!flags_.has_precision) {
        out_ += "%!(BADPREC)";
      }
      return;
    }
    flags_.has_precision = true;
    flags_.precision = read_number(format_.size()).value_or(0);
  }

  void append_extra() {
    out_ += "%!(EXTRA ";
    for (size_t i = next_arg_; i < args_.size(); ++i) {
      if (i > next_arg_) {
        out_ += ", ";
      }
      if (args_[i].is_untyped_nil()) {
        out_ += "<nil>";
      } else {
        out_ += args_[i].type_name() + "=";
        ValuePrinter(out_, {}).print(args_[i], 'v');
      }
    }
    out_ += ')';
  }

  std::string_view format_;
  std::span<const Value> args_;
  std::string out_;
  VerbFlags flags_;
  size_t at_ = 0;
  size_t next_arg_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
  bool after_index_ = false;
};

}  // namespace

std::string format_printf(std::string_view format, std::span<const Value> args) {
  return PrintfRun(format, args).run();
}

std::string format_print(std::span<const Value> args) {
  std::string out;
  bool previous_is_string = true;
  for (const Value& arg : args) {
    const bool is_string = arg.kind() == Value::Kind::kString;
    if (!is_string && !previous_is_string) {
      out += ' ';
    }
    ValuePrinter(out, {}).print(arg, 'v');
    previous_is_string = is_string;
  }
  return out;
}

std::string format_println(std::span<const Value> args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) {
      out += ' ';
    }
    ValuePrinter(out, {}).print(args[i], 'v');
  }
  return out + '\n';
}

std::string format_value(const Value& value) {
  std::string out;
  ValuePrinter(out, {}).print(value, 'v');
  return out;
}

}  // namespace rhumb::gotmpl
