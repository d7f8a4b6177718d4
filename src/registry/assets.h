#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rhumb::registry {

/// A file of the web front end.
struct Asset {
  std::string_view bytes;  ///< as long as its source
  std::string_view content_type;
  std::string_view etag;   ///< with quotes
  bool gzip = false;       ///< `bytes` are compressed
  bool immutable = false;  ///< its name changes with its content
};

/// Where the files of the web front end come from.
///
/// Threads: any.
class AssetSource {
 public:
  AssetSource() = default;
  AssetSource(const AssetSource&) = delete;
  AssetSource& operator=(const AssetSource&) = delete;
  virtual ~AssetSource() = default;

  /// `path` begins with a slash; the page itself is `/index.html`.
  [[nodiscard]] virtual std::optional<Asset> find(std::string_view path) const = 0;
};

}  // namespace rhumb::registry
