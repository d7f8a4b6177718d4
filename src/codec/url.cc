#include "codec/url.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/url_escape_internal.h"

namespace rhumb::codec {
namespace {

using internal::escape;
using internal::is_valid_encoding;
using internal::unescape;
using internal::UrlPart;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

/// Takes `scheme:` off the front; "" when the text does not begin with one.
Result<std::string> take_scheme(std::string_view& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') {
      if (i == 0) {
        return invalid("missing protocol scheme");
      }
      const std::string scheme = to_lower_ascii(text.substr(0, i));
      text.remove_prefix(i + 1);
      return scheme;
    }
    const bool later_only = is_digit(c) || c == '+' || c == '-' || c == '.';
    if (!is_letter(c) && (!later_only || i == 0)) {
      break;
    }
  }
  return std::string();
}

/// `colon_port` is empty, or begins with a colon and holds digits only after it.
bool is_port(std::string_view colon_port) {
  return colon_port.empty() ||
         (colon_port[0] == ':' && std::ranges::all_of(colon_port.substr(1), is_digit));
}

Error invalid_port(std::string_view text) {
  return invalid("invalid port " + go_quote(text) + " after host");
}

Result<std::string> parse_bracketed_host(std::string_view text) {
  const size_t close = text.rfind(']');
  if (close == std::string_view::npos) {
    return invalid("missing ']' in host");
  }
  if (!is_port(text.substr(close + 1))) {
    return invalid_port(text.substr(close + 1));
  }
  const size_t zone = text.substr(0, close).find("%25");
  if (zone == std::string_view::npos) {
    return unescape(text, UrlPart::kHost);
  }
  const std::string address = TRY(unescape(text.substr(0, zone), UrlPart::kHost));
  const std::string zone_name = TRY(unescape(text.substr(zone, close - zone), UrlPart::kZone));
  return address + zone_name + std::string(text.substr(close));
}

Result<std::string> parse_host(std::string_view text, std::string_view scheme) {
  if (text.starts_with('[')) {
    return parse_bracketed_host(text);
  }
  // Web addresses hold one colon; `sqlite://file::memory:` holds more.
  const bool is_web = scheme == "http" || scheme == "https";
  const size_t colon = is_web ? text.find(':') : text.rfind(':');
  const bool is_file_name =
      (scheme == "sqlite" || scheme == "sqlite3") && text.starts_with("file:");
  if (colon != std::string_view::npos && !is_port(text.substr(colon)) && !is_file_name) {
    return invalid_port(text.substr(colon));
  }
  return unescape(text, UrlPart::kHost);
}

bool is_valid_user_info(std::string_view text) {
  constexpr std::string_view kMarks = "-._:~!$&'()*+,;=%@";
  return std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

Result<UserInfo> parse_user_info(std::string_view text) {
  if (!is_valid_user_info(text)) {
    return invalid("net/url: invalid userinfo");
  }
  const auto parts = cut(text, ":");
  UserInfo out;
  out.name = TRY(unescape(parts ? parts->first : text, UrlPart::kUser));
  if (parts) {
    out.password = TRY(unescape(parts->second, UrlPart::kUser));
  }
  return out;
}

Result<void> parse_authority(std::string_view text, Url& url) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) {
    url.host = TRY(parse_host(text, url.scheme));
    return {};
  }
  url.host = TRY(parse_host(text.substr(at + 1), url.scheme));
  url.user = TRY(parse_user_info(text.substr(0, at)));
  return {};
}

/// Takes `?query` off the end.
void take_query(std::string_view& text, Url& url) {
  const size_t mark = text.find('?');
  if (mark == std::string_view::npos) {
    return;
  }
  url.force_query = mark + 1 == text.size();
  url.raw_query = text.substr(mark + 1);
  text = text.substr(0, mark);
}

Result<void> parse_path(std::string_view text, Url& url) {
  url.path = TRY(unescape(text, UrlPart::kPath));
  if (escape(url.path, UrlPart::kPath) != text && text != "*") {
    url.raw_path = text;
  }
  return {};
}

Result<void> parse_fragment(std::string_view text, Url& url) {
  url.fragment = TRY(unescape(text, UrlPart::kFragment));
  if (escape(url.fragment, UrlPart::kFragment) != text) {
    url.raw_fragment = text;
  }
  return {};
}

