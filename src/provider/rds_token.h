#pragma once

#include <string>

#include "base/result.h"
#include "provider/aws_credentials.h"
#include "provider/sigv4.h"

namespace rhumb::provider {

/// Whom a database of Amazon RDS lets in.
struct RdsLogin {
  std::string endpoint{};  ///< host and port
  std::string username{};
  std::string region{};
};

/// The password that stands for the credentials during 15 minutes: a signed URL without its scheme.
///
/// Errors: kInvalid for an endpoint without a port, which the server would not recognise.
/// Source: Amazon RDS User Guide, "Connecting to your DB instance using IAM authentication"; the
/// form is that of `aws rds generate-db-auth-token`.
[[nodiscard]] Result<std::string> make_rds_token(const RdsLogin& login,
                                                 const AwsCredentials& credentials,
                                                 sys::Instant time);

}  // namespace rhumb::provider
