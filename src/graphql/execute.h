#pragma once

#include "codec/json.h"
#include "graphql/ast.h"
#include "graphql/engine.h"

namespace rhumb::graphql {

/// What running an operation needs. Internal to this folder.
struct Execution {
  const Schema& schema;
  const Resolvers& resolvers;
  const InputRules& rules;
  const Limits& limits;
  const Document& document;
  Context& context;
  codec::Json& variables;  ///< as read_variables() returned them; what is used once is taken out
};

/// Runs a valid operation and fills in data and errors.
void run_operation(const Execution& execution, const Operation& operation, Response& response);

}  // namespace rhumb::graphql
