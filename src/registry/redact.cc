#include "registry/redact.h"

#include "codec/redact.h"

namespace rhumb::registry {

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

}  // namespace rhumb::registry
