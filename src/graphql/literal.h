#pragma once

#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "graphql/input.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// A variable standing where a value of type `expected` is wanted. `has_default`: the place has a
/// default of its own, so a nullable variable fits a non-null place.
struct VariableUse {
  std::string name;
  SourcePosition position;
  TypeRef expected;
  bool has_default = false;
};

/// What check_literal() compares with and where it reports. Internal to this folder.
struct LiteralCheck {
  const Schema& schema;
  const InputRules& rules;
  Diagnostics& diagnostics;
  std::vector<VariableUse>& uses;
};

/// Reports every way in which `value` does not fit `type`, and records the variables inside.
/// `what` names the place in messages: `argument "input"`.
void check_literal(const LiteralCheck& check,
                   const Value& value,
                   const InputValue& place,
                   const std::string& what);

/// An Error with a position in the document.
[[nodiscard]] Error error_at(const SourcePosition& position, std::string message);

}  // namespace rhumb::graphql
