#include "driver/value.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace rhumb::driver {
namespace {

int64_t parse_int(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool text_is_true(std::string_view text) {
  static constexpr std::string_view kWords[] = {"t", "true", "y", "yes", "on"};
  for (const std::string_view word : kWords) {
    if (equal_fold_ascii(text, word)) {
      return true;
    }
  }
  return parse_int(trim(text)) != 0;
}

struct ToText {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return fmt::format("{}", number); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Blob& blob) const { return blob.bytes; }
};

struct ToInt {
  int64_t operator()(std::monostate) const { return 0; }
  int64_t operator()(int64_t number) const { return number; }
  int64_t operator()(double number) const { return static_cast<int64_t>(number); }
  int64_t operator()(const std::string& text) const { return parse_int(text); }
  int64_t operator()(const Blob& blob) const { return parse_int(blob.bytes); }
};

struct IsTrue {
  bool operator()(std::monostate) const { return false; }
  bool operator()(int64_t number) const { return number != 0; }
  bool operator()(double number) const { return number < 0 || number > 0; }
  bool operator()(const std::string& text) const { return text_is_true(text); }
  bool operator()(const Blob& blob) const { return text_is_true(blob.bytes); }
};

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(ToText{}, value);
}

int64_t to_int(const Value& value) {
  return std::visit(ToInt{}, value);
}

bool is_true(const Value& value) {
  return std::visit(IsTrue{}, value);
}

}  // namespace rhumb::driver
