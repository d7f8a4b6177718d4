#include "registry/store/bodies.h"

#include <fmt/format.h>

#include "codec/compress.h"
#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::registry {
namespace {

// Fast: most bodies are a few hundred bytes, and the writer waits for nobody's ratio.
constexpr int kLevel = 1;

}  // namespace

Body make_body(std::string_view bytes) {
  Body body;
  body.sha256 = Blob{codec::to_string(codec::sha256(bytes))};
  body.size = static_cast<int64_t>(bytes.size());
  body.compressed = codec::zstd_compress(bytes, kLevel);
  return body;
}

Result<Body> make_bounded_body(std::string_view what, std::string_view bytes) {
  if (bytes.size() > kBodyMax) {
    return Error(ErrorCode::kLimit, fmt::format("{}: larger than {} MiB", what, kBodyMax >> 20U));
  }
  return make_body(bytes);
}

Result<std::optional<Body>> make_optional_body(std::string_view what, std::string_view bytes) {
  if (bytes.empty()) {
    return std::optional<Body>();
  }
  Body body = TRY(make_bounded_body(what, bytes));
  return std::optional<Body>(std::move(body));
}

Result<void> put_body(Session& session, const std::optional<Body>& body) {
  return body ? put_body(session, *body) : Result<void>();
}

Value to_value(const std::optional<Body>& body) {
  return body ? Value(body->sha256) : Value();
}

Result<void> put_body(Session& session, const Body& body) {
  return session.insert_later({"bodies (sha256, size, data)", "ON CONFLICT (sha256) DO NOTHING"},
                              {body.sha256, body.size, Blob{body.compressed}});
}

Result<std::string> unpack_body(const Value& sha256, const Value& size, const Value& data) {
  Result<std::string> bytes =
      codec::zstd_decompress(data.text(), static_cast<size_t>(size.number()));
  if (!bytes || codec::to_string(codec::sha256(*bytes)) != sha256.text()) {
    return Error(ErrorCode::kInternal, "a stored body is damaged");
  }
  return bytes;
}

Result<std::string> read_body(Session& session, const Value& sha256) {
  std::optional<Row> row = TRY(session.find_row(
      "SELECT size, data, redacted_sha256 FROM bodies WHERE sha256 = ?", {sha256}));
  if (!row.has_value()) {
    return Error(ErrorCode::kInternal, "a stored body is missing");
  }
  const Value& redacted = (*row)[2];
  return unpack_body(redacted.is_null() ? sha256 : redacted, (*row)[0], (*row)[1]);
}

}  // namespace rhumb::registry
