#include "graphql/execute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "graphql/introspection.h"

namespace rhumb::graphql {
namespace {

using codec::Json;

/// The selections that share one reply key, with the field they name.
struct FieldGroup {
  std::string key;
  const Field* field = nullptr;
  std::vector<const Selection*> selections;
};
using FieldGroups = std::vector<FieldGroup>;

/// A completed value; nothing when it failed and its parent must become null.
using Completed = std::optional<Json>;

size_t count_uses(const Value& value, std::string_view variable) {
  size_t uses = value.kind == ValueKind::kVariable && value.text == variable ? 1 : 0;
  for (const Value& item : value.items) {
    uses += count_uses(item, variable);
  }
  return uses;
}

size_t count_uses(const std::vector<Argument>& arguments, std::string_view variable) {
  size_t uses = 0;
  for (const Argument& argument : arguments) {
    uses += count_uses(argument.value, variable);
  }
  return uses;
}

size_t count_uses(const std::vector<Selection>& selections, std::string_view variable) {
  size_t uses = 0;
  for (const Selection& selection : selections) {
    uses += count_uses(selection.arguments, variable);
    uses += count_uses(selection.selections, variable);
    for (const DirectiveUse& directive : selection.directives) {
      uses += count_uses(directive.arguments, variable);
    }
  }
  return uses;
}

class Executor {
 public:
  Executor(const Execution& execution, Response& response)
      : in_(execution),
        out_(response),
        reader_(execution.schema, execution.rules, execution.context) {}

  void run(const Operation& operation) {
    const Type& root = *in_.schema.root(operation.kind);
    operation_ = &operation;
    FieldGroups groups;
    collect(operation.selections, root, groups);
    Completed data = complete_fields(groups, root, Json());
    out_.executed = true;
    out_.data = data && !over_limit_ ? std::move(*data) : Json();
    out_.ignored_members.insert(out_.ignored_members.end(), reader_.ignored().begin(),
                                reader_.ignored().end());
    out_.ignored_count += reader_.ignored_count();
  }

 private:
  // ------------------------------------------------------------------------------- selections

  [[nodiscard]] bool is_included(const Selection& selection) const {
    return std::all_of(selection.directives.begin(), selection.directives.end(),
                       [this](const DirectiveUse& use) {
                         if (use.name != "skip" && use.name != "include") {
                           return true;
                         }
                         const Value& condition = use.arguments.front().value;
                         bool value = condition.text == "true";
                         if (condition.kind == ValueKind::kVariable) {
                           value = in_.variables.find_bool(condition.text).value_or(false);
                         }
                         return value == (use.name == "include");
                       });
  }

  [[nodiscard]] bool applies(std::string_view condition, const Type& object) const {
    if (condition.empty() || condition == object.name) {
      return true;
    }
    const std::vector<std::string> possible = in_.schema.possible_types(in_.schema.type(condition));
    return std::find(possible.begin(), possible.end(), object.name) != possible.end();
  }

  void collect(const std::vector<Selection>& selections, const Type& object, FieldGroups& groups) {
    for (const Selection& selection : selections) {
      if (!is_included(selection)) {
        continue;
      }
      if (selection.kind == SelectionKind::kField) {
        add_field(selection, object, groups);
      } else if (selection.kind == SelectionKind::kInlineFragment) {
        if (applies(selection.name, object)) {
          collect(selection.selections, object, groups);
        }
      } else {
        const Fragment* fragment = in_.document.find_fragment(selection.name);
        if (applies(fragment->type_condition, object)) {
          collect(fragment->selections, object, groups);
        }
      }
    }
  }

  void add_field(const Selection& selection, const Type& object, FieldGroups& groups) {
    const std::string& key = selection.response_key();
    const auto found = std::find_if(groups.begin(), groups.end(),
                                    [&key](const FieldGroup& group) { return group.key == key; });
    if (found != groups.end()) {
      found->selections.push_back(&selection);
      return;
    }
    groups.push_back({.key = key,
                      .field = in_.schema.find_selected_field(object, selection.name),
                      .selections = {&selection}});
  }

