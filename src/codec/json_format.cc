#include <algorithm>
#include <array>
#include <cmath>

#include "base/utf8.h"
#include "codec/json.h"
#include "codec/json_text_internal.h"

namespace rhumb::codec {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_unicode_escape(std::string& out, char32_t rune) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kHexDigits[rune >> shift & 0xF];
  }
}

void append_ascii(std::string& out, char c, bool escape_html) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const size_t at = kShort.find(c); at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
  } else if (static_cast<unsigned char>(c) < 0x20 ||
             (escape_html && (c == '<' || c == '>' || c == '&'))) {
    append_unicode_escape(out, static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

/// Whether a byte stands for itself wherever it is printed.
constexpr bool is_plain(char c) {
  return c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' &&
         static_cast<unsigned char>(c) < 0x80;
}

/// How many bytes at the beginning of `text` are plain.
size_t plain_size(std::string_view text) {
  constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (size_t c = 0; c < plain.size(); ++c) {
      plain[c] = is_plain(static_cast<char>(c));
    }
    return plain;
  }();
  size_t size = 0;
  while (size < text.size() && kPlain[static_cast<unsigned char>(text[size])]) {
    ++size;
  }
  return size;
}

class Printer {
 public:
  explicit Printer(const JsonFormat& format)
      : format_(format), multi_line_(!format.indent.empty() || !format.prefix.empty()) {}

  void print(const Json& value) {
    switch (value.kind()) {
      case Json::Kind::kNull:
        out_ += "null";
        return;
      case Json::Kind::kBool:
        out_ += value.as_bool() ? "true" : "false";
        return;
      case Json::Kind::kString:
        append_json_string(out_, value.as_string(), format_.escape_html);
        return;
      case Json::Kind::kArray:
        print_array(value.as_array());
        return;
      case Json::Kind::kObject:
        print_object(value.as_object());
        return;
      default:
        print_number(value);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void print_number(const Json& value) {
    const bool finite =
        value.kind() != Json::Kind::kDouble || std::isfinite(value.to_double().value_or(0));
    out_ += finite ? value.number_text().value_or("null") : "null";
  }

  void print_array(const Json::Array& elements) {
    open('[');
    for (size_t i = 0; i < elements.size(); ++i) {
      begin_item(i);
      print(elements[i]);
    }
    close(']', elements.empty());
  }

  void print_object(const Json::Object& members) {
    std::vector<const Json::Member*> order;
    order.reserve(members.size());
    for (const Json::Member& member : members) {
      order.push_back(&member);
    }
    if (format_.sort_keys) {
      std::ranges::sort(
          order, {}, [](const Json::Member* member) -> const std::string& { return member->key; });
    }
    open('{');
    for (size_t i = 0; i < order.size(); ++i) {
      begin_item(i);
      append_json_string(out_, order[i]->key, format_.escape_html);
      out_ += multi_line_ ? ": " : ":";
      print(order[i]->value);
    }
    close('}', order.empty());
  }

  void open(char mark) {
    out_ += mark;
    ++depth_;
  }

  void begin_item(size_t index) {
    if (index != 0) {
      out_ += ',';
    }
    new_line();
  }

  void close(char mark, bool is_empty) {
    --depth_;
    if (!is_empty) {
      new_line();
    }
    out_ += mark;
  }

  void new_line() {
    if (!multi_line_) {
      return;
    }
    out_ += '\n';
    out_ += format_.prefix;
    for (size_t i = 0; i < depth_; ++i) {
      out_ += format_.indent;
    }
  }

  const JsonFormat& format_;
  bool multi_line_;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text, bool escape_html) {
  out += '"';
  while (!text.empty()) {
    const size_t plain = plain_size(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      break;
    }
    const DecodedRune decoded = decode_rune(text);
    if (decoded.size == 1 && decoded.valid) {
      append_ascii(out, text[0], escape_html);
    } else if (!decoded.valid || decoded.rune == 0x2028 || decoded.rune == 0x2029) {
      append_unicode_escape(out, decoded.rune);
    } else {
      out += text.substr(0, decoded.size);
    }
    text.remove_prefix(decoded.size);
  }
  out += '"';
}

std::string format_json(const Json& value, const JsonFormat& format) {
  Printer printer(format);
  printer.print(value);
  return printer.take();
}

std::string format_json_string(std::string_view text, bool escape_html) {
  std::string out;
  append_json_string(out, text, escape_html);
  return out;
}

}  // namespace rhumb::codec
