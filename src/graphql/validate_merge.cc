// Two selections with one reply key become one member of the answer, so they must mean the same
// field with the same arguments (`{ a: x(n: 1) a: x(n: 2) }` has no answer). Selections that can
// never both apply, because their parents are different object types, may differ in that, but their
// answers must have the same shape.
//
// Two passes over the same tree: one compares the shapes of all fields under a key, the other
// compares meanings among the fields that can apply to one object, which are those of each object
// type together with those of interfaces and unions. Comparing with the first of a group is
// enough, because both relations are transitive. Fields of interfaces are visited once for every
// object type beside them, so the work is counted and bounded.

#include <fmt/format.h>

#include "graphql/validate_internal.h"

namespace rhumb::graphql {
namespace {

struct Entry {
  const Selection* selection = nullptr;
  const Type* parent = nullptr;
  const Field* field = nullptr;
};

using Groups = std::map<std::string_view, std::vector<Entry>>;

bool same_arguments(const std::vector<Argument>& a, const std::vector<Argument>& b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (const Argument& one : a) {
    bool found = false;
    for (const Argument& other : b) {
      found = found || (one.name == other.name && same_value(one.value, other.value));
    }
    if (!found) {
      return false;
    }
  }
  return true;
}

/// Selections compared before a document is refused as too complex.
constexpr size_t kComparisonsMax = 200'000;

class MergeChecker {
 public:
  explicit MergeChecker(const Validation& validation) : validation_(validation) {}

  void run(const std::vector<Selection>& selections, const Type& parent) {
    Groups groups;
    gather(selections, parent, groups);
    check_shapes(groups);
    check_meanings(groups);
  }

 private:
  void gather(const std::vector<Selection>& selections, const Type& parent, Groups& groups) {
    for (const Selection& selection : selections) {
      switch (selection.kind) {
        case SelectionKind::kField:
          groups[selection.response_key()].push_back(
              {.selection = &selection,
               .parent = &parent,
               .field = validation_.schema.find_selected_field(parent, selection.name)});
          break;
        case SelectionKind::kFragmentSpread: {
          const Fragment* fragment = validation_.document.find_fragment(selection.name);
          gather(fragment->selections, validation_.schema.type(fragment->type_condition), groups);
          break;
        }
        case SelectionKind::kInlineFragment:
          gather(selection.selections,
                 selection.name.empty() ? parent : validation_.schema.type(selection.name), groups);
          break;
      }
    }
  }

  Groups below(const std::vector<Entry>& entries) {
    Groups groups;
    for (const Entry& entry : entries) {
      gather(entry.selection->selections, validation_.schema.type(entry.field->type.name), groups);
    }
    return groups;
  }

  void check_shapes(const Groups& groups) {
    for (const auto& group : groups) {
      const std::vector<Entry>& entries = group.second;
      for (const Entry& entry : entries) {
        const bool same = same_shape(entries.front().field->type, entry.field->type);
        if (!count() || !expect(same, entry)) {
          return;
        }
      }
      check_shapes(below(entries));
    }
  }

  void check_meanings(const Groups& groups) {
    for (const auto& group : groups) {
      for (const std::vector<Entry>& entries : by_object(group.second)) {
        for (const Entry& entry : entries) {
          if (!count() || !expect(same_meaning(entries.front(), entry), entry)) {
            return;
          }
        }
        check_meanings(below(entries));
      }
    }
  }

  /// The entries that can apply to one object: one group for each object type among the parents,
  /// each with all entries of abstract parents.
  static std::vector<std::vector<Entry>> by_object(const std::vector<Entry>& entries) {
    std::map<std::string_view, std::vector<Entry>> objects;
    std::vector<Entry> abstract;
    for (const Entry& entry : entries) {
      if (entry.parent->kind == TypeKind::kObject) {
        objects[entry.parent->name].push_back(entry);
      } else {
        abstract.push_back(entry);
      }
    }
    std::vector<std::vector<Entry>> groups;
    for (auto& object : objects) {
      object.second.insert(object.second.end(), abstract.begin(), abstract.end());
      groups.push_back(std::move(object.second));
    }
    if (groups.empty()) {
      groups.push_back(std::move(abstract));
    }
    return groups;
  }

  static bool same_meaning(const Entry& a, const Entry& b) {
    return a.field->name == b.field->name &&
           same_arguments(a.selection->arguments, b.selection->arguments);
  }

  [[nodiscard]] bool same_shape(const TypeRef& a, const TypeRef& b) const {
    if (a.wrappers != b.wrappers) {
      return false;
    }
    return a.name == b.name || (validation_.schema.type(a.name).is_composite() &&
                                validation_.schema.type(b.name).is_composite());
  }

  /// False once something was reported: one problem of this kind is enough.
  bool expect(bool good, const Entry& entry) {
    if (!good && !done_) {
      done_ = true;
      validation_.report(
          entry.selection->position,
          fmt::format("\"{}\" is selected twice with different meanings; use an alias",
                      entry.selection->response_key()));
    }
    return !done_;
  }

  bool count() {
    if (++comparisons_ > kComparisonsMax && !done_) {
      done_ = true;
      validation_.diagnostics.add(
          Error(ErrorCode::kLimit, "document has too many overlapping selections"));
    }
    return !done_;
  }

  const Validation& validation_;
  size_t comparisons_ = 0;
  bool done_ = false;
};

}  // namespace

void check_merging(const Validation& validation,
                   const std::vector<Selection>& selections,
                   const Type& parent) {
  MergeChecker(validation).run(selections, parent);
}

}  // namespace rhumb::graphql
