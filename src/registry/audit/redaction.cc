#include "registry/audit/redaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "codec/url.h"

namespace rhumb::registry {
namespace {

using codec::Json;

/// As it stands between the quotes of a JSON string.
std::string in_json(std::string_view text, bool escapes_html) {
  const std::string quoted = codec::format_json_string(text, escapes_html);
  return quoted.substr(1, quoted.size() - 2);
}

void add(std::vector<std::string>& forms, std::string form) {
  if (std::ranges::find(forms, form) == forms.end()) {
    forms.push_back(std::move(form));
  }
}

std::vector<std::string> forms_of(std::string_view value) {
  std::vector<std::string> forms;
  for (const std::string& form : {std::string(value), replace_all(value, "'", "''"),
                                  codec::query_escape(value), codec::path_escape(value)}) {
    add(forms, form);
    add(forms, in_json(form, true));
    add(forms, in_json(form, false));
    add(forms, in_json(in_json(form, true), true));
  }
  std::ranges::stable_sort(forms, std::ranges::greater(), &std::string::size);
  return forms;
}

}  // namespace

Result<Redaction> Redaction::create(std::string_view value) {
  if (value.size() < kSecretBytesMin || value.size() > kSecretBytesMax) {
    return invalid(
        fmt::format("value must have from {} to {} bytes", kSecretBytesMin, kSecretBytesMax));
  }
  if (!is_valid_utf8(value) || value.find('\0') != std::string_view::npos) {
    return invalid("value must be text");
  }
  if (kRedacted.find(value) != std::string_view::npos) {
    return invalid("value is a part of what would stand in its place");
  }
  Redaction redaction;
  redaction.forms_ = forms_of(value);
  return redaction;
}

bool Redaction::is_in(std::string_view text) const {
  return std::ranges::any_of(forms_, [text](const std::string& form) {
    return text.find(form) != std::string_view::npos;
  });
}

std::string Redaction::redact_plain(std::string_view text) const {
  std::string out(text);
  for (const std::string& form : forms_) {
    out = replace_all(out, form, kRedacted);
  }
  return out;
}

Json Redaction::redact_document(Json document) const {
  if (document.is_string()) {
    return is_in(document.as_string()) ? Json(redact_plain(document.as_string())) : document;
  }
  if (const std::optional<std::string> number = document.number_text()) {
    return is_in(*number) ? Json(redact_plain(*number)) : document;
  }
  if (document.is_array()) {
    for (Json& element : document.as_array()) {
      element = redact_document(std::move(element));
    }
  }
  if (document.is_object()) {
    std::vector<Json::Member> members = document.as_object();
    for (Json::Member& member : members) {
      member.value = redact_document(std::move(member.value));
    }
    return Json::object_of(std::move(members));
  }
  return document;
}

std::optional<std::string> Redaction::redact(std::string_view text) const {
  if (!is_in(text)) {
    return std::nullopt;
  }
  const std::string_view begin = trim_left(text);
  if (begin.starts_with('{') || begin.starts_with('[')) {
    Result<Json> document = codec::parse_json(text);
    if (document) {
      const std::string out = codec::format_json(redact_document(std::move(*document)));
      // What is left stands in a name, or goes over the bounds of strings: a document no more.
      return is_in(out) ? redact_plain(out) : out;
    }
  }
  return redact_plain(text);
}

}  // namespace rhumb::registry
