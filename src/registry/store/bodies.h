#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

/// Files, logs and schemas: each stored once under its SHA-256, as a zstd frame. Ten thousand
/// tenants that run one file cost one copy.
namespace rhumb::registry {

/// A text made ready outside the writer: hashed and compressed.
struct Body {
  Blob sha256;
  int64_t size = 0;
  std::string compressed;
};

/// The longest text that is taken in as a whole.
inline constexpr size_t kBodyMax = size_t{8} << 20;

[[nodiscard]] Body make_body(std::string_view bytes);
/// Errors: kLimit `<what>: larger than 8 MiB`.
Result<Body> make_bounded_body(std::string_view what, std::string_view bytes);
/// The same; nothing for an empty text.
Result<std::optional<Body>> make_optional_body(std::string_view what, std::string_view bytes);
Result<void> put_body(Session& session, const Body& body);
/// The text of a stored row; `sha256` is of what it holds, which is another digest than the one it
/// is referred to by when a secret was taken out of it. Errors: kInternal when it does not give its
/// hash.
Result<std::string> unpack_body(const Value& sha256, const Value& size, const Value& data);
Result<void> put_body(Session& session, const std::optional<Body>& body);
/// What a row refers to a body by; NULL for none.
[[nodiscard]] Value to_value(const std::optional<Body>& body);
/// Errors: kInternal when the body is missing or does not give its hash.
Result<std::string> read_body(Session& session, const Value& sha256);

}  // namespace rhumb::registry
