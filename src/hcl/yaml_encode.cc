#include <yaml.h>

#include "base/go_format.h"
#include "base/text.h"
#include "hcl/yaml_internal.h"

namespace rhumb::hcl {

namespace {

// libyaml's emitter, writing one document into a string.
class YamlWriter {
 public:
  explicit YamlWriter(int width) {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, append, &out_);
    yaml_emitter_set_unicode(&emitter_, 1);
    yaml_emitter_set_indent(&emitter_, 2);
    yaml_emitter_set_width(&emitter_, width);
  }
  YamlWriter(const YamlWriter&) = delete;
  YamlWriter& operator=(const YamlWriter&) = delete;
  ~YamlWriter() { yaml_emitter_delete(&emitter_); }

  Result<std::string> write(const Value& value) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(event);
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
    emit(event);
    TRY(write_node(value));
    yaml_document_end_event_initialize(&event, 1);
    emit(event);
    yaml_stream_end_event_initialize(&event);
    emit(event);
    return finish();
  }

  /// One scalar on one line, in the style asked for or the one its text needs.
  std::string write_scalar(const std::string& text, yaml_scalar_style_t style) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(event);
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
    emit(event);
    scalar(text, style);
    yaml_document_end_event_initialize(&event, 1);
    emit(event);
    yaml_stream_end_event_initialize(&event);
    emit(event);
    std::string line = finish().value_or("");
    line.erase(line.find_last_not_of('\n') + 1);
    return line;
  }

 private:
  static int append(void* data, unsigned char* buffer, size_t size) {
    static_cast<std::string*>(data)->append(reinterpret_cast<const char*>(buffer), size);
    return 1;
  }

  void emit(yaml_event_t& event) { ok_ = yaml_emitter_emit(&emitter_, &event) != 0 && ok_; }

  Result<std::string> finish() {
    yaml_emitter_flush(&emitter_);
    if (!ok_) {
      return invalid(emitter_.problem == nullptr ? "cannot write YAML" : emitter_.problem);
    }
    // A mark for the end that the library writes after an open block is not wanted.
    constexpr std::string_view kEnd = "\n...\n";
    if (out_.ends_with(kEnd)) {
      out_.resize(out_.size() - kEnd.size() + 1);
    }
    return out_;
  }

  void scalar(const std::string& text, yaml_scalar_style_t style) {
    yaml_event_t event;
    yaml_scalar_event_initialize(&event, nullptr, nullptr,
                                 reinterpret_cast<const unsigned char*>(text.data()),
                                 static_cast<int>(text.size()), 1, 1, style);
    emit(event);
  }

  Result<void> write_node(const Value& value) {
    yaml_event_t event;
    if (!value.is_known()) {
      return invalid("value is not known");
    }
    if (value.is_null()) {
      scalar("null", YAML_PLAIN_SCALAR_STYLE);
    } else if (value.is_sequence()) {
      yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE);
      emit(event);
      for (const Value& item : value.elements()) {
        TRY(write_node(item));
      }
      yaml_sequence_end_event_initialize(&event);
      emit(event);
    } else if (value.is_mapping()) {
      yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE);
      emit(event);
      for (const auto& [key, item] : value.entries()) {
        scalar(key, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
        TRY(write_node(item));
      }
      yaml_mapping_end_event_initialize(&event);
      emit(event);
    } else {
      return write_primitive(value);
    }
    return {};
  }

  Result<void> write_primitive(const Value& value) {
    switch (value.kind()) {
      case TypeKind::kString: {
        const bool lines = value.as_string().find('\n') != std::string::npos;
        scalar(value.as_string(),
               lines ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
        return {};
      }
      case TypeKind::kNumber: {
        const Number& number = value.as_number();
        const std::string text =
            number.is_infinite() ? (number.is_negative() ? "-.Inf" : "+.Inf") : number.to_text();
        scalar(text, YAML_PLAIN_SCALAR_STYLE);
        return {};
      }
      case TypeKind::kBool:
        scalar(value.as_bool() ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
        return {};
      default:
        return invalid("cannot write a value of type " + value.type().friendly_name());
    }
  }

  yaml_emitter_t emitter_{};
  std::string out_;
  bool ok_ = true;
};

}  // namespace

