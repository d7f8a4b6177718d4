#include "gotmpl/json.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "base/go_format.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "gotmpl/time_methods.h"

namespace rhumb::gotmpl {
namespace {

using Kind = Value::Kind;

constexpr std::string_view kTimeLayout = "2006-01-02T15:04:05.999999999Z07:00";

struct Lines {
  std::string_view prefix;
  std::string_view indent;
};

/// Go's omitempty: false, 0, nil, and strings and containers without content. A field of interface
/// type is empty only when it is nil.
bool is_empty(const Field& field) {
  const Value& value = field.value;
  if (!field.options.interface_type.empty()) {
    return value.is_untyped_nil();
  }
  return value.kind() != Kind::kComplex && !value.truth();
}

bool is_left_out(const Field& field) {
  return field.options.json == "-" || (field.options.omit_empty && is_empty(field));
}

class JsonPrinter {
 public:
  explicit JsonPrinter(std::optional<Lines> lines) : lines_(lines) {}

  Result<std::string> run(const Value& value) {
    TRY(print(value));
    return std::move(out_);
  }

 private:
  Result<void> print(const Value& value) {
    if (value.json_override() != nullptr) {
      return print(*value.json_override());
    }
    switch (value.kind()) {
      case Kind::kNil:
        out_ += "null";
        return {};
      case Kind::kBool:
        out_ += value.as_bool() ? "true" : "false";
        return {};
      case Kind::kInteger:
        out_ += is_unsigned(value.int_kind()) ? std::to_string(value.as_uint())
                                              : std::to_string(value.as_int());
        return {};
      case Kind::kFloat:
        return print_float(value.as_float());
      case Kind::kString:
        out_ += codec::format_json_string(value.as_string());
        return {};
      case Kind::kBytes:
        out_ += '"' + codec::base64_encode(std::as_bytes(std::span(value.as_bytes()))) + '"';
        return {};
      case Kind::kList:
        return print_list(value);
      case Kind::kMap:
        return print_map(value);
      case Kind::kStruct:
        return print_struct(value);
      case Kind::kTime:
        out_ += '"' + format_time(value.as_time(), kTimeLayout) + '"';
        return {};
      case Kind::kComplex:
      case Kind::kFunction:
        break;
    }
    return Error(ErrorCode::kUnsupported, "json: unsupported type: " + value.type_name());
  }

  Result<void> print_float(double value) {
    if (!std::isfinite(value)) {
      return Error(ErrorCode::kUnsupported,
                   "json: unsupported value: " + format_go_float(value, 'g', -1));
    }
    out_ += format_go_json_float(value);
    return {};
  }

  Result<void> print_list(const Value& value) {
    if (value.is_nil_container()) {
      out_ += "null";
      return {};
    }
    bool first = true;
    out_ += '[';
    for (const Value& item : value.items()) {
      begin_element(first);
      TRY(print(item));
    }
    end_container(first, ']');
    return {};
  }

  Result<void> print_map(const Value& value) {
    bool first = true;
    out_ += '{';
    for (const auto& [key, item] : value.entries()) {
      begin_element(first);
      print_key(key);
      TRY(print(item));
    }
    end_container(first, '}');
    return {};
  }

  Result<void> print_struct(const Value& value) {
    bool first = true;
    out_ += '{';
    TRY(print_fields(value, first));
    end_container(first, '}');
    return {};
  }

  Result<void> print_fields(const Value& value, bool& first) {
    for (const Field& field : value.fields()) {
      const bool flattened = field.options.embedded && field.options.json.empty();
      if (flattened && field.value.kind() == Kind::kStruct) {
        TRY(print_fields(field.value, first));
      } else if (!is_left_out(field) && !(flattened && field.value.is_nil())) {
        begin_element(first);
        print_key(field.options.json.empty() ? field.name : field.options.json);
        TRY(print(field.value));
      }
    }
    return {};
  }

  void print_key(std::string_view key) {
    out_ += codec::format_json_string(key);
    out_ += lines_.has_value() ? ": " : ":";
  }

  void begin_element(bool& first) {
    if (!first) {
      out_ += ',';
    }
    if (first) {
      ++depth_;
    }
    first = false;
    new_line();
  }

  void end_container(bool empty, char close) {
    if (!empty) {
      --depth_;
      new_line();
    }
    out_ += close;
  }

  void new_line() {
    if (!lines_.has_value()) {
      return;
    }
    out_ += '\n';
    out_ += lines_->prefix;
    for (int i = 0; i < depth_; ++i) {
      out_ += lines_->indent;
    }
  }

  std::optional<Lines> lines_;
  std::string out_;
  int depth_ = 0;
};

}  // namespace

Result<std::string> format_json(const Value& value) {
  return JsonPrinter(std::nullopt).run(value);
}

Result<std::string> format_json(const Value& value,
                                std::string_view prefix,
                                std::string_view indent) {
  return JsonPrinter(Lines{.prefix = prefix, .indent = indent}).run(value);
}

Value from_json(const codec::Json& json, const std::string& type) {
  using JsonKind = codec::Json::Kind;
  switch (json.kind()) {
    case JsonKind::kNull:
      return {};
    case JsonKind::kBool:
      return json.as_bool();
    case JsonKind::kInt:
      return json.to_int().value_or(0);
    case JsonKind::kUint:
    case JsonKind::kDouble:
    case JsonKind::kNumberText:
      return json.to_double().value_or(0);
    case JsonKind::kString:
      return json.as_string();
    case JsonKind::kArray: {
      Value::Items items;
      for (const codec::Json& element : json.as_array()) {
        items.push_back(from_json(element, type));
      }
      return Value::list_of("[]" + type, std::move(items));
    }
    case JsonKind::kObject: {
      Struct object(type);
      for (const codec::Json::Member& member : json.as_object()) {
        object.field(member.key, from_json(member.value, type));
      }
      return object;
    }
  }
  return {};
}

}  // namespace rhumb::gotmpl
