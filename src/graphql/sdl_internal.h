#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "graphql/schema.h"

/// The steps from an SDL text to a schema: read, build, check.
namespace rhumb::graphql {

/// Definitions as written, before names are resolved.
struct Definitions {
  std::vector<Type> types;
  std::vector<Type> extensions;
  std::vector<Directive> directives;
  std::string description;
  std::vector<std::pair<OperationKind, TypeRef>> roots;
  bool has_schema_block = false;
};

/// Reads the definitions of a text and adds them to `out`. Errors: kInvalid with a position.
Result<void> parse_definitions(std::string_view sdl, Definitions& out);

/// Checks a schema whose types and roots are known: names, members, interfaces, defaults.
/// Errors: kInvalid, the first problem.
Result<void> check_schema(const Schema& schema);

}  // namespace rhumb::graphql
