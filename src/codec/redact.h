#pragma once

#include <string>
#include <string_view>

namespace rhumb::codec {

/// What stands for a secret inside a URL, and for a URL that can not be taken apart.
inline constexpr std::string_view kRedacted = "xxxxx";
inline constexpr std::string_view kSensitive = "(sensitive)";

/// Whether a query parameter of this name holds a secret; case, `-` and `_` do not matter.
/// Source: spec urls.md 1.1.
[[nodiscard]] bool is_secret_parameter(std::string_view name);
/// The same for a name as it stands in a query, with percent-escapes.
[[nodiscard]] bool is_secret_query_key(std::string_view raw_key);

/// The query with the value of every secret parameter replaced; all else stays byte for byte.
[[nodiscard]] std::string redact_query(std::string_view raw_query);

/// The URL as it may leave the process; `(sensitive)` when it can not be parsed.
[[nodiscard]] std::string redact_url(std::string_view text);

/// A text with every URL in it (`scheme://...`) redacted, all else as it was. A URL that can not be
/// parsed and may hold a secret becomes `(sensitive)`. For log lines and error texts.
[[nodiscard]] std::string redact_text(std::string_view text);

}  // namespace rhumb::codec
