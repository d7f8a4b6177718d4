#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/environment.h"

namespace rhumb::provider {

/// The settings of one profile, names in lower case.
using AwsProfile = std::map<std::string, std::string, std::less<>>;

/// The profiles of the shared files of AWS tools, by name.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"
/// (file-format.html): sections `[name]` of the credentials file, `[default]` and `[profile name]`
/// of the config file, `#` and `;` comments, nested settings indented below an empty one.
class AwsConfig {
 public:
  /// Reads `~/.aws/credentials` and `~/.aws/config`, or what AWS_SHARED_CREDENTIALS_FILE and
  /// AWS_CONFIG_FILE name. A file that is not there has no profiles.
  /// Errors: what the operating system says of a file that can not be read.
  static Result<AwsConfig> read(const sys::Environment& environment);

  /// Adds what a text holds; what is there stays. `is_config`: profiles are `[profile name]`.
  void add(std::string_view text, bool is_config);

  /// Null when there is no such profile.
  [[nodiscard]] const AwsProfile* find(std::string_view profile) const;
  /// A setting of a profile, "" when there is none.
  [[nodiscard]] std::string setting(std::string_view profile, std::string_view name) const;

 private:
  std::map<std::string, AwsProfile, std::less<>> profiles_;
};

/// The profile that counts: the one asked for, else AWS_PROFILE, else `default`.
[[nodiscard]] std::string choose_profile(const sys::Environment& environment,
                                         const std::string& asked);

}  // namespace rhumb::provider
