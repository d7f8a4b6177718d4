#include "codec/redact.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "codec/url.h"

namespace rhumb::codec {
namespace {

// Already without `-` and `_`, in lower case.
constexpr std::array<std::string_view, 15> kSecretNames = {
    "password",  "passwd",    "pwd",         "pass",   "authpass",
    "token",     "authtoken", "accesstoken", "secret", "sslpassword",
    "accesskey", "secretkey", "apikey",      "sig",    "signature"};

/// `key=value`, or several joined by `;`, which some servers take for a separator: from the first
/// secret on to the end is replaced.
std::string redact_pair(std::string_view pair) {
  for (size_t begin = 0; begin < pair.size();) {
    const size_t end = std::min(pair.find(';', begin), pair.size());
    const std::string_view part = pair.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (equals != std::string_view::npos && is_secret_query_key(part.substr(0, equals))) {
      return std::string(pair.substr(0, begin + equals + 1)) + std::string(kRedacted);
    }
    begin = end + 1;
  }
  return std::string(pair);
}

/// `user:password@rest` without `//`, as in `mysql:user:password@host`, which parses as opaque.
std::string redact_opaque(const std::string& opaque) {
  const size_t at = opaque.rfind('@');
  const size_t colon = opaque.find(':');
  if (at == std::string::npos || colon == std::string::npos || colon > at) {
    return opaque;
  }
  return opaque.substr(0, colon + 1) + std::string(kRedacted) + opaque.substr(at);
}

/// Web addresses have `@` in paths, names of files anything.
bool never_has_password(std::string_view scheme) {
  return scheme == "http" || scheme == "https" || scheme == "file" || scheme == "libsql+file" ||
         scheme.starts_with("sqlite");
}

/// `postgres://user:12/3@host/db`: a password with an unescaped slash reads as port and path, one
/// with `?` or `#` as port and query or fragment.
bool hides_password_behind_port(const Url& url) {
  const bool holds_url = url.path.starts_with("//");  // `tcp://postgres://...`
  const bool has_port = !url.port().empty() || (url.host.ends_with(':') && !holds_url);
  if (never_has_password(url.scheme) || url.user || !has_port) {
    return false;
  }
  const bool in_query = url.path.empty() && url.raw_query.find('@') != std::string::npos;
  return in_query || url.path.find('@') != std::string::npos ||
         url.fragment.find('@') != std::string::npos;
}

bool is_scheme_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

size_t scheme_begin(std::string_view text, size_t colon) {
  size_t begin = colon;
  while (begin > 0 && is_scheme_character(text[begin - 1])) {
    --begin;
  }
  while (begin < colon && !((text[begin] | 0x20) >= 'a' && (text[begin] | 0x20) <= 'z')) {
    ++begin;
  }
  return begin;
}

size_t token_end(std::string_view text, size_t begin) {
  constexpr std::string_view kEnds = " \t\r\n\"'`<>\\";
  return std::min(text.find_first_of(kEnds, begin), text.size());
}

/// Punctuation after a URL belongs to the sentence, not to it.
size_t without_punctuation(std::string_view text, size_t begin, size_t end) {
  while (end > begin &&
         std::string_view(".,:;)]}!").find(text[end - 1]) != std::string_view::npos) {
    --end;
  }
  return end;
}

struct Replacement {
  std::string text;
  size_t end;
};

/// How many URLs may stand one within the other before all is taken for a secret.
constexpr size_t kNestingMax = 8;

std::string redact_nested(std::string_view text, size_t depth);

/// The redacted form of the URL at `begin`, and where it ends. `colon` is that of `://`.
Replacement redact_at(std::string_view text, size_t begin, size_t colon, size_t depth) {
  const size_t whole = token_end(text, colon);
  const size_t end = without_punctuation(text, colon + 3, whole);
  const std::string_view token = text.substr(begin, end - begin);
  const auto url = parse_url(token);
  if (url.has_value()) {
    // One without secrets stays as it was written, even where printing it would encode it anew.
    std::string shown = redact_url(token);
    if (shown == url->text_with_secrets()) {
      shown = token;
    }
    if (const auto parts = cut(shown, "://")) {
      shown = std::string(parts->first) + "://" + redact_nested(parts->second, depth + 1);
    }
    // A URL inside may be gone in a way that leaves none outside.
    return {.text = parse_url(shown).has_value() ? shown : std::string(kSensitive), .end = end};
  }
  // It may end too early, at a blank or quote within the password: go on to the host.
  const size_t line_end = std::min(text.find('\n', colon), text.size());
  const size_t at = text.substr(0, line_end).find('@', colon);
  if (at != std::string_view::npos) {
    const size_t far_end = std::max(whole, token_end(text, at));
    return {.text = std::string(kSensitive), .end = far_end};
  }
  const bool harmless = token.find('=') == std::string_view::npos &&
                        token.find(':', colon - begin + 3) == std::string_view::npos;
  return {.text = std::string(harmless ? token : kSensitive), .end = end};
}

std::string redact_nested(std::string_view text, size_t depth) {
  if (text.find("://") == std::string_view::npos) {
    return std::string(text);
  }
  if (depth > kNestingMax) {
    return std::string(kSensitive);
  }
  std::string out;
  size_t done = 0;
  for (size_t colon = text.find("://"); colon != std::string_view::npos;
       colon = text.find("://", std::max(done, colon + 3))) {
    const size_t begin = std::max(done, scheme_begin(text, colon));
    if (begin == colon) {
      continue;
    }
    const Replacement replacement = redact_at(text, begin, colon, depth);
    out += text.substr(done, begin - done);
    out += replacement.text;
    done = replacement.end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace

bool is_secret_parameter(std::string_view name) {
  std::string plain = to_lower_ascii(name);
  std::erase_if(plain, [](char c) { return c == '-' || c == '_'; });
  return std::ranges::find(kSecretNames, plain) != kSecretNames.end();
}

bool is_secret_query_key(std::string_view raw_key) {
  const auto decoded = query_unescape(raw_key);
  return is_secret_parameter(decoded.has_value() ? *decoded : raw_key);
}

std::string redact_query(std::string_view raw_query) {
  std::vector<std::string> pairs;
  for (const std::string_view pair : split(raw_query, '&')) {
    pairs.push_back(redact_pair(pair));
  }
  return join(pairs, "&");
}

Url Url::redacted() const {
  Url out = *this;
  if (out.user && out.user->password) {
    out.user->password = kRedacted;
  }
  out.opaque = redact_opaque(opaque);
  out.raw_query = redact_query(raw_query);
  return out;
}

std::string redact_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url.has_value() || hides_password_behind_port(*url)) {
    return std::string(kSensitive);
  }
  return url->redacted_text();
}

std::string redact_text(std::string_view text) {
  return redact_nested(text, 0);
}

}  // namespace rhumb::codec
