#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "graphql/literal.h"
#include "graphql/validate.h"

namespace rhumb::graphql {

/// What the parts of validation share. Internal to this folder.
struct Validation {
  const Schema& schema;
  const Document& document;
  const InputRules& rules;
  const Limits& limits;
  Diagnostics& diagnostics;

  void report(const SourcePosition& position, std::string message) const {
    diagnostics.add(error_at(position, std::move(message)));
  }
};

/// Variables and fragments that one operation or fragment mentions itself.
struct Mentions {
  std::vector<VariableUse> variables;
  std::set<std::string> fragments;
};

/// Names: operations and fragments unique, fragments known, used and without cycles, root types
/// there. False: the other rules cannot be checked.
bool check_definitions(const Validation& validation);
/// Depth and number of fields. False: the other rules could take too long.
bool check_limits(const Validation& validation);
/// Fields, arguments, directives and fragment conditions of one selection set.
void check_selections(const Validation& validation,
                      const std::vector<Selection>& selections,
                      const Type& parent,
                      Mentions& mentions);
/// Directives of an operation, fragment or variable; `location` as the schema language names it.
void check_directives(const Validation& validation,
                      const std::vector<DirectiveUse>& directives,
                      std::string_view location,
                      Mentions& mentions);
/// Variables of an operation: types, defaults, all uses defined and fitting, all definitions used.
void check_variables(const Validation& validation,
                     const Operation& operation,
                     const Mentions& mentions,
                     const std::map<std::string, Mentions>& fragments);
/// Fields of one reply key can be merged into one.
void check_merging(const Validation& validation,
                   const std::vector<Selection>& selections,
                   const Type& parent);

}  // namespace rhumb::graphql
