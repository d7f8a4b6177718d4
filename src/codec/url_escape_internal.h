#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rhumb::codec::internal {

/// Which part of a URL a text stands in: each lets other characters through.
enum class UrlPart { kPath, kPathSegment, kHost, kZone, kUser, kQuery, kFragment };

[[nodiscard]] std::string escape(std::string_view text, UrlPart part);
[[nodiscard]] Result<std::string> unescape(std::string_view text, UrlPart part);
/// Whether `text` could be the encoded form of a path or fragment as it stands.
[[nodiscard]] bool is_valid_encoding(std::string_view text, UrlPart part);

}  // namespace rhumb::codec::internal
