#pragma once

#include <string_view>

#include "base/result.h"
#include "graphql/engine.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// The schema of the API, as `src/registry/api/registry.graphql` has it.
[[nodiscard]] std::string_view api_schema();

/// The GraphQL engine of the registry: the whole schema; every root field has a resolver.
Result<graphql::Engine> make_api();

}  // namespace rhumb::registry
