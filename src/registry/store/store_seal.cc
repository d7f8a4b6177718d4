#include "registry/store/store_seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "sys/files.h"
#include "sys/random.h"

namespace rhumb::registry {
namespace {

Result<codec::SealKey> make_key(const std::string& path) {
  const codec::SealKey key = sys::random_bytes<codec::SealKey().size()>();
  TRY(sys::write_file_atomic(path, codec::base64_encode(key) + "\n", sys::kPrivateFileMode));
  return key;
}

Result<codec::SealKey> read_key(const std::string& path) {
  const std::string text = TRY(sys::read_file(path));
  const auto bytes = codec::base64_decode(trim(text));
  codec::SealKey key{};
  if (!bytes || bytes->size() != key.size()) {
    return invalid(fmt::format(
        "{}: must hold 32 bytes in base64, as 'openssl rand -base64 32' makes them", path));
  }
  std::ranges::copy(*bytes, key.begin());
  return key;
}

Error no_key() {
  return Error(ErrorCode::kUnsupported,
               "this server has no key to keep secrets with; start it with --seal-key-file");
}

}  // namespace

Result<Blob> StoreSeal::seal(std::string_view purpose, std::string_view plain) const {
  if (!key_.has_value()) {
    return no_key();
  }
  std::string sealed = TRY(codec::seal(*key_, purpose, plain));
  return Blob{std::move(sealed)};
}

Result<std::string> StoreSeal::open(std::string_view purpose, std::string_view sealed) const {
  if (!key_.has_value()) {
    return no_key();
  }
  Result<std::string> plain = codec::open_seal(*key_, purpose, sealed);
  if (!plain && plain.error().code() == ErrorCode::kDenied) {
    return Error(ErrorCode::kUnsupported, fmt::format("{} (the key of this server is in {})",
                                                      plain.error().message(), file_));
  }
  return plain;
}

Result<StoreSeal> load_store_seal(const std::string& key_file, const std::string& folder) {
  if (!key_file.empty()) {
    const codec::SealKey key = TRY(read_key(key_file).context("--seal-key-file"));
    return StoreSeal(key, key_file);
  }
  if (folder.empty()) {
    return StoreSeal();
  }
  const std::string path = folder + "/seal.key";
  const codec::SealKey key = TRY(sys::file_exists(path) ? read_key(path) : make_key(path));
  return StoreSeal(key, path);
}

}  // namespace rhumb::registry
