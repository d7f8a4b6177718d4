#include <fmt/format.h>

#include <algorithm>

#include "graphql/validate_internal.h"

namespace rhumb::graphql {
namespace {

class SelectionChecker {
 public:
  SelectionChecker(const Validation& validation, Mentions& mentions)
      : validation_(validation), mentions_(mentions) {}

  void check(const std::vector<Selection>& selections, const Type& parent) {
    for (const Selection& selection : selections) {
      switch (selection.kind) {
        case SelectionKind::kField:
          check_field(selection, parent);
          break;
        case SelectionKind::kFragmentSpread:
          check_spread(selection, parent);
          break;
        case SelectionKind::kInlineFragment:
          check_inline_fragment(selection, parent);
          break;
      }
    }
  }

  void check_directive_uses(const std::vector<DirectiveUse>& uses, std::string_view location) {
    std::set<std::string_view> seen;
    for (const DirectiveUse& use : uses) {
      const Directive* directive = validation_.schema.find_directive(use.name);
      if (directive == nullptr) {
        validation_.report(use.position, fmt::format("directive @{} is not defined", use.name));
        continue;
      }
      if (!directive->allowed_at(location)) {
        validation_.report(use.position,
                           fmt::format("directive @{} is not allowed here", use.name));
      }
      if (!seen.insert(use.name).second && !directive->repeatable) {
        validation_.report(use.position, fmt::format("directive @{} is given twice", use.name));
      }
      check_arguments(use.arguments, directive->arguments, use.position,
                      fmt::format("directive @{}", use.name));
    }
  }

 private:
  void check_field(const Selection& selection, const Type& parent) {
    check_directive_uses(selection.directives, "FIELD");
    const Field* field = validation_.schema.find_selected_field(parent, selection.name);
    if (field == nullptr) {
      validation_.report(selection.position, fmt::format("field \"{}\" does not exist on type {}",
                                                         selection.name, parent.name));
      return;
    }
    check_arguments(selection.arguments, field->arguments, selection.position,
                    fmt::format("field \"{}\"", selection.name));
    const Type& type = validation_.schema.type(field->type.name);
    if (!type.is_composite() && !selection.selections.empty()) {
      validation_.report(selection.position,
                         fmt::format("field \"{}\" of type {} has no fields to select",
                                     selection.name, format_type(field->type)));
      return;
    }
    if (type.is_composite() && selection.selections.empty()) {
      validation_.report(selection.position,
                         fmt::format("field \"{}\" of type {} needs a selection of its fields",
                                     selection.name, format_type(field->type)));
      return;
    }
    check(selection.selections, type);
  }

  void check_arguments(const std::vector<Argument>& given,
                       const std::vector<InputValue>& declared,
                       const SourcePosition& position,
                       const std::string& owner) {
    std::set<std::string_view> seen;
    const LiteralCheck literals{.schema = validation_.schema,
                                .rules = validation_.rules,
                                .diagnostics = validation_.diagnostics,
                                .uses = mentions_.variables};
    for (const Argument& argument : given) {
      const auto place =
          std::find_if(declared.begin(), declared.end(),
                       [&argument](const InputValue& one) { return one.name == argument.name; });
      if (place == declared.end()) {
        validation_.report(argument.position,
                           fmt::format("{} has no argument \"{}\"", owner, argument.name));
        continue;
      }
      if (!seen.insert(argument.name).second) {
        validation_.report(argument.position,
                           fmt::format("argument \"{}\" is given twice", argument.name));
      }
      check_literal(literals, argument.value, *place,
                    fmt::format("argument \"{}\"", argument.name));
    }
    for (const InputValue& place : declared) {
      if (place.required() && seen.count(place.name) == 0) {
        validation_.report(position, fmt::format("{} lacks the argument \"{}\" of type {}", owner,
                                                 place.name, format_type(place.type)));
      }
    }
  }

  void check_spread(const Selection& selection, const Type& parent) {
    check_directive_uses(selection.directives, "FRAGMENT_SPREAD");
    mentions_.fragments.insert(selection.name);
    const Fragment* fragment = validation_.document.find_fragment(selection.name);
    const Type& condition = validation_.schema.type(fragment->type_condition);
    if (!validation_.schema.overlap(condition, parent)) {
      validation_.report(selection.position,
                         fmt::format("fragment \"{}\" on {} never fits type {}", selection.name,
                                     condition.name, parent.name));
    }
  }

