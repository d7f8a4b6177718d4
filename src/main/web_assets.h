#pragma once

#include "registry/assets.h"

namespace rhumb {

/// The front end in the executable.
class WebAssets final : public registry::AssetSource {
 public:
  [[nodiscard]] std::optional<registry::Asset> find(std::string_view path) const override;
};

}  // namespace rhumb
