#include "project/check_rules.h"

#include <utility>

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "project/functions_host.h"

namespace rhumb::project {
namespace {

Error problem_at(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  return invalid(hcl::format_diagnostic(hcl::diagnostic(summary, detail, span)));
}

hcl::Value text_list(const std::vector<std::string>& texts) {
  hcl::ValueList values;
  for (const std::string& text : texts) {
    values.push_back(hcl::Value::string(text));
  }
  return hcl::Value::list(hcl::Type::string(), std::move(values));
}

/// `self`, with all statements of the run beside those of each file.
hcl::Value self_value(const PlannedMigration& planned) {
  hcl::ValueList files;
  std::vector<std::string> statements;
  for (const PlannedMigration::File& file : planned.files) {
    hcl::ValueMap members;
    members.emplace("name", hcl::Value::string(file.name));
    members.emplace("version", hcl::Value::string(file.version));
    members.emplace("content", hcl::Value::string(file.content));
    members.emplace("statements", text_list(file.statements));
    files.push_back(hcl::Value::object(std::move(members)));
    statements.insert(statements.end(), file.statements.begin(), file.statements.end());
  }
  hcl::ValueMap migration;
  migration.emplace("files", hcl::Value::tuple(std::move(files)));
  migration.emplace("statements", text_list(statements));
  migration.emplace("target_version", hcl::Value::string(planned.target_version));
  hcl::ValueMap self;
  self.emplace("planned_migration", hcl::Value::object(std::move(migration)));
  return hcl::Value::object(std::move(self));
}

/// Evaluates the expressions of rules.
class RuleEvaluator {
 public:
  RuleEvaluator(const CheckRules& rules, FunctionsHost& host) : functions_host_(host) {
    names_.variables = hcl::type_names();
    for (const auto& [name, value] : rules.names) {
      names_.variables.insert_or_assign(name, value);
    }
  }

  Result<bool> matches(const CheckRule& rule, const hcl::Value& self) {
    const hcl::Value value = TRY(evaluate(rule, *rule.condition, self));
    const Result<hcl::Value> answer = hcl::convert(value, hcl::Type::boolean());
    if (!answer.has_value() || !answer.value().has_content()) {
      return problem_at("Invalid condition", "The condition of a rule must be true or false.",
                        rule.condition->span);
    }
    return answer.value().as_bool();
  }

  Result<std::string> message(const CheckRule& rule, const hcl::Value& self) {
    if (rule.message == nullptr) {
      return std::string();
    }
    const hcl::Value value = TRY(evaluate(rule, *rule.message, self));
    const Result<hcl::Value> text = hcl::convert(value, hcl::Type::string());
    return text.has_value() && text.value().has_content() ? text.value().as_string()
                                                          : std::string();
  }

 private:
  Result<hcl::Value> evaluate(const CheckRule& rule,
                              const hcl::Expr& expression,
                              const hcl::Value& self) {
    const hcl::FunctionTable functions = project_functions(functions_host_, rule.directory);
    hcl::EvalContext context;
    context.parent = &names_;
    context.functions = &functions;
    context.variables.emplace("self", self);
    return hcl::evaluate(expression, context);
  }

  FunctionsHost& functions_host_;
  hcl::EvalContext names_;
};

Error blocked(const CheckRule& rule, const std::string& message) {
  const std::string name = rule.name.empty() ? "" : ": " + go_quote(rule.name);
  std::string text = "\"migrate apply\" was blocked by pre-execution check (deny rule" + name +
                     " at line: " + std::to_string(rule.line) + ")";
  text += message.empty() ? "" : ": " + message;
  return Error(ErrorCode::kDenied, text).caused_by({.code = rule.name, .text = message});
}

Result<void> read_rule(const hcl::Block& block, const std::string& directory, CheckRules& rules) {
  const hcl::Attribute* condition = block.body.find_attribute("condition");
  if (condition == nullptr) {
    return problem_at("Missing required argument",
                      "The argument \"condition\" is required, but no definition was found.",
                      block.open_brace);
  }
  const hcl::Attribute* message = block.body.find_attribute("message");
  rules.rules.push_back({.allows = block.type == "allow",
                         .name = block.labels.empty() ? "" : block.labels.front(),
                         .line = block.span.begin.line,
                         .condition = condition->expr,
                         .message = message == nullptr ? nullptr : message->expr,
                         .directory = directory});
  return {};
}

}  // namespace

Result<void> read_check(const hcl::Block& block,
                        const std::string& directory,
                        CheckRules& rules,
                        std::vector<std::string>& warnings) {
  const std::string subject = block.labels.empty() ? "" : block.labels.front();
  if (subject == "schema_apply") {
    return {};
  }
  if (subject != "migrate_apply") {
    return problem_at("Unknown check", "A check is for \"migrate_apply\" or \"schema_apply\".",
                      block.type_span);
  }
  for (const hcl::Block& inner : block.body.blocks) {
    if (inner.type == "drift") {
      warnings.emplace_back(
          "check \"migrate_apply\": drift blocks are not evaluated; this command "
          "goes on without comparing schemas");
    } else if (inner.type == "allow" || inner.type == "deny") {
      TRY(read_rule(inner, directory, rules));
    } else {
      return problem_at("Unsupported block type",
                        "A check holds blocks of type allow, deny and drift.", inner.type_span);
    }
  }
  return {};
}

Result<void> check_migration(const CheckRules& rules,
                             const PlannedMigration& shown,
                             const PlannedMigration& reported,
                             FunctionsHost& host) {
  RuleEvaluator evaluator(rules, host);
  const hcl::Value self = self_value(shown);
  for (const CheckRule& rule : rules.rules) {
    if (!TRY(evaluator.matches(rule, self))) {
      continue;
    }
    if (rule.allows) {
      return {};
    }
    return blocked(rule, TRY(evaluator.message(rule, self_value(reported))));
  }
  return {};
}

}  // namespace rhumb::project
