#pragma once

#include <string>

#include "base/result.h"
#include "provider/http_sender.h"
#include "sys/environment.h"

namespace rhumb::provider {

/// What proves to AWS who asks. Printed nowhere but where a signature has to name the key.
struct AwsCredentials {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};  ///< of temporary credentials
};

/// Where credentials and region are looked for.
struct AwsLookup {
  const sys::Environment& environment;
  HttpSender& sender;
  std::string profile{};  ///< asked for by the person; comes before the environment's keys then
  std::string region{};
};

/// The credentials of the first of these that has any: a profile that was asked for, the
/// environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), the profile of the
/// environment or `default`, the container, the instance.
///
/// Errors: kNotFound `no AWS credentials found; ...`; kInvalid for a profile that is not there or
/// is incomplete; kUnsupported for one that asks for a role, SSO or a program; kUnavailable when
/// the container's or the instance's server refuses. Source: AWS SDKs and Tools Reference Guide,
/// "Standardized credential providers".
[[nodiscard]] Result<AwsCredentials> find_aws_credentials(const AwsLookup& lookup);

/// The region asked for, else that of AWS_REGION, AWS_DEFAULT_REGION, or the profile.
/// Errors: kInvalid when nothing names one.
[[nodiscard]] Result<std::string> find_aws_region(const AwsLookup& lookup);

}  // namespace rhumb::provider
