#include "graphql/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "graphql/validate_internal.h"

namespace rhumb::graphql {
namespace {

void collect_spreads(const std::vector<Selection>& selections, std::vector<const Selection*>& out) {
  for (const Selection& selection : selections) {
    if (selection.kind == SelectionKind::kFragmentSpread) {
      out.push_back(&selection);
    }
    collect_spreads(selection.selections, out);
  }
}

/// Fragments, what they spread and what is reachable from operations.
class FragmentGraph {
 public:
  explicit FragmentGraph(const Validation& validation) : validation_(validation) {}

  bool check() {
    bool good = true;
    for (const Fragment& fragment : validation_.document.fragments) {
      collect_spreads(fragment.selections, spreads_[fragment.name]);
    }
    for (const Operation& operation : validation_.document.operations) {
      std::vector<const Selection*> spreads;
      collect_spreads(operation.selections, spreads);
      good = follow(spreads) && good;
    }
    for (const Fragment& fragment : validation_.document.fragments) {
      if (state_[fragment.name] == State::kNew) {
        validation_.report(fragment.position,
                           fmt::format("fragment \"{}\" is not used", fragment.name));
        good = follow({spreads_[fragment.name]}) && good;
      }
    }
    return good;
  }

 private:
  enum class State { kNew, kOpen, kDone };

  bool follow(const std::vector<const Selection*>& spreads) {
    bool good = true;
    for (const Selection* spread : spreads) {
      good = visit(*spread) && good;
    }
    return good;
  }

  /// Recursion is as deep as there are fragments, which kFragmentsMax bounds.
  bool visit(const Selection& spread) {
    if (spreads_.find(spread.name) == spreads_.end()) {
      validation_.report(spread.position,
                         fmt::format("fragment \"{}\" is not defined", spread.name));
      return false;
    }
    State& state = state_[spread.name];
    if (state == State::kOpen) {
      validation_.report(spread.position,
                         fmt::format("fragment \"{}\" contains itself", spread.name));
      return false;
    }
    if (state == State::kDone) {
      return true;
    }
    state = State::kOpen;
    const bool good = follow(spreads_[spread.name]);
    state_[spread.name] = State::kDone;
    return good;
  }

  const Validation& validation_;
  std::map<std::string, std::vector<const Selection*>> spreads_;
  std::map<std::string, State> state_;
};

/// More fragments or operations than this are refused.
constexpr size_t kFragmentsMax = 500;

bool check_operations(const Validation& validation) {
  bool good = true;
  std::set<std::string_view> names;
  const std::vector<Operation>& operations = validation.document.operations;
  for (const Operation& operation : operations) {
    if (operation.name.empty() && operations.size() > 1) {
      validation.report(operation.position,
                        "an operation without a name must be the only one of the document");
    }
    if (!operation.name.empty() && !names.insert(operation.name).second) {
      validation.report(operation.position,
                        fmt::format("operation \"{}\" is defined twice", operation.name));
    }
    if (validation.schema.root(operation.kind) == nullptr) {
      validation.report(operation.position, fmt::format("this server has no operations of kind {}",
                                                        to_string(operation.kind)));
      good = false;
    }
  }
  return good;
}

bool check_fragments(const Validation& validation) {
  bool good = true;
  std::set<std::string_view> names;
  for (const Fragment& fragment : validation.document.fragments) {
    if (!names.insert(fragment.name).second) {
      validation.report(fragment.position,
                        fmt::format("fragment \"{}\" is defined twice", fragment.name));
      good = false;
    }
    const Type* type = validation.schema.find_type(fragment.type_condition);
    if (type == nullptr || !type->is_composite()) {
      validation.report(fragment.position,
                        fmt::format("fragment \"{}\" is on \"{}\", which is no type with fields",
                                    fragment.name, fragment.type_condition));
      good = false;
    }
  }
  return FragmentGraph(validation).check() && good;
}

/// Size of selection sets once fragments are filled in; each fragment is measured once.
class Measure {
 public:
  explicit Measure(const Validation& validation) : validation_(validation) {}

  struct Size {
    size_t depth = 0;
    size_t fields = 0;
  };

  Size of(const std::vector<Selection>& selections) {
    Size size;
    for (const Selection& selection : selections) {
      Size inner;
      if (selection.kind == SelectionKind::kFragmentSpread) {
        inner = of_fragment(selection.name);
      } else {
        inner = of(selection.selections);
      }
      if (selection.kind == SelectionKind::kField) {
        ++inner.depth;
        ++inner.fields;
      }
      size.depth = std::max(size.depth, inner.depth);
      size.fields = std::min(size.fields + inner.fields, kSaturated);
    }
    return size;
  }

 private:
  static constexpr size_t kSaturated = 1'000'000'000;

  Size of_fragment(const std::string& name) {
    const auto known = fragments_.find(name);
    if (known != fragments_.end()) {
      return known->second;
    }
    const Size size = of(validation_.document.find_fragment(name)->selections);
    fragments_[name] = size;
    return size;
  }

  const Validation& validation_;
  std::map<std::string, Size> fragments_;
};

}  // namespace

bool check_definitions(const Validation& validation) {
  const Document& document = validation.document;
  if (document.fragments.size() > kFragmentsMax || document.operations.size() > kFragmentsMax) {
    validation.diagnostics.add(
        Error(ErrorCode::kLimit,
              fmt::format("document has more than {} operations or fragments", kFragmentsMax)));
    return false;
  }
  const bool operations = check_operations(validation);
  return check_fragments(validation) && operations;
}

bool check_limits(const Validation& validation) {
  Measure measure(validation);
  size_t fields = 0;
  for (const Operation& operation : validation.document.operations) {
    const Measure::Size size = measure.of(operation.selections);
    fields += size.fields;
    if (size.depth > validation.limits.depth_max) {
      validation.diagnostics.add(
          error_at(operation.position,
                   fmt::format("operation is {} fields deep; at most {} are allowed", size.depth,
                               validation.limits.depth_max))
              .with_code(ErrorCode::kLimit));
      return false;
    }
  }
  if (fields > validation.limits.fields_max) {
    validation.diagnostics.add(
        Error(ErrorCode::kLimit, fmt::format("document selects {} fields; at most {} are allowed",
                                             fields, validation.limits.fields_max)));
    return false;
  }
  return true;
}

void validate(const Schema& schema,
              const Document& document,
              const InputRules& rules,
              const Limits& limits,
              Diagnostics& diagnostics) {
  const Validation validation{.schema = schema,
                              .document = document,
                              .rules = rules,
                              .limits = limits,
                              .diagnostics = diagnostics};
  if (!check_definitions(validation) || !check_limits(validation)) {
    return;
  }
  std::map<std::string, Mentions> fragments;
  for (const Fragment& fragment : document.fragments) {
    Mentions& mentions = fragments[fragment.name];
    check_directives(validation, fragment.directives, "FRAGMENT_DEFINITION", mentions);
    check_selections(validation, fragment.selections, schema.type(fragment.type_condition),
                     mentions);
  }
  for (const Operation& operation : document.operations) {
    Mentions mentions;
    const char* location = operation.kind == OperationKind::kQuery ? "QUERY" : "MUTATION";
    check_directives(validation, operation.directives, location, mentions);
    check_selections(validation, operation.selections, *schema.root(operation.kind), mentions);
    check_variables(validation, operation, mentions, fragments);
  }
  if (!diagnostics.empty()) {
    return;  // fields that do not exist cannot be compared
  }
  for (const Operation& operation : document.operations) {
    check_merging(validation, operation.selections, *schema.root(operation.kind));
  }
}

}  // namespace rhumb::graphql
