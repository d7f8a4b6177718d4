#include "migrate/directory_url.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kDefaultFolder = "migrations";
constexpr std::string_view kFormatKey = "format";

/// A URL cut at its delimiters, nothing decoded.
struct Pieces {
  std::string_view scheme;
  bool has_authority = false;
  std::string_view user;  ///< user information; meaningful with has_user
  bool has_user = false;
  std::string_view host;
  std::string_view path;
  std::string_view query;
  bool has_query = false;
  std::string_view fragment;
};

bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}
unsigned hex_value(char byte) {
  if (is_digit(byte)) {
    return static_cast<unsigned>(byte - '0');
  }
  return static_cast<unsigned>((byte | 0x20) - 'a') + 10;
}
bool is_unreserved(char byte) {
  return is_letter(byte) || is_digit(byte) || std::string_view("-_.~").find(byte) != std::string_view::npos;
}
bool is_host_byte(char byte) {
  return is_unreserved(byte) || static_cast<unsigned char>(byte) >= 0x80 ||
         std::string_view("!$&'()*+,;=:[]<>\"").find(byte) != std::string_view::npos;
}

enum class Part { kHost, kPath, kQuery };

/// Resolves the escapes of one part.
Result<std::string> decode(std::string_view text, Part part) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (byte == '%') {
      const std::string_view escape = text.substr(i, 3);
      const bool is_valid = escape.size() == 3 && is_hex(escape[1]) && is_hex(escape[2]);
      // A host may hold escapes of other alphabets' bytes only.
      if (!is_valid || (part == Part::kHost && hex_value(escape[1]) < 8)) {
        return invalid(fmt::format("invalid URL escape {}", go_quote(escape)));
      }
      decoded += static_cast<char>(hex_value(escape[1]) << 4U | hex_value(escape[2]));
      i += 2;
    } else if (part == Part::kHost && !is_host_byte(byte)) {
      return invalid(fmt::format("invalid character {} in host name", go_quote(text.substr(i, 1))));
    } else {
      decoded += part == Part::kQuery && byte == '+' ? ' ' : byte;
    }
  }
  return decoded;
}

std::string encode_query(std::string_view text) {
  std::string encoded;
  for (const char byte : text) {
    if (is_unreserved(byte)) {
      encoded += byte;
    } else if (byte == ' ') {
      encoded += '+';
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

/// The path as a URL shows it: what may not stand there is escaped, what is stays.
std::string encode_path(std::string_view path) {
  constexpr std::string_view kAllowed = "!$&'()*+,;=:@/[]%";
  std::string encoded;
  for (const char byte : path) {
    const bool is_kept = is_unreserved(byte) || kAllowed.find(byte) != std::string_view::npos;
    encoded += is_kept ? std::string(1, byte)
                       : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return encoded;
}

/// Takes the scheme off; empty when there is none.
Result<std::string_view> take_scheme(std::string_view& rest) {
  for (size_t i = 0; i < rest.size(); ++i) {
    const char byte = rest[i];
    if (byte == ':') {
      if (i == 0) {
        return invalid("missing protocol scheme");
      }
      const std::string_view scheme = rest.substr(0, i);
      rest.remove_prefix(i + 1);
      return scheme;
    }
    const bool may_follow = is_digit(byte) || byte == '+' || byte == '-' || byte == '.';
    if (!is_letter(byte) && (i == 0 || !may_follow)) {
      break;
    }
  }
  return std::string_view();
}

Result<void> check_port(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t bracket = host.rfind(']');
    if (bracket == std::string_view::npos) {
      return invalid("missing ']' in host");
    }
    host.remove_prefix(bracket + 1);
  } else if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    host.remove_prefix(colon);
  } else {
    return {};
  }
  const bool is_port = host.empty() || (host.front() == ':' &&
                                        std::all_of(host.begin() + 1, host.end(), is_digit));
  if (!is_port) {
    return invalid(fmt::format("invalid port {} after host", go_quote(host)));
  }
  return {};
}

Result<void> take_authority(std::string_view authority, Pieces& pieces) {
  pieces.has_authority = true;
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    pieces.has_user = true;
    pieces.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const std::string_view marks = "-._:~!$&'()*+,;=%@";
    const bool is_valid = std::all_of(pieces.user.begin(), pieces.user.end(), [&](char byte) {
      return is_letter(byte) || is_digit(byte) || marks.find(byte) != std::string_view::npos;
    });
    if (!is_valid) {
      return invalid("net/url: invalid userinfo");
    }
  }
  TRY(check_port(authority));
  pieces.host = authority;
  return {};
}

Result<Pieces> cut_url(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < ' ' || byte == 0x7F) {
      return invalid("net/url: invalid control character in URL");
    }
  }
  Pieces pieces;
  std::string_view rest = text;
  if (const auto halves = cut(rest, "#")) {
    rest = halves->first;
    pieces.fragment = halves->second;
  }
  pieces.scheme = TRY(take_scheme(rest));
  if (const auto halves = cut(rest, "?")) {
    rest = halves->first;
    pieces.query = halves->second;
    pieces.has_query = true;
  }
  const bool has_scheme = !pieces.scheme.empty();
  if (has_scheme && rest.starts_with("//") && !rest.starts_with("///")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    TRY(take_authority(rest.substr(0, slash), pieces));
    rest.remove_prefix(slash);
  } else if (has_scheme && rest.starts_with("///")) {
    pieces.has_authority = true;
    rest.remove_prefix(2);
  } else if (!has_scheme && rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) {
    return invalid("first path segment in URL cannot contain colon");
  }
  pieces.path = rest;
  return pieces;
}

