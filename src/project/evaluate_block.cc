#include "project/evaluate_block.h"

#include <algorithm>
#include <array>

#include "base/go_format.h"
#include "hcl/diagnostic.h"

namespace rhumb::project {
namespace {

struct Enumeration {
  std::string_view block;
  std::string_view attribute;
  std::array<std::string_view, 6> words;
};

constexpr Enumeration kEnumerations[] = {
    {"migration", "format", {"atlas", "golang-migrate", "goose", "flyway", "liquibase", "dbmate"}},
    {"migration", "exec_order", {"LINEAR", "LINEAR_SKIP", "NON_LINEAR"}},
    {"migration", "report_masking", {"ALL", "VALUES", "NONE"}},
    {"migration", "policy_unreachable", {"FAIL", "WARN"}},
    {"lint", "review", {"ALWAYS", "WARNING", "ERROR"}},
};

constexpr std::string_view kLateBlocks[] = {"check", "rollout"};

const Enumeration* find_enumeration(std::string_view block, std::string_view attribute) {
  const auto* found = std::ranges::find_if(kEnumerations, [&](const Enumeration& enumeration) {
    return enumeration.block == block && enumeration.attribute == attribute;
  });
  return found == std::end(kEnumerations) ? nullptr : found;
}

/// The reference that stands at `span`.
const hcl::Traversal* find_reference(const std::vector<hcl::Traversal>& references,
                                     const SourceSpan& span) {
  const auto found = std::ranges::find(references, span, &hcl::Traversal::root_span);
  return found == references.end() ? nullptr : &*found;
}

/// Tells of an unknown name in the words for blocks: as a local, a data source, or a word of
/// `migration.exec_order`.
Error reworded(const Error& error, const hcl::Expr& expr, const Enumeration* enumeration) {
  constexpr std::string_view kUnknown = "Unknown variable; There is no variable named ";
  const std::string& message = error.message();
  const std::optional<SourceSpan>& span = error.span();
  if (!message.starts_with(kUnknown) || !span) {
    return error;
  }
  const std::string rest = message.substr(kUnknown.size());
  if (enumeration != nullptr) {
    const std::string attribute(enumeration->attribute);
    return hcl::diagnostic("Unknown " + std::string(enumeration->block) + "." + attribute,
                           "There is no " + attribute + " named " + rest, *span);
  }
  if (rest.starts_with("\"local\"")) {
    return hcl::diagnostic("Unknown local", "There is no variable named \"local\".", *span);
  }
  const std::vector<hcl::Traversal> references = expr.variables();
  const hcl::Traversal* reference = find_reference(references, *span);
  if (rest.starts_with("\"data\"") && reference != nullptr) {
    return hcl::diagnostic("Unknown data source",
                           hcl::format_traversal(*reference) + " does not exist", *span);
  }
  return error;
}

Result<hcl::Value> evaluate_reworded(const hcl::Expr& expr,
                                     const hcl::EvalContext& context,
                                     const Enumeration* enumeration) {
  Diagnostics problems;
  hcl::Value value = hcl::evaluate(expr, context, problems);
  if (problems.empty()) {
    return value;
  }
  Diagnostics told;
  for (const Error& error : problems.errors()) {
    told.add(reworded(error, expr, enumeration));
  }
  return hcl::to_error(told);
}

/// Words of the enumeration stand for themselves.
Result<hcl::Value> evaluate_word(const hcl::Expr& expr,
                                 const hcl::EvalContext& context,
                                 const Enumeration& enumeration) {
  hcl::EvalContext words;
  words.parent = &context;
  for (const std::string_view word : enumeration.words) {
    if (!word.empty()) {
      words.variables.emplace(word, hcl::Value::string(word));
    }
  }
  return evaluate_reworded(expr, words, &enumeration);
}

bool is_mixed(const hcl::Value& value) {
  if (value.kind() != hcl::TypeKind::kTuple || !value.is_sequence()) {
    return false;
  }
  const hcl::Value* first = nullptr;
  for (const hcl::Value& element : value.elements()) {
    if (element.is_null() || !element.is_known()) {
      continue;
    }
    if (first != nullptr && element.type() != first->type()) {
      return true;
    }
    first = first == nullptr ? &element : first;
  }
  return false;
}

Result<hcl::Value> evaluate_attribute(const hcl::Block& block,
                                      const hcl::Attribute& attribute,
                                      const hcl::EvalContext& context) {
  const Enumeration* enumeration = find_enumeration(block.type, attribute.name);
  hcl::Value value =
      TRY(enumeration == nullptr ? evaluate_expression(*attribute.expr, context)
                                 : evaluate_word(*attribute.expr, context, *enumeration));
  if (is_mixed(value)) {
    return invalid(hcl::format_span(attribute.span) + ": mixed list types used in " +
                   go_quote(attribute.name) + " attribute");
  }
  return value;
}

}  // namespace

Result<hcl::Value> evaluate_expression(const hcl::Expr& expr, const hcl::EvalContext& context) {
  return evaluate_reworded(expr, context, nullptr);
}

Result<BlockValue> evaluate_block(const hcl::Block& block, const hcl::EvalContext& context) {
  BlockValue result;
  result.type = block.type;
  result.labels = block.labels;
  for (const hcl::Attribute& attribute : block.body.attributes) {
    if (attribute.name == "for_each") {
      continue;
    }
    hcl::Value value = TRY(evaluate_attribute(block, attribute, context));
    if (!value.is_null()) {
      result.attributes.push_back({.name = attribute.name, .value = std::move(value)});
    }
  }
  for (const hcl::Block& inner : block.body.blocks) {
    if (std::ranges::find(kLateBlocks, inner.type) == std::end(kLateBlocks)) {
      result.blocks.push_back(TRY(evaluate_block(inner, context)));
    }
  }
  return result;
}

}  // namespace rhumb::project
