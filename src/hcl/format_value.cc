#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "hcl/format.h"
#include "hcl/functions_internal.h"
#include "hcl/lexer.h"

namespace rhumb::hcl {

bool is_identifier(std::string_view name) {
  const auto tokens = lex(name);
  return tokens.size() == 2 && tokens[0].kind == TokenKind::kIdent && tokens[0].text == name;
}

std::string format_string_literal(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const DecodedRune rune = decode_rune(text.substr(at));
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '$':
      case '%':
        out += c;
        if (text.substr(at + 1).starts_with('{')) {
          out += c;
        }
        break;
      default:
        if (rune.rune < 0x20 || rune.rune == 0x7F) {
          out += fmt::format("\\u{:04x}", static_cast<uint32_t>(rune.rune));
        } else {
          out += text.substr(at, rune.size);
        }
        break;
    }
    at += rune.size;
  }
  return out + "\"";
}

namespace {

Result<std::string> format_entries(const ValueMap& entries) {
  if (entries.empty()) {
    return std::string("{}");
  }
  std::string out = "{ ";
  bool first = true;
  for (const auto& [key, value] : entries) {
    if (!first) {
      out += ", ";
    }
    first = false;
    const std::string text = TRY(format_value(value));
    out += (is_identifier(key) ? key : format_string_literal(key)) + " = " + text;
  }
  return out + " }";
}

}  // namespace

Result<std::string> format_value(const Value& value) {
  if (!value.is_known()) {
    return invalid("value is not known");
  }
  if (value.is_null()) {
    return std::string("null");
  }
  if (value.is_mapping()) {
    return format_entries(value.entries());
  }
  if (value.is_sequence()) {
    std::vector<std::string> parts;
    for (const Value& element : value.elements()) {
      std::string text = TRY(format_value(element));
      parts.push_back(std::move(text));
    }
    return "[" + join(parts, ", ") + "]";
  }
  switch (value.kind()) {
    case TypeKind::kString:
      return format_string_literal(value.as_string());
    case TypeKind::kNumber:
      if (value.as_number().is_infinite()) {
        return invalid("an infinite number cannot be written");
      }
      return value.as_number().to_text();
    case TypeKind::kBool:
      return std::string(value.as_bool() ? "true" : "false");
    default:
      break;
  }
  if (const auto* sql = value.find_capsule<SqlCapsule>()) {
    return "sql(" + format_string_literal(sql->text()) + ")";
  }
  return invalid("a value of type " + value.type().friendly_name() + " cannot be written");
}

void OutputBody::attribute(std::string name, std::string text) {
  items.push_back(OutputItem{false, std::move(name), std::move(text), {}, {}});
}

OutputBody& OutputBody::block(std::string type, std::vector<std::string> labels) {
  items.push_back(OutputItem{true, std::move(type), "", std::move(labels), {}});
  return items.back().body;
}

namespace {

bool aligns(const OutputItem& item) {
  return !item.is_block && item.text.find('\n') == std::string::npos;
}

void append_body(const OutputBody& body, size_t indent, std::string& out) {
  const std::string blanks(indent, ' ');
  const auto& items = body.items;
  const auto width = [](const OutputItem& item) { return split_graphemes(item.name).size(); };
  for (size_t begin = 0; begin < items.size();) {
    const OutputItem& item = items[begin];
    if (item.is_block) {
      out += blanks + item.name;
      for (const std::string& label : item.labels) {
        out += " " + format_string_literal(label);
      }
      out += " {\n";
      append_body(item.body, indent + 2, out);
      out += blanks + "}\n";
      ++begin;
      continue;
    }
    size_t end = begin + 1;
    size_t widest = width(item);
    while (aligns(item) && end < items.size() && aligns(items[end])) {
      widest = std::max(widest, width(items[end]));
      ++end;
    }
    for (; begin < end; ++begin) {
      out += blanks + items[begin].name + std::string(widest - width(items[begin]), ' ') + " = " +
             items[begin].text + "\n";
    }
  }
}

}  // namespace

std::string format_body(const OutputBody& body) {
  std::string out;
  append_body(body, 0, out);
  return out;
}

}  // namespace rhumb::hcl
