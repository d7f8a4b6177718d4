#include "graphql/ast.h"

#include <fmt/format.h>

#include <algorithm>

namespace rhumb::graphql {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_value(std::string& out, const Value& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      out += "null";
      return;
    case ValueKind::kVariable:
      out += '$';
      out += value.text;
      return;
    case ValueKind::kString:
      append_quoted(out, value.text);
      return;
    case ValueKind::kInt:
    case ValueKind::kFloat:
    case ValueKind::kBoolean:
    case ValueKind::kEnum:
      out += value.text;
      return;
    case ValueKind::kList:
    case ValueKind::kObject: {
      const bool object = value.kind == ValueKind::kObject;
      out += object ? '{' : '[';
      for (size_t i = 0; i < value.items.size(); ++i) {
        out += i > 0 ? ", " : "";
        if (object) {
          out += value.names[i] + ": ";
        }
        append_value(out, value.items[i]);
      }
      out += object ? '}' : ']';
      return;
    }
  }
}

bool same_object(const Value& a, const Value& b) {
  for (size_t i = 0; i < a.names.size(); ++i) {
    const auto other = std::find(b.names.begin(), b.names.end(), a.names[i]);
    if (other == b.names.end() ||
        !same_value(a.items[i], b.items[static_cast<size_t>(other - b.names.begin())])) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool same_value(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size()) {
    return false;
  }
  if (a.kind == ValueKind::kObject) {
    return same_object(a, b);
  }
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), same_value);
}

std::string format_value(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

bool TypeRef::is_list() const {
  const size_t at = non_null() ? 1 : 0;
  return wrappers.size() > at && wrappers[at] == TypeWrapper::kList;
}

TypeRef TypeRef::nullable() const {
  TypeRef type = *this;
  if (non_null()) {
    type.wrappers.erase(type.wrappers.begin());
  }
  return type;
}

TypeRef TypeRef::element() const {
  TypeRef type = nullable();
  type.wrappers.erase(type.wrappers.begin());
  return type;
}

bool same_type(const TypeRef& a, const TypeRef& b) {
  return a.name == b.name && a.wrappers == b.wrappers;
}

std::string format_type(const TypeRef& type) {
  std::string out = type.name;
  for (auto wrapper = type.wrappers.rbegin(); wrapper != type.wrappers.rend(); ++wrapper) {
    out = *wrapper == TypeWrapper::kNonNull ? out + "!" : "[" + out + "]";
  }
  return out;
}

std::string_view to_string(OperationKind kind) {
  switch (kind) {
    case OperationKind::kQuery:
      return "query";
    case OperationKind::kMutation:
      return "mutation";
    case OperationKind::kSubscription:
      return "subscription";
  }
  return "query";
}

const Fragment* Document::find_fragment(std::string_view name) const {
  const auto found = std::find_if(fragments.begin(), fragments.end(),
                                  [name](const Fragment& f) { return f.name == name; });
  return found == fragments.end() ? nullptr : &*found;
}

}  // namespace rhumb::graphql