/// All but the fragment.
Result<Url> parse_without_fragment(std::string_view text) {
  if (has_control_character(text)) {
    return invalid("net/url: invalid control character in URL");
  }
  Url url;
  url.scheme = TRY(take_scheme(text));
  take_query(text, url);
  if (!text.starts_with('/')) {
    if (!url.scheme.empty()) {
      url.opaque = text;
      return url;
    }
    if (text.substr(0, text.find('/')).find(':') != std::string_view::npos) {
      return invalid("first path segment in URL cannot contain colon");
    }
  }
  if (text.starts_with("//") && (!url.scheme.empty() || !text.starts_with("///"))) {
    const std::string_view rest = text.substr(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    TRY(parse_authority(rest.substr(0, slash), url));
    text = rest.substr(slash);
  } else if (!url.scheme.empty() && text.starts_with('/')) {
    url.omit_host = true;
  }
  TRY(parse_path(text, url));
  return url;
}

/// `raw` when it still means `decoded`; otherwise `decoded` encoded anew.
std::string encoded(const std::string& raw, const std::string& decoded, UrlPart part) {
  if (!raw.empty() && is_valid_encoding(raw, part)) {
    const auto meaning = unescape(raw, part);
    if (meaning.has_value() && *meaning == decoded) {
      return raw;
    }
  }
  return decoded == "*" ? decoded : escape(decoded, part);
}

std::string format_authority(const Url& url) {
  if (url.scheme.empty() && url.host.empty() && !url.user) {
    return "";
  }
  // A path that begins with `//` would read as a host.
  const bool reads_as_host = url.escaped_path().starts_with("//");
  if (url.omit_host && !reads_as_host && url.host.empty() && !url.user) {
    return "";
  }
  std::string out;
  if (!url.host.empty() || !url.path.empty() || url.user) {
    out += "//";
  }
  if (url.user) {
    out += escape(url.user->name, UrlPart::kUser);
    if (url.user->password) {
      out += ":" + escape(*url.user->password, UrlPart::kUser);
    }
    out += "@";
  }
  return out + escape(url.host, UrlPart::kHost);
}

std::string format_path(const Url& url, bool is_first) {
  const std::string path = url.escaped_path();
  if (!path.empty() && path[0] != '/' && !url.host.empty()) {
    return "/" + path;
  }
  // Without this, what stands before the colon would read as a scheme.
  const bool looks_like_scheme =
      is_first && path.substr(0, path.find('/')).find(':') != std::string::npos;
  return looks_like_scheme ? "./" + path : path;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const size_t hash = text.find('#');
  const std::string_view before = text.substr(0, hash);
  Url url = TRY(parse_without_fragment(before).context("parse " + go_quote(before)));
  if (hash != std::string_view::npos) {
    TRY(parse_fragment(text.substr(hash + 1), url).context("parse " + go_quote(text)));
  }
  return url;
}

std::string Url::text_with_secrets() const {
  std::string out = scheme.empty() ? "" : scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    out += format_authority(*this);
    out += format_path(*this, out.empty());
  }
  if (force_query || !raw_query.empty()) {
    out += "?" + raw_query;
  }
  if (!fragment.empty()) {
    out += "#" + encoded(raw_fragment, fragment, UrlPart::kFragment);
  }
  return out;
}

std::string Url::redacted_text() const {
  return redacted().text_with_secrets();
}

std::string Url::escaped_path() const {
  return encoded(raw_path, path, UrlPart::kPath);
}

std::string Url::hostname() const {
  const size_t colon = host.rfind(':');
  std::string name = host;
  if (colon != std::string::npos && is_port(std::string_view(host).substr(colon))) {
    name.resize(colon);
  }
  if (name.starts_with('[') && name.ends_with(']')) {
    return name.substr(1, name.size() - 2);
  }
  return name;
}

std::string Url::port() const {
  const size_t colon = host.rfind(':');
  const bool found = colon != std::string::npos && is_port(std::string_view(host).substr(colon));
  return found ? host.substr(colon + 1) : "";
}

QueryValues Url::query() const {
  return parse_query(raw_query);
}

std::optional<std::string> Url::find_query(std::string_view key) const {
  const QueryValues values = query();
  const auto found = values.find(key);
  return found != values.end() ? std::optional(found->second.front()) : std::nullopt;
}

void Url::set_query(const QueryValues& values) {
  raw_query = encode_query(values);
}

QueryValues parse_query(std::string_view text) {
  QueryValues out;
  for (const std::string_view pair : split(text, '&')) {
    if (pair.empty() || pair.find(';') != std::string_view::npos) {
      continue;
    }
    const auto parts = cut(pair, "=");
    const auto key = query_unescape(parts ? parts->first : pair);
    const auto value = query_unescape(parts ? parts->second : "");
    if (key.has_value() && value.has_value()) {
      out[*key].push_back(*value);
    }
  }
  return out;
}

std::string encode_query(const QueryValues& values) {
  std::string out;
  for (const auto& [key, list] : values) {
    for (const std::string& value : list) {
      out += (out.empty() ? "" : "&") + query_escape(key) + "=" + query_escape(value);
    }
  }
  return out;
}

std::string query_escape(std::string_view text) {
  return escape(text, UrlPart::kQuery);
}
std::string path_escape(std::string_view text) {
  return escape(text, UrlPart::kPathSegment);
}
Result<std::string> query_unescape(std::string_view text) {
  return unescape(text, UrlPart::kQuery);
}
Result<std::string> path_unescape(std::string_view text) {
  return unescape(text, UrlPart::kPathSegment);
}

}  // namespace rhumb::codec
