#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/http_sender.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::provider {

inline constexpr std::string_view kCloudSqlScope =
    "https://www.googleapis.com/auth/sqlservice.login";
inline constexpr std::string_view kCloudPlatformScope =
    "https://www.googleapis.com/auth/cloud-platform";

/// Where Google's application default credentials are looked for.
struct GoogleLookup {
  const sys::Environment& environment;
  HttpSender& sender;
  sys::Instant time{};
};

/// An access token of the application default credentials: those of the file that
/// GOOGLE_APPLICATION_CREDENTIALS names, else of gcloud's own file, else of the machine's metadata
/// server (GCE_METADATA_HOST).
///
/// Errors: kNotFound `no Google credentials found; ...`; kInvalid for a file that is incomplete;
/// kUnsupported for a type other than `service_account` and `authorized_user`; of the token server.
/// Source: Google Cloud, "How Application Default Credentials works"; Google Identity, "Using OAuth
/// 2.0 for Server to Server Applications" (JWT, RFC 7523) and "... for Web Server Applications"
/// (refresh token); Compute Engine, "Authenticate workloads" (metadata server).
[[nodiscard]] Result<std::string> find_google_token(const GoogleLookup& lookup,
                                                    std::string_view scope);

}  // namespace rhumb::provider
