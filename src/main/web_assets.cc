#include "main/web_assets.h"

#include <algorithm>

#include "main/asset_table.h"

namespace rhumb {

std::optional<registry::Asset> WebAssets::find(std::string_view path) const {
  const std::span<const EmbeddedAsset> assets = embedded_assets();
  const auto found = std::ranges::find(assets, path, &EmbeddedAsset::path);
  if (found == assets.end()) {
    return std::nullopt;
  }
  return registry::Asset{.bytes = {found->begin, static_cast<size_t>(found->end - found->begin)},
                         .content_type = found->content_type,
                         .etag = found->etag,
                         .gzip = true,
                         .immutable = found->immutable};
}

}  // namespace rhumb