  void check_inline_fragment(const Selection& selection, const Type& parent) {
    check_directive_uses(selection.directives, "INLINE_FRAGMENT");
    if (selection.name.empty()) {
      check(selection.selections, parent);
      return;
    }
    const Type* condition = validation_.schema.find_type(selection.name);
    if (condition == nullptr || !condition->is_composite()) {
      validation_.report(
          selection.position,
          fmt::format("fragment on \"{}\", which is no type with fields", selection.name));
      return;
    }
    if (!validation_.schema.overlap(*condition, parent)) {
      validation_.report(selection.position, fmt::format("fragment on {} never fits type {}",
                                                         condition->name, parent.name));
    }
    check(selection.selections, *condition);
  }

  const Validation& validation_;
  Mentions& mentions_;
};

/// A variable of type `given` may stand where `expected` is wanted.
bool fits(const TypeRef& given, const TypeRef& expected) {
  if (expected.non_null()) {
    return given.non_null() && fits(given.nullable(), expected.nullable());
  }
  if (given.non_null()) {
    return fits(given.nullable(), expected);
  }
  if (expected.is_list() || given.is_list()) {
    return expected.is_list() && given.is_list() && fits(given.element(), expected.element());
  }
  return given.name == expected.name;
}

/// As fits(); a default of the variable or of the place allows a nullable variable.
bool fits_use(const VariableDefinition& variable, const VariableUse& use) {
  if (use.expected.name.empty()) {
    return true;
  }
  const bool has_default = use.has_default || (variable.default_value &&
                                               variable.default_value->kind != ValueKind::kNull);
  if (use.expected.non_null() && !variable.type.non_null() && has_default) {
    return fits(variable.type, use.expected.nullable());
  }
  return fits(variable.type, use.expected);
}

void check_variable_definitions(const Validation& validation, const Operation& operation) {
  std::set<std::string_view> names;
  for (const VariableDefinition& variable : operation.variables) {
    if (!names.insert(variable.name).second) {
      validation.report(variable.position,
                        fmt::format("variable \"{}\" is defined twice", variable.name));
    }
    Mentions none;
    check_directives(validation, variable.directives, "VARIABLE_DEFINITION", none);
    const Type* type = validation.schema.find_type(variable.type.name);
    if (type == nullptr || !type->is_input()) {
      validation.report(variable.position,
                        fmt::format("variable \"{}\" has the type {}, which is no input type",
                                    variable.name, format_type(variable.type)));
      continue;
    }
    if (variable.default_value) {
      const InputValue place{.name = variable.name,
                             .description = "",
                             .type = variable.type,
                             .default_value = {},
                             .deprecation_reason = {}};
      check_literal({.schema = validation.schema,
                     .rules = validation.rules,
                     .diagnostics = validation.diagnostics,
                     .uses = none.variables},
                    *variable.default_value, place,
                    fmt::format("default of variable \"{}\"", variable.name));
    }
  }
}

void gather(const Mentions& mentions,
            const std::map<std::string, Mentions>& fragments,
            std::set<std::string>& seen,
            std::vector<const Mentions*>& out) {
  out.push_back(&mentions);
  for (const std::string& name : mentions.fragments) {
    if (seen.insert(name).second) {
      gather(fragments.at(name), fragments, seen, out);
    }
  }
}

}  // namespace

void check_selections(const Validation& validation,
                      const std::vector<Selection>& selections,
                      const Type& parent,
                      Mentions& mentions) {
  SelectionChecker(validation, mentions).check(selections, parent);
}

void check_directives(const Validation& validation,
                      const std::vector<DirectiveUse>& directives,
                      std::string_view location,
                      Mentions& mentions) {
  SelectionChecker(validation, mentions).check_directive_uses(directives, location);
}

void check_variables(const Validation& validation,
                     const Operation& operation,
                     const Mentions& mentions,
                     const std::map<std::string, Mentions>& fragments) {
  check_variable_definitions(validation, operation);
  std::set<std::string> seen;
  std::vector<const Mentions*> all;
  gather(mentions, fragments, seen, all);
  std::set<std::string_view> used;
  for (const Mentions* one : all) {
    for (const VariableUse& use : one->variables) {
      used.insert(use.name);
      const auto variable =
          std::find_if(operation.variables.begin(), operation.variables.end(),
                       [&use](const VariableDefinition& v) { return v.name == use.name; });
      if (variable == operation.variables.end()) {
        validation.report(use.position, fmt::format("variable \"{}\" is not defined", use.name));
      } else if (!fits_use(*variable, use)) {
        validation.report(
            use.position,
            fmt::format("variable \"{}\" of type {} is used where {} is expected", use.name,
                        format_type(variable->type), format_type(use.expected)));
      }
    }
  }
  for (const VariableDefinition& variable : operation.variables) {
    if (used.count(variable.name) == 0) {
      validation.report(variable.position,
                        fmt::format("variable \"{}\" is not used", variable.name));
    }
  }
}

}  // namespace rhumb::graphql
