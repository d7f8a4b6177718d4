#include "registry/ingest/redact.h"

#include "codec/redact.h"
#include "registry/ingest/bounded_text.h"

namespace rhumb::registry {
namespace {

// An entry of a B-tree is at most 2,704 bytes, of all its columns.
// Source: PostgreSQL 15, "index row size exceeds btree version 4 maximum 2704".
constexpr size_t kStoredUrlMax = 2000;

}  // namespace

std::string redact_urls(std::string_view text) {
  return codec::redact_text(text);
}

std::string redact_url(std::string_view url) {
  const bool has_scheme = url.find("://") != std::string_view::npos;
  if (!has_scheme && url.find('@') != std::string_view::npos) {
    return std::string(codec::kSensitive);
  }
  return has_scheme ? codec::redact_url(url) : std::string(url);
}

std::string stored_url(std::string_view url) {
  return shorten(redact_url(url), kStoredUrlMax);
}

codec::Json redact_texts(codec::Json document) {
  if (document.is_string()) {
    return redact_urls(document.as_string());
  }
  if (document.is_array()) {
    for (codec::Json& element : document.as_array()) {
      element = redact_texts(std::move(element));
    }
  }
  if (document.is_object()) {
    std::vector<codec::Json::Member> members = document.as_object();
    for (codec::Json::Member& member : members) {
      member.value = redact_texts(std::move(member.value));
    }
    return codec::Json::object_of(std::move(members));
  }
  return document;
}

}  // namespace rhumb::registry
