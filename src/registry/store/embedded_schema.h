#pragma once

#include <span>
#include <string_view>

namespace rhumb::registry {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

/// The registry's own migration directory, by name.
std::span<const EmbeddedFile> own_migrations();

}  // namespace rhumb::registry
