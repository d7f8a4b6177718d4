#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/go_format.h"
#include "base/utf8.h"
#include "gotmpl/builtins.h"
#include "gotmpl/printf.h"

namespace rhumb::gotmpl {
namespace {

/// The arguments as one text, as print would give it after following pointers.
std::string text_of(std::span<const Slot> args) {
  if (args.size() == 1 && args[0].value.type_name() == "string") {
    return args[0].value.as_string();
  }
  std::vector<Value> values;
  values.reserve(args.size());
  for (const Slot& arg : args) {
    values.push_back(printable_value(Slot::of(arg.value)).value_or(arg.value));
  }
  return format_print(values);
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\0':
        out += "\uFFFD";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void append_js_ascii(std::string& out, char c) {
  if (c == '\\' || c == '\'' || c == '"') {
    out += '\\';
    out += c;
  } else if (c == '<' || c == '>' || c == '&' || c == '=' || c < ' ') {
    out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
  } else {
    out += c;
  }
}

std::string escape_js(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const DecodedRune next = decode_rune(text);
    if (next.rune < 0x80) {
      append_js_ascii(out, text[0]);
    } else if (go_is_print(next.rune)) {
      out += text.substr(0, next.size);
    } else {
      out += fmt::format("\\u{:04X}", static_cast<uint32_t>(next.rune));
    }
    text.remove_prefix(next.size);
  }
  return out;
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

Result<Slot> builtin_html(std::span<const Slot> args) {
  return Slot::of(escape_html(text_of(args)));
}

Result<Slot> builtin_js(std::span<const Slot> args) {
  return Slot::of(escape_js(text_of(args)));
}

Result<Slot> builtin_urlquery(std::span<const Slot> args) {
  return Slot::of(escape_query(text_of(args)));
}

}  // namespace rhumb::gotmpl
