#include "base/go_format.h"
#include "codec/url_escape_internal.h"

namespace rhumb::codec::internal {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

/// The reserved characters that stand for themselves in a part.
std::string_view kept_characters(UrlPart part) {
  switch (part) {
    case UrlPart::kPath:
      return "$&+,/:;=@";
    case UrlPart::kPathSegment:
      return "$&+:=@";
    case UrlPart::kHost:
    case UrlPart::kZone:
      return "!\"$&'()*+,:;<=>[]";
    case UrlPart::kUser:
      return "$&+,;=";
    case UrlPart::kQuery:
      return "";
    case UrlPart::kFragment:
      return "!$&()*+,/:;=?@";
  }
  return "";
}

bool is_kept(char c, UrlPart part) {
  return is_unreserved(c) || contains(kept_characters(part), c);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Error invalid_escape(std::string_view text) {
  return invalid("invalid URL escape " + go_quote(text.substr(0, 3)));
}

/// The byte that an escape at the beginning of `text` stands for, where the part allows it.
Result<char> decode_escape(std::string_view text, UrlPart part) {
  const int high = text.size() < 3 ? -1 : digit_value(text[1]);
  const int low = text.size() < 3 ? -1 : digit_value(text[2]);
  if (high < 0 || low < 0) {
    return invalid_escape(text);
  }
  const int value = high << 4 | low;
  const auto byte = static_cast<char>(value);
  // A host may hold escapes only where it could not be written otherwise: bytes outside ASCII, and
  // the percent sign before the zone of an IPv6 address. The zone itself may hold a few more.
  if (part == UrlPart::kHost && value < 0x80 && byte != '%') {
    return invalid_escape(text);
  }
  if (part == UrlPart::kZone && byte != '%' && byte != ' ' && value < 0x80 &&
      !is_kept(byte, part)) {
    return invalid_escape(text);
  }
  return byte;
}

}  // namespace

std::string escape(std::string_view text, UrlPart part) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_kept(c, part)) {
      out += c;
    } else if (c == ' ' && part == UrlPart::kQuery) {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xF];
    }
  }
  return out;
}

Result<std::string> unescape(std::string_view text, UrlPart part) {
  const bool is_host = part == UrlPart::kHost || part == UrlPart::kZone;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char c = text[0];
    if (c == '%') {
      out += TRY(decode_escape(text, part));
      text.remove_prefix(3);
      continue;
    }
    if (is_host && static_cast<unsigned char>(c) < 0x80 && !is_kept(c, part)) {
      return invalid("invalid character " + go_quote(text.substr(0, 1)) + " in host name");
    }
    out += c == '+' && part == UrlPart::kQuery ? ' ' : c;
    text.remove_prefix(1);
  }
  return out;
}

bool is_valid_encoding(std::string_view text, UrlPart part) {
  for (const char c : text) {
    // What RFC 3986 allows although escape() would write it otherwise.
    if (!contains("!$&'()*+,;=:@[]%", c) && !is_kept(c, part)) {
      return false;
    }
  }
  return true;
}

}  // namespace rhumb::codec::internal