  /// The fields below a group for values of one object type: the same for every item of a list.
  const FieldGroups& below(const FieldGroup& group, const Type& object) {
    std::unique_ptr<FieldGroups>& groups = below_[{&group, &object}];
    if (groups == nullptr) {
      groups = std::make_unique<FieldGroups>();
      for (const Selection* selection : group.selections) {
        collect(selection->selections, object, *groups);
      }
    }
    return *groups;
  }

  // ----------------------------------------------------------------------------------- fields

  Completed complete_fields(const FieldGroups& groups, const Type& object, const Json& parent) {
    std::vector<Json::Member> members;
    members.reserve(groups.size());
    bool failed = false;
    for (const FieldGroup& group : groups) {
      path_.emplace_back(group.key);
      Completed value = complete_field(group, object, parent);
      path_.pop_back();
      failed = failed || !value || over_limit_;
      if (failed) {
        return std::nullopt;
      }
      members.push_back({.key = group.key, .value = std::move(*value)});
    }
    Json result = Json::object();
    for (Json::Member& member : members) {
      result.set(member.key, std::move(member.value));
    }
    return result;
  }

  Completed complete_field(const FieldGroup& group, const Type& object, const Json& parent) {
    if (group.field->name == "__typename") {
      return Json(object.name);
    }
    const TypeRef& type = group.field->type;
    const Resolver* resolver = in_.resolvers.find(object.name, group.field->name);
    if (resolver == nullptr && group.field->arguments.empty() && !object.name.starts_with("__")) {
      if (const Json* member = parent.find(group.field->name)) {
        return complete(*member, type, group);
      }
    }
    const Selection& first = *group.selections.front();
    Result<Json> arguments =
        reader_.read_arguments(group.field->arguments, first.arguments, in_.variables,
                               [this](std::string_view name) { return is_last_use(name); });
    if (!arguments.has_value()) {
      return fail(arguments.error(), type);
    }
    if (std::optional<Json> value =
            resolve_introspection(in_.schema, object.name, group.field->name, parent, *arguments)) {
      return complete(*value, type, group);
    }
    if (resolver != nullptr) {
      return resolve(*resolver, group, parent, *arguments);
    }
    if (parent.is_null()) {
      return fail(Error(ErrorCode::kUnsupported,
                        fmt::format("this server does not offer \"{}\"", group.field->name)),
                  type);
    }
    const Json* member = parent.find(group.field->name);
    return complete(member == nullptr ? Json() : *member, type, group);
  }

  /// The field at hand is the only one that needs the variable: a large one need not be copied.
  [[nodiscard]] bool is_last_use(std::string_view variable) const {
    return path_.size() == 1 && in_.document.fragments.empty() &&
           count_uses(operation_->selections, variable) == 1;
  }

  Completed resolve(const Resolver& resolver,
                    const FieldGroup& group,
                    const Json& parent,
                    const Json& arguments) {
    FieldCall call(in_.context, parent, arguments, group.selections, in_.document);
    const Result<Json> value = resolver(call);
    if (value.has_value()) {
      return complete(*value, group.field->type, group);
    }
    return fail(value.error(), group.field->type, call.extensions());
  }

  // ----------------------------------------------------------------------------------- values

  Completed complete(const Json& value, const TypeRef& type, const FieldGroup& group) {
    if (++values_ > in_.limits.values_max) {
      return stop_over_limit();
    }
    if (value.is_null()) {
      if (!type.non_null()) {
        return Json();
      }
      return fail(internal_error("must not be null"), type);
    }
    if (type.is_list()) {
      return complete_list(value, type, group);
    }
    const Type& named = in_.schema.type(type.name);
    return named.is_composite() ? complete_object(value, type, named, group)
                                : complete_leaf(value, type, named);
  }

  Completed complete_list(const Json& value, const TypeRef& type, const FieldGroup& group) {
    if (!value.is_array()) {
      return fail(internal_error("must be a list"), type);
    }
    const TypeRef element = type.element();
    std::vector<Json> items;
    items.reserve(value.size());
    for (size_t i = 0; i < value.size(); ++i) {
      path_.emplace_back(static_cast<int64_t>(i));
      Completed item = complete(value.at(i), element, group);
      path_.pop_back();
      if (!item) {
        return propagate(type);
      }
      items.push_back(std::move(*item));
    }
    return Json::array_of(std::move(items));
  }

