#pragma once

#include <string>
#include <string_view>

#include "codec/json.h"

/// The server's own look at what clients send: they mask, but older ones mask too little.
/// Source: spec registry.md 9, urls.md 1.1.
namespace rhumb::registry {

/// Replaces by `xxxxx` the password and every secret query parameter of each URL in the text, and
/// by
/// `(sensitive)` each URL that cannot be taken apart and may hold one. All other bytes stay; doing
/// it twice changes nothing.
[[nodiscard]] std::string redact_urls(std::string_view text);

/// The same for a member that is one URL, blanks and quotes included; what has no scheme and yet a
/// user part becomes `(sensitive)` as a whole.
[[nodiscard]] std::string redact_url(std::string_view url);

/// A URL as it is stored and compared: redacted, and short enough for an index of every engine.
[[nodiscard]] std::string stored_url(std::string_view url);

/// The same for every text inside a document; keys stay.
[[nodiscard]] codec::Json redact_texts(codec::Json document);

}  // namespace rhumb::registry
