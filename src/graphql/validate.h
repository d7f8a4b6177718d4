#pragma once

#include <cstddef>

#include "base/diagnostics.h"
#include "graphql/ast.h"
#include "graphql/input.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// Bounds of one request, so that a small document cannot ask for a huge answer.
struct Limits {
  size_t depth_max = 20;          ///< fields inside fields, fragments included
  size_t fields_max = 2'000;      ///< fields after fragments are filled in, over the document
  size_t values_max = 2'000'000;  ///< values of an answer
  size_t errors_max = 100;        ///< errors of an answer
};

/// Checks a document against a schema by the rules of the specification, and against the limits.
///
/// Shape: problems in the order of the rules, each with a position; none means that executing an
/// operation of it can only fail for reasons of data. Safe from any thread.
/// Errors in `diagnostics`: kInvalid, kLimit.
/// Source: GraphQL specification, October 2021, section 5. Rule 5.2.3 (subscriptions) is not here:
/// no subscription can be executed.
void validate(const Schema& schema,
              const Document& document,
              const InputRules& rules,
              const Limits& limits,
              Diagnostics& diagnostics);

}  // namespace rhumb::graphql