  Completed complete_object(const Json& value,
                            const TypeRef& type,
                            const Type& named,
                            const FieldGroup& group) {
    if (!value.is_object()) {
      return fail(internal_error("must be an object"), type);
    }
    const Type* object = &named;
    if (named.kind != TypeKind::kObject) {
      object = in_.schema.find_type(value.string_or_empty("__typename"));
      if (object == nullptr || object->kind != TypeKind::kObject || !applies(named.name, *object)) {
        return fail(internal_error("must name its object type in \"__typename\""), type);
      }
    }
    Completed fields = complete_fields(below(group, *object), *object, value);
    return fields ? std::move(fields) : propagate(type);
  }

  Completed complete_leaf(const Json& value, const TypeRef& type, const Type& named) {
    std::optional<Json> leaf;
    if (named.kind == TypeKind::kEnum) {
      leaf = value.is_string() && named.has_enum_value(value.as_string()) ? Completed(value)
                                                                          : std::nullopt;
    } else {
      leaf = scalar(value, named.name);
    }
    if (!leaf) {
      return fail(internal_error(fmt::format("must be of type {}", named.name)), type);
    }
    return leaf;
  }

  static std::optional<Json> scalar(const Json& value, const std::string& name) {
    if (name == "String") {
      return value.is_string() ? Completed(value) : std::nullopt;
    }
    if (name == "Int") {
      const std::optional<int64_t> number = value.to_int();
      const bool fits = number && *number >= INT32_MIN && *number <= INT32_MAX;
      return fits ? Completed(*number) : std::nullopt;
    }
    if (name == "Boolean") {
      return value.is_bool() ? Completed(value) : std::nullopt;
    }
    if (name == "Float") {
      return value.is_number() ? Completed(value) : std::nullopt;
    }
    if (name == "ID") {
      if (value.is_string()) {
        return value;
      }
      const std::optional<int64_t> number = value.to_int();
      return number ? Completed(std::to_string(*number)) : std::nullopt;
    }
    return value;
  }

  // --------------------------------------------------------------------------------- failures

  [[nodiscard]] Error internal_error(std::string_view why) const {
    std::string place;
    for (const Json& step : path_) {
      place += place.empty() ? "" : ".";
      place += step.is_string() ? step.as_string() : step.number_text().value_or("");
    }
    return Error(ErrorCode::kInternal, fmt::format("value of \"{}\" {}", place, why));
  }

  [[nodiscard]] static Completed propagate(const TypeRef& type) {
    return type.non_null() ? std::nullopt : Completed(Json());
  }

  Completed fail(const Error& error,
                 const TypeRef& type,
                 const FieldCall::Extensions& extensions = {}) {
    if (out_.errors.size() < in_.limits.errors_max) {
      const std::string_view code = extension_code(error.code());
      out_.errors.push_back({.error = error,
                             .path = path_,
                             .locations = {},
                             .code = extensions.code.empty() ? std::string(code) : extensions.code,
                             .details = extensions.details});
    }
    return propagate(type);
  }

  Completed stop_over_limit() {
    if (!over_limit_) {
      over_limit_ = true;
      out_.errors.clear();
      out_.errors.push_back(
          {.error = Error(ErrorCode::kLimit,
                          fmt::format("answer has more than {} values; ask for smaller pages",
                                      in_.limits.values_max)),
           .path = {path_.front()},
           .locations = {},
           .code = "LIMIT",
           .details = {}});
    }
    return std::nullopt;
  }

  const Execution& in_;
  Response& out_;
  InputReader reader_;
  const Operation* operation_ = nullptr;
  std::vector<Json> path_;
  std::map<std::pair<const FieldGroup*, const Type*>, std::unique_ptr<FieldGroups>> below_;
  size_t values_ = 0;
  bool over_limit_ = false;
};

}  // namespace

void run_operation(const Execution& execution, const Operation& operation, Response& response) {
  Executor(execution, response).run(operation);
}

}  // namespace rhumb::graphql