Result<std::string> encode_yaml(const Value& value) {
  constexpr int kWidth = 80;
  std::string out = TRY(YamlWriter(kWidth).write(value));
  const bool plain = value.is_known() && !value.is_sequence() && !value.is_mapping() &&
                     (value.is_null() || value.kind() != TypeKind::kString);
  return plain ? out + "...\n" : out;
}

namespace {

constexpr int kUnlimitedWidth = -1;

// Text as a block of lines, with the marks for its last line ends and for a leading blank.
std::string literal_block(const std::string& text, size_t indent) {
  std::string out = "|";
  if (text.front() == ' ' || text.front() == '\n') {
    out += "4";
  }
  std::string_view body = text;
  if (!body.ends_with('\n')) {
    out += "-";
  } else {
    body.remove_suffix(1);
    if (body.empty() || body.ends_with('\n')) {
      out += "+";
    }
  }
  for (const std::string_view line : split(body, '\n')) {
    out += "\n";
    if (!line.empty()) {
      out += std::string(indent, ' ');
      out += line;
    }
  }
  return out;
}

std::string merged_string(const std::string& text, size_t indent) {
  const bool printable_lines =
      text.find_first_of("\r\t") == std::string::npos && text.find(" \n") == std::string::npos;
  if (text.find('\n') != std::string::npos && printable_lines) {
    return literal_block(text, indent);
  }
  const bool ambiguous =
      !(resolve_plain_yaml(text, YamlSchema::kDecode) == Value::string(text)) || text == "<<";
  return YamlWriter(kUnlimitedWidth)
      .write_scalar(text, ambiguous ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE);
}

std::string merged_scalar(const Value& value, size_t indent) {
  if (value.is_null()) {
    return "null";
  }
  switch (value.kind()) {
    case TypeKind::kBool:
      return value.as_bool() ? "true" : "false";
    case TypeKind::kNumber: {
      const Number& number = value.as_number();
      if (number.is_infinite()) {
        return number.is_negative() ? "-.inf" : ".inf";
      }
      const std::optional<int64_t> whole = number.to_int64();
      return whole ? std::to_string(*whole) : format_go_float(number.to_double(), 'g', -1);
    }
    default:
      return merged_string(value.as_string(), indent);
  }
}

void append_merged(const Value& value, size_t indent, std::string& out);

// The value after `key:` or `-`; a collection that is not empty begins on a line of its own unless
// it stands in a sequence.
void append_merged_map(const ValueMap& entries, size_t indent, std::string& out) {
  bool first = true;
  for (const auto& [key, value] : entries) {
    if (!first) {
      out += std::string(indent, ' ');
    }
    first = false;
    out += merged_string(key, indent) + ":";
    const bool nested = (value.is_mapping() || value.is_sequence()) && value.size() > 0;
    if (nested) {
      out += "\n" + std::string(indent + 4, ' ');
      append_merged(value, indent + 4, out);
    } else {
      out += " ";
      append_merged(value, indent + 4, out);
    }
  }
}

void append_merged_list(const ValueList& items, size_t indent, std::string& out) {
  bool first = true;
  for (const Value& item : items) {
    if (!first) {
      out += std::string(indent, ' ');
    }
    first = false;
    out += "- ";
    append_merged(item, indent + 2, out);
  }
}

void append_merged(const Value& value, size_t indent, std::string& out) {
  if (value.is_mapping() && value.size() > 0) {
    append_merged_map(value.entries(), indent, out);
  } else if (value.is_sequence() && value.size() > 0) {
    append_merged_list(value.elements(), indent, out);
  } else if (value.is_mapping()) {
    out += "{}\n";
  } else if (value.is_sequence()) {
    out += "[]\n";
  } else {
    out += merged_scalar(value, indent) + "\n";
  }
}

}  // namespace

Result<std::string> encode_merged_yaml(const Value& value) {
  std::string out;
  append_merged(value, 0, out);
  return out;
}

}  // namespace rhumb::hcl
