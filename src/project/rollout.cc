// Which group of a deployment each target belongs to, and in which order the groups run.
//
// A group waits for those its `depends_on` names. Groups without it would otherwise be free to
// start after a failure elsewhere, although they stand behind it in the file; so each of them waits
// for the group before it, unless that one already waits for it:
//
//     group "rest" { depends_on = [group.canary] }     rest: after canary
//     group "canary" { ... }                           canary: after nothing, since rest waits for
//     it group "last" {}                                  last: after canary

#include "project/rollout.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "project/variables.h"

namespace rhumb::project {
namespace {

Error problem_at(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  return invalid(hcl::format_diagnostic(hcl::diagnostic(summary, detail, span)));
}

std::vector<const hcl::Block*> groups_of(const hcl::Block& deployment) {
  std::vector<const hcl::Block*> groups;
  for (const hcl::Block& block : deployment.body.blocks) {
    if (block.type == "group") {
      groups.push_back(&block);
    }
  }
  return groups;
}

std::string name_of(const hcl::Block& block) {
  return block.labels.empty() ? "" : block.labels.front();
}

Result<int64_t> read_parallel(const hcl::Block& group, const hcl::EvalContext& context) {
  const hcl::Attribute* attribute = group.body.find_attribute("parallel");
  if (attribute == nullptr) {
    return 1;
  }
  const hcl::Value value = TRY(hcl::evaluate(*attribute->expr, context));
  const Result<hcl::Value> number = hcl::convert(value, hcl::Type::number());
  const std::optional<int64_t> count = number.has_value() && number.value().has_content()
                                           ? number.value().as_number().to_int64()
                                           : std::nullopt;
  if (!count || *count < 1) {
    return problem_at("Invalid parallel", "A whole number of at least 1 is required.",
                      attribute->expr->span);
  }
  return *count;
}

/// `FAIL` and `CONTINUE`, as words or as texts.
Result<bool> read_on_error(const hcl::Block& group, const hcl::EvalContext& context) {
  const hcl::Attribute* attribute = group.body.find_attribute("on_error");
  if (attribute == nullptr) {
    return false;
  }
  hcl::EvalContext words;
  words.parent = &context;
  for (const std::string_view word : {"FAIL", "CONTINUE"}) {
    words.variables.emplace(word, hcl::Value::string(word));
  }
  const hcl::Value value = TRY(hcl::evaluate(*attribute->expr, words));
  const bool is_text = value.has_content() && value.kind() == hcl::TypeKind::kString;
  if (!is_text || (value.as_string() != "FAIL" && value.as_string() != "CONTINUE")) {
    return problem_at("Invalid on_error", "It must be FAIL or CONTINUE.", attribute->expr->span);
  }
  return value.as_string() == "CONTINUE";
}

/// `[group.canary]`: the places of the groups in the file.
Result<std::vector<size_t>> read_depends_on(const hcl::Attribute& attribute,
                                            const std::vector<RolloutGroup>& groups) {
  std::vector<size_t> after;
  for (const hcl::Traversal& reference : attribute.expr->variables()) {
    const bool is_group = reference.root == "group" && !reference.steps.empty();
    const auto found =
        std::ranges::find(groups, is_group ? reference.steps[0].name : "", &RolloutGroup::name);
    if (!is_group || found == groups.end()) {
      return problem_at("Unknown group", "There is no " + hcl::format_traversal(reference) + ".",
                        reference.root_span);
    }
    after.push_back(static_cast<size_t>(found - groups.begin()));
  }
  return after;
}

/// Whether group `from` waits for group `to`, directly or through others.
bool waits_for(const std::vector<RolloutGroup>& groups, size_t from, size_t to) {
  std::vector<bool> seen(groups.size());
  std::vector<size_t> open = {from};
  while (!open.empty()) {
    const size_t group = open.back();
    open.pop_back();
    for (const size_t next : groups[group].after) {
      if (next == to) {
        return true;
      }
      if (!seen[next]) {
        seen[next] = true;
        open.push_back(next);
      }
    }
  }
  return false;
}

/// A group that says nothing waits for the nearest one before it that does not wait for it.
void add_file_order(const std::vector<const hcl::Block*>& blocks,
                    std::vector<RolloutGroup>& groups) {
  for (size_t i = 1; i < groups.size(); ++i) {
    if (blocks[i]->body.find_attribute("depends_on") != nullptr) {
      continue;
    }
    for (size_t before = i; before-- > 0;) {
      if (!waits_for(groups, before, i)) {
        groups[i].after.push_back(before);
        break;
      }
    }
  }
}

/// What expressions of a deployment see: its variables stand over those of the project.
Result<hcl::Value> deployment_variables(const hcl::Block& rollout,
                                        const hcl::EvalContext& target,
                                        const hcl::Block& deployment,
                                        const hcl::EvalContext& context) {
  hcl::ValueMap variables;
  for (const hcl::EvalContext* at = &context; at != nullptr; at = at->parent) {
    const auto found = at->variables.find("var");
    if (found != at->variables.end() && found->second.is_mapping()) {
      variables = found->second.entries();
      break;
    }
  }
  hcl::ValueMap given;
  if (const hcl::Attribute* vars = rollout.body.find_attribute("vars")) {
    const hcl::Value value = TRY(hcl::evaluate(*vars->expr, target));
    if (!value.is_mapping()) {
      return problem_at("Invalid vars", "An object is required.", vars->expr->span);
    }
    given = value.entries();
  }
  for (const hcl::Block& block : deployment.body.blocks) {
    if (block.type == "variable") {
      const auto value = given.find(name_of(block));
      VariableValue variable = TRY(evaluate_variable(
          block, context, value == given.end() ? std::nullopt : std::optional(value->second)));
      variables.insert_or_assign(std::move(variable.name), std::move(variable.value));
    }
  }
  return hcl::Value::object(std::move(variables));
}

Result<bool> takes(const hcl::Block& group, const hcl::EvalContext& context) {
  const hcl::Attribute* match = group.body.find_attribute("match");
  if (match == nullptr) {
    return true;
  }
  const hcl::Value value = TRY(hcl::evaluate(*match->expr, context));
  const Result<hcl::Value> answer = hcl::convert(value, hcl::Type::boolean());
  if (!answer.has_value() || !answer.value().has_content()) {
    return problem_at("Invalid match", "The match of a group must be true or false.",
                      match->expr->span);
  }
  return answer.value().as_bool();
}

Result<hcl::ValueList> order_keys(const hcl::Block& group, const hcl::EvalContext& context) {
  const hcl::Attribute* order_by = group.body.find_attribute("order_by");
  if (order_by == nullptr) {
    return hcl::ValueList();
  }
  const hcl::Value value = TRY(hcl::evaluate(*order_by->expr, context));
  return value.is_sequence() ? value.elements() : hcl::ValueList{value};
}

}  // namespace

Result<std::vector<RolloutGroup>> read_groups(const hcl::Block& deployment,
                                              const hcl::EvalContext& context) {
  const std::vector<const hcl::Block*> blocks = groups_of(deployment);
  std::vector<RolloutGroup> groups;
  for (const hcl::Block* block : blocks) {
    RolloutGroup group;
    group.name = name_of(*block);
    group.parallel = TRY(read_parallel(*block, context));
    group.goes_on = TRY(read_on_error(*block, context));
    groups.push_back(std::move(group));
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    if (const hcl::Attribute* depends_on = blocks[i]->body.find_attribute("depends_on")) {
      groups[i].after = TRY(read_depends_on(*depends_on, groups));
    }
  }
  add_file_order(blocks, groups);
  for (size_t i = 0; i < groups.size(); ++i) {
    if (waits_for(groups, i, i)) {
      return problem_at("Cyclic depends_on",
                        "Group " + go_quote(groups[i].name) + " waits for itself.",
                        blocks[i]->type_span);
    }
  }
  return groups;
}

Result<std::string> deployment_name(const hcl::Block& rollout) {
  const hcl::Attribute* attribute = rollout.body.find_attribute("deployment");
  const hcl::Traversal* reference =
      attribute == nullptr ? nullptr : attribute->expr->as_traversal();
  if (reference == nullptr || reference->root != "deployment" || reference->steps.size() != 1) {
    return problem_at("Missing deployment", "A rollout needs deployment = deployment.<name>.",
                      attribute == nullptr ? rollout.open_brace : attribute->expr->span);
  }
  return reference->steps[0].name;
}

Result<RolloutPlace> place_target(const hcl::Block& rollout,
                                  const hcl::EvalContext& target,
                                  const hcl::Block& deployment,
                                  const hcl::EvalContext& context) {
  hcl::EvalContext inner;
  inner.parent = &context;
  inner.variables.emplace("var", TRY(deployment_variables(rollout, target, deployment, context)));
  const std::vector<const hcl::Block*> groups = groups_of(deployment);
  for (size_t i = 0; i < groups.size(); ++i) {
    if (TRY(takes(*groups[i], inner))) {
      RolloutPlace place;
      place.deployment = name_of(deployment);
      place.group = i;
      place.order = TRY(order_keys(*groups[i], inner));
      return place;
    }
  }
  return invalid("no group of deployment " + go_quote(name_of(deployment)) +
                 " takes it; add a group without match for the rest");
}

std::vector<size_t> group_order(const std::vector<RolloutGroup>& groups) {
  std::vector<size_t> order;
  std::vector<bool> placed(groups.size());
  while (order.size() < groups.size()) {
    for (size_t i = 0; i < groups.size(); ++i) {
      const bool is_ready = !placed[i] && std::ranges::all_of(groups[i].after, [&](size_t before) {
        return placed[before];
      });
      if (is_ready) {
        placed[i] = true;
        order.push_back(i);
        break;  // the next one is looked for from the top of the file
      }
    }
  }
  return order;
}

}  // namespace rhumb::project
