#include "provider/aws_credentials.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/go_format.h"
#include "provider/aws_config.h"
#include "provider/aws_metadata.h"

namespace rhumb::provider {
namespace {

/// Settings of a profile that get credentials by a way that is not taken here.
constexpr std::string_view kOtherWays[] = {"role_arn", "sso_session", "sso_start_url",
                                           "credential_process", "web_identity_token_file"};

std::optional<AwsCredentials> complete(AwsCredentials credentials) {
  const bool has_both =
      !credentials.access_key_id.empty() && !credentials.secret_access_key.empty();
  return has_both ? std::optional(std::move(credentials)) : std::nullopt;
}

std::optional<AwsCredentials> from_environment(const sys::Environment& environment) {
  return complete({.access_key_id = environment.get_or_empty("AWS_ACCESS_KEY_ID"),
                   .secret_access_key = environment.get_or_empty("AWS_SECRET_ACCESS_KEY"),
                   .session_token = environment.get_or_empty("AWS_SESSION_TOKEN")});
}

Error unsupported_way(const std::string& profile, std::string_view setting) {
  return Error(
      ErrorCode::kUnsupported,
      fmt::format("profile {} gets its credentials by {}, which is not supported; put "
                  "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN into the "
                  "environment, for example with 'aws configure export-credentials'",
                  go_quote(profile), setting));
}

/// Nothing when the profile says nothing of credentials.
Result<std::optional<AwsCredentials>> from_profile(const AwsConfig& config,
                                                   const std::string& profile) {
  const auto setting = [&](std::string_view name) { return config.setting(profile, name); };
  for (const std::string_view way : kOtherWays) {
    if (!setting(way).empty()) {
      return unsupported_way(profile, way);
    }
  }
  std::optional<AwsCredentials> found =
      complete({.access_key_id = setting("aws_access_key_id"),
                .secret_access_key = setting("aws_secret_access_key"),
                .session_token = setting("aws_session_token")});
  const bool has_half =
      !setting("aws_access_key_id").empty() || !setting("aws_secret_access_key").empty();
  if (!found && has_half) {
    return invalid(fmt::format("profile {} needs both aws_access_key_id and aws_secret_access_key",
                               go_quote(profile)));
  }
  return found;
}

Result<AwsCredentials> from_asked_profile(const AwsConfig& config, const std::string& profile) {
  if (config.find(profile) == nullptr) {
    return invalid(
        fmt::format("profile {} is in none of the shared files of AWS tools", go_quote(profile)));
  }
  const std::optional<AwsCredentials> found = TRY(from_profile(config, profile));
  return found ? Result<AwsCredentials>(*found)
               : invalid(fmt::format("profile {} has no credentials", go_quote(profile)));
}

}  // namespace

Result<AwsCredentials> find_aws_credentials(const AwsLookup& lookup) {
  const sys::Environment& environment = lookup.environment;
  const AwsConfig config = TRY(AwsConfig::read(environment));
  if (!lookup.profile.empty()) {
    return from_asked_profile(config, lookup.profile);
  }
  if (std::optional<AwsCredentials> found = from_environment(environment)) {
    return *std::move(found);
  }
  const std::string profile = choose_profile(environment, lookup.profile);
  if (!environment.get_or_empty("AWS_PROFILE").empty()) {
    return from_asked_profile(config, profile);
  }
  if (!environment.get_or_empty("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) {
    return unsupported_way(profile, "AWS_WEB_IDENTITY_TOKEN_FILE");
  }
  if (std::optional<AwsCredentials> found = TRY(from_profile(config, profile))) {
    return *std::move(found);
  }
  return find_machine_credentials(environment, lookup.sender);
}

Result<std::string> find_aws_region(const AwsLookup& lookup) {
  if (!lookup.region.empty()) {
    return lookup.region;
  }
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = lookup.environment.get_or_empty(variable); !region.empty()) {
      return region;
    }
  }
  const AwsConfig config = TRY(AwsConfig::read(lookup.environment));
  std::string region = config.setting(choose_profile(lookup.environment, lookup.profile), "region");
  if (region.empty()) {
    return invalid("no AWS region: set it, AWS_REGION, or the region of the profile");
  }
  return region;
}

}  // namespace rhumb::provider
