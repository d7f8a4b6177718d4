#pragma once

#include <string_view>

namespace rhumb::graphql {

/// The scalars, directives and introspection types that every schema has, in the schema definition
/// language. Internal to this folder.
/// Source: GraphQL specification, October 2021, sections 3.5, 3.13 and 4.2.
std::string_view builtin_sdl();

}  // namespace rhumb::graphql
