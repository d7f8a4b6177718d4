#include "cli/directory_cache.h"

#include "codec/hex.h"
#include "codec/sha256.h"
#include "project/login.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

constexpr uint32_t kPrivateDirectoryMode = 0700;

}  // namespace

std::optional<std::string> DirectoryCache::path_of(const DirectoryKey& key) const {
  const std::optional<std::string> state = project::state_directory(environment_);
  if (!state) {
    return std::nullopt;
  }
  const codec::Sha256 name = codec::sha256(key.endpoint + "\n" + key.slug + "\n" + key.tag);
  return *state + "/cache/" + codec::hex_encode(name) + ".tar";
}

void DirectoryCache::put(const DirectoryKey& key, const std::string& archive) const {
  const std::optional<std::string> path = path_of(key);
  if (!path) {
    return;
  }
  const std::string folder = path->substr(0, path->rfind('/'));
  if (sys::make_directories(folder, kPrivateDirectoryMode).has_value()) {
    (void)sys::write_file_atomic(*path, archive, sys::kPrivateFileMode);
  }
}

std::optional<std::string> DirectoryCache::find(const DirectoryKey& key) const {
  const std::optional<std::string> path = path_of(key);
  if (!path) {
    return std::nullopt;
  }
  Result<std::string> archive = sys::read_file(*path);
  if (!archive.has_value()) {
    return std::nullopt;
  }
  return std::move(archive).value();
}

}  // namespace rhumb::cli
