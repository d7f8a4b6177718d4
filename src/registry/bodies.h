#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/sql.h"

/// Files, logs and schemas: each stored once under its SHA-256, as a zstd frame. Ten thousand
/// tenants that run one file cost one copy.
namespace rhumb::registry {

/// A text made ready outside the writer: hashed and compressed.
struct Body {
  Blob sha256;
  int64_t size = 0;
  std::string compressed;
};

[[nodiscard]] Body make_body(std::string_view bytes);
Result<void> put_body(Session& session, const Body& body);
/// The text of a stored row. Errors: kInternal when it does not give its hash.
Result<std::string> unpack_body(const Value& sha256, const Value& size, const Value& data);
/// Errors: kInternal when the body is missing or does not give its hash.
Result<std::string> read_body(Session& session, const Value& sha256);

}  // namespace rhumb::registry
