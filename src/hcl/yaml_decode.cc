#include <fmt/format.h>
#include <yaml.h>

#include <chrono>
#include <map>
#include <optional>

#include "base/text.h"
#include "hcl/convert.h"
#include "hcl/yaml_internal.h"

namespace rhumb::hcl {

namespace {

constexpr int kYamlDepthMax = 200;
constexpr size_t kYamlNodeMax = 1'000'000;

// Whether `text` is `word`, capitalised or not, or all in capitals.
bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size() || !equal_fold_ascii(text, word)) {
    return false;
  }
  const std::string upper = to_upper_ascii(word);
  return text == word || text == upper || (text[0] == upper[0] && text.substr(1) == word.substr(1));
}

std::optional<bool> find_bool(std::string_view text, YamlSchema schema) {
  if (is_word(text, "true") || is_word(text, "false")) {
    return is_word(text, "true");
  }
  if (schema == YamlSchema::kMerge) {
    return std::nullopt;
  }
  for (const std::string_view word : {"y", "yes", "on"}) {
    if (is_word(text, word)) {
      return true;
    }
  }
  for (const std::string_view word : {"n", "no", "off"}) {
    if (is_word(text, word)) {
      return false;
    }
  }
  return std::nullopt;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Number> find_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = text;
  if (negative || text.starts_with('+')) {
    rest.remove_prefix(1);
  }
  if (is_word(rest, ".inf")) {
    return Number::infinity(negative);
  }
  if (rest.starts_with("0x") || rest.starts_with("0o")) {
    const auto number = Number::parse_integer(rest.substr(2), rest[1] == 'x' ? 16 : 8);
    const bool sign = rest.size() > 2 && (rest[2] == '-' || rest[2] == '+');
    if (!number || sign) {
      return std::nullopt;
    }
    return negative ? number->negate() : *number;
  }
  if (rest.empty() || !(rest[0] == '.' || (rest[0] >= '0' && rest[0] <= '9'))) {
    return std::nullopt;
  }
  auto number = Number::parse(text);
  return number ? std::optional(*std::move(number)) : std::nullopt;
}

// Dates as YAML 1.1 has them: `2020-1-2`, optionally with a time after `T`, `t` or blanks.
std::optional<std::string> find_timestamp(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int consumed = 0;
  const std::string copy(text);
  if (text.size() < 8 || !all_digits(text.substr(0, 4)) || text[4] != '-' ||
      std::sscanf(copy.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &consumed) != 3) {
    return std::nullopt;
  }
  const auto date = std::chrono::year(year) / month / day;
  if (!date.ok()) {
    return std::nullopt;
  }
  const std::string head = fmt::format("{:04}-{:02}-{:02}T", year, month, day);
  std::string_view rest = text.substr(static_cast<size_t>(consumed));
  if (rest.empty()) {
    return head + "00:00:00Z";
  }
  int hour = 0;
  int minute = 0;
  int second = 0;
  const std::string clock(trim_left(rest.substr(1)));
  if ((rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ') ||
      std::sscanf(clock.c_str(), "%2d:%2d:%2d%n", &hour, &minute, &second, &consumed) != 3 ||
      hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  rest = std::string_view(clock).substr(static_cast<size_t>(consumed));
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
  }
  rest = trim(rest);
  const bool zone = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':';
  if (!rest.empty() && rest != "Z" && !zone) {
    return std::nullopt;
  }
  return head + fmt::format("{:02}:{:02}:{:02}{}", hour, minute, second,
                            rest.empty() ? std::string_view("Z") : rest);
}

}  // namespace

Value resolve_plain_yaml(const std::string& text, YamlSchema schema) {
  if (text.empty() || text == "~" || is_word(text, "null")) {
    return Value();
  }
  if (const auto boolean = find_bool(text, schema)) {
    return Value::boolean(*boolean);
  }
  if (const auto number = find_number(text)) {
    return Value::number(*number);
  }
  if (const auto time = find_timestamp(text)) {
    return Value::string(*time);
  }
  return Value::string(text);
}

