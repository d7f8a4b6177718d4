#pragma once

#include <filesystem>
#include <span>

#include "registry/store/own_schema.h"
#include "registry/store/sqlite_session.h"

namespace rhumb::registry {

/// Makes a store as an older release left it, or brings it on, by the first of the registry's
/// migrations; for tests only.
inline Result<void> apply_migrations(const StoreAddress& address,
                                     std::span<const EmbeddedFile> files) {
  if (!address.url.empty()) {
    return apply_own_schema_to_server(address.url, files);
  }
  std::filesystem::create_directories(address.data);
  return apply_own_schema_to_file(sqlite_store_file(address.data), files);
}

}  // namespace rhumb::registry
