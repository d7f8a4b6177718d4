#pragma once

#include <string>

#include "base/result.h"
#include "provider/aws_credentials.h"
#include "provider/google_token.h"
#include "sys/clock.h"

/// Texts that cloud providers keep for those who may read them.
///
/// Errors: those of finding credentials; kNotFound, kDenied or kUnavailable when the service
/// refuses, `<type>: <message>` as AWS says it.
namespace rhumb::provider {

/// The current text of a secret of AWS Secrets Manager, by name or ARN. A binary one is given as
/// its bytes. AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL name another service. Source:
/// AWS Secrets Manager API Reference, GetSecretValue.
[[nodiscard]] Result<std::string> read_aws_secret(const AwsLookup& lookup,
                                                  const std::string& name,
                                                  sys::Instant time);

/// The value of a parameter of AWS Systems Manager, decrypted. AWS_ENDPOINT_URL_SSM or
/// AWS_ENDPOINT_URL name another service.
/// Source: AWS Systems Manager API Reference, GetParameter.
[[nodiscard]] Result<std::string> read_aws_parameter(const AwsLookup& lookup,
                                                     const std::string& name,
                                                     sys::Instant time);

/// The latest version of a secret of Google's Secret Manager: `projects/<project>/secrets/<name>`.
/// Errors: also kInvalid for a name of another form.
/// Source: Secret Manager API, projects.secrets.versions.access.
[[nodiscard]] Result<std::string> read_google_secret(const GoogleLookup& lookup,
                                                     const std::string& name);

}  // namespace rhumb::provider