namespace {

class YamlReader {
 public:
  YamlReader(std::string_view text, YamlSchema schema) : schema_(schema) {
    ok_ = yaml_parser_initialize(&parser_) != 0;
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() {
    if (has_event_) {
      yaml_event_delete(&event_);
    }
    yaml_parser_delete(&parser_);
  }

  Result<Value> read() {
    if (!ok_) {
      return invalid("out of memory");
    }
    TRY(next());  // start of the stream
    TRY(next());
    if (event_.type == YAML_STREAM_END_EVENT) {
      if (schema_ == YamlSchema::kMerge) {
        return Value();
      }
      return invalid("extraneous data or missing YAML document");
    }
    TRY(next());
    Value value = TRY(read_node(0));
    TRY(next());  // end of the document
    TRY(next());
    if (event_.type != YAML_STREAM_END_EVENT && schema_ == YamlSchema::kDecode) {
      return failure("unexpected extra content after value");
    }
    return value;
  }

 private:
  Result<void> next() {
    if (has_event_) {
      yaml_event_delete(&event_);
    }
    has_event_ = yaml_parser_parse(&parser_, &event_) != 0;
    if (!has_event_) {
      return invalid(fmt::format("on line {}, column {}: {}", parser_.problem_mark.line + 1,
                                 parser_.problem_mark.column + 1,
                                 parser_.problem == nullptr ? "invalid YAML" : parser_.problem));
    }
    return {};
  }

  [[nodiscard]] Error failure(std::string_view what) const {
    return invalid(fmt::format("on line {}, column {}: {}", event_.start_mark.line + 1,
                               event_.start_mark.column + 1, what));
  }

  static std::string text_of(const unsigned char* text) {
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
  }

  // The node whose first event is the current one; the current event is its last one after.
  Result<Value> read_node(int depth) {
    if (depth > kYamlDepthMax || ++nodes_ > kYamlNodeMax) {
      return Error(ErrorCode::kLimit, "the YAML document is too large or too deep");
    }
    switch (event_.type) {
      case YAML_SCALAR_EVENT:
        return remember(text_of(event_.data.scalar.anchor), read_scalar());
      case YAML_ALIAS_EVENT: {
        const std::string name = text_of(event_.data.alias.anchor);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
          return failure("reference to undefined anchor \"" + name + "\"");
        }
        nodes_ += found->second.nodes;
        if (nodes_ > kYamlNodeMax) {
          return Error(ErrorCode::kLimit, "the YAML document is too large or too deep");
        }
        return found->second.value;
      }
      case YAML_SEQUENCE_START_EVENT: {
        const std::string anchor = text_of(event_.data.sequence_start.anchor);
        return remember_tree(anchor, &YamlReader::read_sequence, depth);
      }
      case YAML_MAPPING_START_EVENT: {
        const std::string anchor = text_of(event_.data.mapping_start.anchor);
        return remember_tree(anchor, &YamlReader::read_mapping, depth);
      }
      default:
        return failure("unexpected content");
    }
  }

  Value remember(const std::string& anchor, Value value) {
    if (!anchor.empty()) {
      anchors_.insert_or_assign(anchor, Anchor{value, 1});
    }
    return value;
  }

  Result<Value> remember_tree(const std::string& anchor,
                              Result<Value> (YamlReader::*read_tree)(int),
                              int depth) {
    const size_t before = nodes_;
    Value value = TRY((this->*read_tree)(depth));
    if (!anchor.empty()) {
      anchors_.insert_or_assign(anchor, Anchor{value, nodes_ - before + 1});
    }
    return value;
  }

  [[nodiscard]] Value read_scalar() const {
    const auto& scalar = event_.data.scalar;
    const std::string text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const std::string tag = text_of(scalar.tag);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (tag == YAML_NULL_TAG) {
      return Value::null();
    }
    if (!plain || tag == YAML_STR_TAG || tag == "tag:yaml.org,2002:binary" || tag == "!") {
      return Value::string(text);
    }
    return resolve_plain_yaml(text, schema_);
  }

  Result<Value> read_sequence(int depth) {
    ValueList items;
    TRY(next());
    while (event_.type != YAML_SEQUENCE_END_EVENT) {
      Value item = TRY(read_node(depth + 1));
      items.push_back(std::move(item));
      TRY(next());
    }
    return Value::tuple(std::move(items));
  }

  Result<Value> read_mapping(int depth) {
    ValueMap own;
    ValueMap merged;
    TRY(next());
    while (event_.type != YAML_MAPPING_END_EVENT) {
      const bool merges = event_.type == YAML_SCALAR_EVENT &&
                          event_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                          text_of(event_.data.scalar.value) == "<<";
      const Value key = TRY(read_node(depth + 1));
      TRY(next());
      Value value = TRY(read_node(depth + 1));
      if (merges) {
        TRY(merge_into(merged, value));
      } else {
        const auto name = convert(key, Type::string());
        if (!name) {
          return failure("a key must be a scalar");
        }
        if (name->is_null()) {
          return failure("mapping key cannot be null");
        }
        own.insert_or_assign(name->as_string(), std::move(value));
      }
      TRY(next());
    }
    own.merge(merged);
    return Value::object(std::move(own));
  }

  Result<void> merge_into(ValueMap& merged, const Value& value) const {
    if (value.is_sequence()) {
      for (const Value& part : value.elements()) {
        TRY(merge_into(merged, part));
      }
      return {};
    }
    if (!value.is_mapping()) {
      return failure("map merge requires map or sequence of maps as the value");
    }
    for (const auto& [key, part] : value.entries()) {
      merged.emplace(key, part);
    }
    return {};
  }

  struct Anchor {
    Value value;
    size_t nodes = 1;
  };

  YamlSchema schema_;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
  bool ok_ = false;
  bool has_event_ = false;
  size_t nodes_ = 0;
  std::map<std::string, Anchor> anchors_;
};

}  // namespace

Result<Value> decode_yaml(std::string_view text, YamlSchema schema) {
  return YamlReader(text, schema).read();
}

}  // namespace rhumb::hcl
