#include "graphql/resolver.h"

#include <algorithm>
#include <utility>

namespace rhumb::graphql {

using codec::Json;

const Json& FieldCall::input() const {
  static const Json null;
  const Json* found = arguments_.find("input");
  return found == nullptr ? null : *found;
}

bool FieldCall::selects(std::string_view field) const {
  return std::any_of(selections_.begin(), selections_.end(), [&](const Selection* selection) {
    return selects_in(selection->selections, field);
  });
}

bool FieldCall::selects_in(const std::vector<Selection>& selections, std::string_view field) const {
  const size_t dot = std::min(field.find('.'), field.size());
  const std::string_view below = field.substr(std::min(dot + 1, field.size()));
  return std::any_of(selections.begin(), selections.end(), [&](const Selection& selection) {
    switch (selection.kind) {
      case SelectionKind::kField:
        return selection.name == field.substr(0, dot) &&
               (below.empty() || selects_in(selection.selections, below));
      case SelectionKind::kInlineFragment:
        return selects_in(selection.selections, field);
      case SelectionKind::kFragmentSpread: {
        const Fragment* fragment = document_.find_fragment(selection.name);
        return fragment != nullptr && selects_in(fragment->selections, field);
      }
    }
    return false;
  });
}

Error FieldCall::fail(Error error, std::string code, Json details) {
  extensions_.code = std::move(code);
  extensions_.details = std::move(details);
  return error;
}

void Resolvers::add(std::string type, std::string field, Resolver resolver) {
  table_[std::move(type)][std::move(field)] = std::move(resolver);
}

const Resolver* Resolvers::find(std::string_view type, std::string_view field) const {
  const auto fields = table_.find(type);
  if (fields == table_.end()) {
    return nullptr;
  }
  const auto found = fields->second.find(field);
  return found == fields->second.end() ? nullptr : &found->second;
}

std::vector<Resolvers::Name> Resolvers::names() const {
  std::vector<Name> names;
  for (const auto& type : table_) {
    for (const auto& field : type.second) {
      names.push_back({.type = type.first, .field = field.first});
    }
  }
  return names;
}

}  // namespace rhumb::graphql
