#pragma once

#include <string_view>

#include "base/result.h"
#include "graphql/ast.h"

namespace rhumb::graphql {

/// Reads an executable document: operations and fragments.
///
/// Shape: only the grammar is checked; validate() checks it against a schema. At least one
/// definition is there.
/// Errors: kInvalid, kUnterminated, kLimit (nested deeper than kNestingMax, more tokens than
/// kTokensMax); each has a span.
/// Source: GraphQL specification, October 2021, section 2.
Result<Document> parse_document(std::string_view source);

}  // namespace rhumb::graphql
