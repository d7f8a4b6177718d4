#pragma once

#include <optional>
#include <string_view>

#include "codec/json.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// The value of an introspection field (`__schema`, `__type`, fields of types whose name begins
/// with two underscores); nothing when the field is read from its parent. Internal to this folder.
/// Source: GraphQL specification, October 2021, section 4.
std::optional<codec::Json> resolve_introspection(const Schema& schema,
                                                 std::string_view type,
                                                 std::string_view field,
                                                 const codec::Json& parent,
                                                 const codec::Json& arguments);

}  // namespace rhumb::graphql
