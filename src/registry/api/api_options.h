#pragma once

#include "base/result.h"
#include "graphql/engine.h"

/// What an administrator sets for the API alone.
namespace rhumb::registry {

struct ApiOptions {
  bool asks_attestation = false;  ///< of new passkeys, who made their authenticators
};

/// As make_api(), but for these.
Result<graphql::Engine> make_api(const ApiOptions& options);

}  // namespace rhumb::registry
