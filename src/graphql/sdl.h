#pragma once

#include <string_view>

#include "base/diagnostics.h"
#include "base/result.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// Reads a schema written in the schema definition language and checks it.
///
/// Shape: definitions and extensions of every kind; a `schema` block, or root types by their
/// conventional names Query, Mutation and Subscription. Built-in scalars, directives and the
/// introspection types are added.
/// Errors: kInvalid, kUnterminated, kLimit, with a span: grammar; a name defined twice or unknown;
/// an output type where an input type belongs, and the reverse; a default value that does not fit;
/// an interface not implemented; an input object that needs itself. The first problem is returned.
/// Source: GraphQL specification, October 2021, sections 3 and 2.
Result<Schema> parse_schema(std::string_view sdl);

}  // namespace rhumb::graphql
