#pragma once

#include <span>
#include <string_view>

namespace rhumb {

/// A file of the front end as the build put it into the executable: gzip-compressed.
struct EmbeddedAsset {
  std::string_view path;  ///< begins with a slash
  const char* begin;
  const char* end;
  std::string_view content_type;
  std::string_view etag;
  bool immutable;
};

/// In the order of their paths; empty when the front end was not built.
[[nodiscard]] std::span<const EmbeddedAsset> embedded_assets();

}  // namespace rhumb