/// The URL for people and reports; `query` is the part behind the question mark, encoded.
std::string show(const Pieces& pieces, std::string_view query, bool has_query) {
  std::string shown = to_lower_ascii(pieces.scheme) + ":";
  if (pieces.has_authority && (pieces.has_user || !pieces.host.empty() || !pieces.path.empty())) {
    shown += "//";
    if (pieces.has_user) {
      const auto halves = cut(pieces.user, ":");
      shown += halves ? fmt::format("{}:xxxxx@", halves->first) : fmt::format("{}@", pieces.user);
    }
    shown += pieces.host;
  }
  shown += encode_path(pieces.path);
  if (has_query) {
    shown += fmt::format("?{}", query);
  }
  if (!pieces.fragment.empty()) {
    shown += fmt::format("#{}", pieces.fragment);
  }
  return shown;
}

/// `a` and `b` as one path without `.`, `..` and double slashes; empty when both are.
std::string join_path(const std::string& a, const std::string& b) {
  if (a.empty() && b.empty()) {
    return {};
  }
  const std::string joined = a.empty() || b.empty() ? a + b : a + "/" + b;
  std::string clean = std::filesystem::path(joined).lexically_normal().string();
  while (clean.size() > 1 && clean.ends_with('/')) {
    clean.pop_back();
  }
  return clean;
}

/// Keys and values of a query; pairs that can not be decoded are left out, as Go leaves them out.
std::vector<std::pair<std::string, std::string>> decode_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view pair : split(query, '&')) {
    const auto halves = cut(pair, "=");
    const Result<std::string> key = decode(halves ? halves->first : pair, Part::kQuery);
    const Result<std::string> value = decode(halves ? halves->second : "", Part::kQuery);
    if (!pair.empty() && pair.find(';') == std::string_view::npos && key && value) {
      pairs.emplace_back(*key, *value);
    }
  }
  return pairs;
}

Result<DirectoryUrl> build(std::string_view text, const Pieces& pieces) {
  const std::string host = TRY(decode(pieces.host, Part::kHost));
  // What follows `file:` directly is taken as it stands.
  const bool is_opaque = !pieces.has_authority && !pieces.path.starts_with('/');
  const std::string path =
      is_opaque ? std::string(pieces.path) : TRY(decode(pieces.path, Part::kPath));
  if (pieces.scheme.empty()) {
    return DirectoryUrl{.scheme = {}, .path = path, .query = {}, .shown = std::string(text)};
  }
  DirectoryUrl url{.scheme = to_lower_ascii(pieces.scheme),
                   .path = join_path(host, path),
                   .query = decode_query(pieces.query),
                   .shown = show(pieces, pieces.query, pieces.has_query)};
  if (url.scheme == "file" && url.path.empty()) {
    url.path = kDefaultFolder;
  }
  return url;
}

}  // namespace

std::string DirectoryUrl::query_value(std::string_view key) const {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [&](const auto& pair) { return pair.first == key; });
  return found == query.end() ? std::string() : found->second;
}

Result<Format> DirectoryUrl::format() const {
  const std::string name = query_value(kFormatKey);
  const std::optional<Format> known = find_format(name);
  if (!known) {
    return invalid(fmt::format("unknown dir format {}", go_quote(name)));
  }
  return *known;
}

Result<DirectoryUrl> parse_directory_url(std::string_view text) {
  const std::string outer = fmt::format("parse {}", go_quote(text));
  const Pieces pieces = TRY(cut_url(text).context(outer));
  DirectoryUrl url = TRY(build(text, pieces).context(outer));
  if (url.scheme.empty()) {
    return invalid(
        fmt::format("missing scheme for dir url. Did you mean \"file://{}\"? ", text));
  }
  return url;
}

Result<std::string> with_format(std::string_view url, std::string_view format) {
  const DirectoryUrl parsed = TRY(parse_directory_url(url));
  const bool has_format =
      std::any_of(parsed.query.begin(), parsed.query.end(),
                  [](const auto& pair) { return pair.first == kFormatKey; });
  if (has_format) {
    return std::string(url);
  }
  auto pairs = parsed.query;
  pairs.emplace_back(kFormatKey, format);
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> encoded;
  for (const auto& [key, value] : pairs) {
    encoded.push_back(fmt::format("{}={}", encode_query(key), encode_query(value)));
  }
  const std::string_view without_fragment = url.substr(0, url.find('#'));
  const std::string_view before = without_fragment.substr(0, without_fragment.find('?'));
  const std::string_view fragment = url.substr(without_fragment.size());
  return fmt::format("{}?{}{}", before, join(encoded, "&"), fragment);
}

}  // namespace rhumb::migrate
