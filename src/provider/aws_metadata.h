#pragma once

#include "base/result.h"
#include "provider/aws_credentials.h"

namespace rhumb::provider {

/// The credentials that a container or an instance of AWS gives to what runs in it.
///
/// The container's server is asked when AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI names
/// it, the instance's (IMDSv2) otherwise, unless AWS_EC2_METADATA_DISABLED is `true`.
///
/// Errors: kNotFound `no AWS credentials found; ...` when nobody answers; kInvalid for a full URI
/// that is neither https nor of this machine; else what the server that answered did not give.
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider" and "IMDS credential
/// provider"; Amazon EC2 User Guide, "Use IMDSv2" (session token by PUT, then GET).
[[nodiscard]] Result<AwsCredentials> find_machine_credentials(const sys::Environment& environment,
                                                              HttpSender& sender);

}  // namespace rhumb::provider
