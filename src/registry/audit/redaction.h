#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

/// Takes a secret out of texts. Pure.
namespace rhumb::registry {

/// What stands where a secret was.
inline constexpr std::string_view kRedacted = "(redacted)";
/// A shorter value would be found in what is no secret.
inline constexpr size_t kSecretBytesMin = 8;
inline constexpr size_t kSecretBytesMax = 4096;

/// A secret, in the forms that it is written in: as it is, in a string of SQL, in a URL, and each
/// of them in a string of JSON.
class Redaction {
 public:
  /// Errors: kInvalid for a value that is too short, too long or a part of the marker. No message
  /// holds it.
  static Result<Redaction> create(std::string_view value);

  /// The text without the secret; nothing when it is not in it. A document of JSON stays one: only
  /// its strings and numbers are changed.
  [[nodiscard]] std::optional<std::string> redact(std::string_view text) const;
  [[nodiscard]] bool is_in(std::string_view text) const;
  /// Every form, the longest first.
  [[nodiscard]] const std::vector<std::string>& forms() const { return forms_; }

 private:
  [[nodiscard]] std::string redact_plain(std::string_view text) const;
  [[nodiscard]] codec::Json redact_document(codec::Json document) const;

  std::vector<std::string> forms_;
};

}  // namespace rhumb::registry
