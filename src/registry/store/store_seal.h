#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/seal.h"
#include "registry/store/sql.h"

/// Secrets that a store keeps so that only who has a key can read them: addresses and secrets of
/// webhooks, and what the apps of people make their codes of. The key is kept beside the store.
namespace rhumb::registry {

/// The key of a server, and what is sealed and opened with it.
class StoreSeal {
 public:
  /// Without a key.
  StoreSeal() = default;
  /// `file` is where the key is kept, for messages.
  StoreSeal(const codec::SealKey& key, std::string file) : key_(key), file_(std::move(file)) {}

  [[nodiscard]] bool has_key() const { return key_.has_value(); }

  /// `purpose` says what the secret is and whose: it opens for nothing else. Never change one.
  /// Errors: kUnsupported without a key.
  Result<Blob> seal(std::string_view purpose, std::string_view plain) const;
  /// Errors: kUnsupported without a key, and when this is not the key, naming its file; the same
  /// for what was changed meanwhile.
  Result<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  std::optional<codec::SealKey> key_;
  std::string file_;
};

/// The key in `key_file`, 32 bytes in base64. When that is empty it is `seal.key` in `folder`, that
/// of the data, made there for its owner only when it is missing; where there is no folder either,
/// there is no key.
/// Errors: kNotFound, kIo, kDenied naming the flag; kInvalid for other content.
Result<StoreSeal> load_store_seal(const std::string& key_file, const std::string& folder);

}  // namespace rhumb::registry
