#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace rhumb::cli {

struct App;

/// A token of a registry in exchange for the one that the CI platform gives a job, where there is
/// one: RHUMB_ID_TOKEN (such as GitLab's `id_tokens`), the file RHUMB_ID_TOKEN_FILE (such as what
/// Kubernetes projects), or what GitHub Actions gives to jobs with `id-token: write`.
///
/// Shape: nothing when the environment offers none. Of GitHub a token for the registry's address is
/// asked for, or for RHUMB_ID_TOKEN_AUDIENCE.
/// Errors: kDenied when the registry takes none of that kind; kIo for the file; kUnavailable.
/// Source: RFC 8693; GitHub's "OpenID Connect reference".
Result<std::optional<std::string>> exchange_ci_token(App& app, const std::string& endpoint);

}  // namespace rhumb::cli
