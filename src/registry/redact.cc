#include "registry/redact.h"

#include <algorithm>

#include "codec/redact.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kEndsUrl = " \t\r\n\v\f\"'`<>\\";

bool is_scheme_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

/// `u:pw@host` with the password masked. The last `@` counts: passwords hold some unescaped.
std::string redact_authority(std::string_view authority) {
  size_t at = authority.rfind('@');
  size_t colon = authority.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) {
    return std::string(authority);
  }
  std::string out(authority.substr(0, colon + 1));
  out += codec::kRedacted;
  out += authority.substr(at);
  return out;
}

/// Parameters, divided by `&` or `;`, with secret values masked.
std::string redact_query(std::string_view query) {
  std::string out;
  while (true) {
    size_t end = std::min(query.find_first_of("&;#"), query.size());
    std::string_view pair = query.substr(0, end);
    size_t equals = pair.find('=');
    if (equals != std::string_view::npos && codec::is_secret_query_key(pair.substr(0, equals))) {
      out += pair.substr(0, equals + 1);
      out += codec::kRedacted;
    } else {
      out += pair;
    }
    if (end == query.size()) {
      return out;
    }
    out += query[end];
    query.remove_prefix(end + 1);
  }
}

/// Where the user, host and port end. A `/` ends them, unless what precedes it can be no port and an
/// `@` follows: then it is part of a password that was not escaped.
size_t authority_end(std::string_view rest) {
  size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  size_t at = rest.find('@', end);
  size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > end ||
      rest.substr(0, end).find('@') != std::string_view::npos) {
    return end;
  }
  std::string_view port = rest.substr(colon + 1, end - colon - 1);
  bool is_port = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  size_t question = rest.find('?');
  if (is_port || (question != std::string_view::npos && question < at)) {
    return end;
  }
  size_t after = rest.find_first_of("/?#", at);
  return std::min(after, rest.size());
}

std::string redact_after_scheme(std::string_view rest) {
  size_t end = authority_end(rest);
  std::string out = redact_authority(rest.substr(0, end));
  rest.remove_prefix(end);
  size_t question = std::min(rest.find('?'), rest.size());
  out += rest.substr(0, question);
  if (question < rest.size()) {
    out += '?';
    out += redact_query(rest.substr(question + 1));
  }
  return out;
}

}  // namespace

std::string redact_urls(std::string_view text) {
  std::string out;
  size_t done = 0;
  while (true) {
    size_t mark = text.find("://", done);
    if (mark == std::string_view::npos) {
      break;
    }
    size_t rest = mark + 3;
    if (mark == 0 || !is_scheme_char(text[mark - 1])) {
      out += text.substr(done, rest - done);
      done = rest;
      continue;
    }
    size_t end = std::min(text.find_first_of(kEndsUrl, rest), text.size());
    out += text.substr(done, rest - done);
    out += redact_after_scheme(text.substr(rest, end - rest));
    done = end;
  }
  out += text.substr(done);
  return out;
}

std::string redact_url(std::string_view url) {
  if (url.find("://") == std::string_view::npos && url.find('@') != std::string_view::npos) {
    return std::string(codec::kSensitive);
  }
  size_t mark = url.find("://");
  if (mark == std::string_view::npos) {
    return redact_urls(url);
  }
  // One URL to its end: blanks and quotes in it do not hide what follows.
  std::string out(url.substr(0, mark + 3));
  out += redact_after_scheme(url.substr(mark + 3));
  return out;
}

}  // namespace rhumb::registry
