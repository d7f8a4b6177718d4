#include "project/policy_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "hcl/format.h"
#include "project/body_reader.h"

namespace rhumb::project {
namespace {

using codec::Json;

constexpr std::string_view kWords[] = {"ALL", "ANY", "FAIL", "WARN", "PASSED"};

Error at_place(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  return invalid(hcl::format_diagnostic(hcl::diagnostic(summary, detail, span)));
}

Json to_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) {
    out.push_back(text);
  }
  return out;
}

hcl::EvalContext words() {
  hcl::EvalContext context;
  for (const std::string_view word : kWords) {
    context.variables.emplace(word, hcl::Value::string(word));
  }
  return context;
}

Result<void> check_blocks(const hcl::Block& stage) {
  for (const hcl::Block& inner : stage.body.blocks) {
    if (inner.type != "freeze" || !inner.labels.empty()) {
      return at_place("Unsupported block type",
                      "Only freeze blocks without a label are expected here.", inner.type_span);
    }
  }
  return {};
}

/// A version must have passed; there is no other status it could be asked for.
Result<void> check_status(const hcl::Block& stage, const BodyValues& values) {
  const std::string status = values.text("status");
  if (status.empty() || status == "PASSED") {
    return {};
  }
  return at_place("Unsuitable value", "status can only be PASSED.",
                  stage.body.find_attribute("status")->expr->span);
}

Result<Json> read_freeze(const hcl::Block& block, const hcl::EvalContext& context) {
  const std::vector<BodyField> fields = {{.name = "from", .type = hcl::Type::string()},
                                         {.name = "until", .type = hcl::Type::string()},
                                         {.name = "weekly", .type = hcl::Type::string()},
                                         {.name = "reason", .type = hcl::Type::string()}};
  const BodyValues values = TRY(read_body(block, context, fields, true));
  Json freeze = Json::object();
  for (const BodyField& field : fields) {
    freeze.set_unless_empty(field.name, values.text(field.name));
  }
  return freeze;
}

Result<int64_t> read_approvals(const hcl::Block& stage, const BodyValues& values) {
  const hcl::Value* value = values.find("approvals");
  const std::optional<int64_t> approvals =
      value == nullptr ? std::optional<int64_t>(0) : value->as_number().to_int64();
  if (!approvals) {
    return at_place("Unsuitable value", "approvals must be a whole number.",
                    stage.body.find_attribute("approvals")->expr->span);
  }
  return *approvals;
}

std::vector<BodyField> stage_fields() {
  const hcl::Type texts = hcl::Type::list(hcl::Type::string());
  return {{.name = "env", .type = texts, .is_required = true},
          {.name = "requires", .type = texts},
          {.name = "coverage", .type = hcl::Type::string()},
          {.name = "status", .type = hcl::Type::string()},
          {.name = "soak", .type = hcl::Type::string()},
          {.name = "approvals", .type = hcl::Type::number()},
          {.name = "on_violation", .type = hcl::Type::string()}};
}

Result<Json> read_stage(const hcl::Block& block, const hcl::EvalContext& context) {
  if (block.type != "stage" || block.labels.size() != 1) {
    return at_place("Unsupported block type", "A policy consists of blocks stage \"name\".",
                    block.type_span);
  }
  TRY(check_blocks(block));
  const std::vector<BodyField> fields = stage_fields();
  TRY(check_attributes(block, fields));
  const BodyValues values = TRY(read_body(block, context, fields, false));
  TRY(check_status(block, values));
  Json stage = Json::object({{"name", block.labels[0]}});
  stage.set("envs", to_json(TRY(values.texts("env"))));
  stage.set_unless_empty("requires", to_json(TRY(values.texts("requires"))));
  stage.set_unless_empty("coverage", values.text("coverage"));
  stage.set_unless_empty("soak", values.text("soak"));
  stage.set_unless_empty("approvals", TRY(read_approvals(block, values)));
  stage.set_unless_empty("onViolation", to_upper_ascii(values.text("on_violation")));
  Json freezes = Json::array();
  for (const hcl::Block& inner : block.body.blocks) {
    freezes.push_back(TRY(read_freeze(inner, context)));
  }
  stage.set_unless_empty("freezes", std::move(freezes));
  return stage;
}

std::string format_texts(const Json& stage, std::string_view member) {
  std::vector<std::string> literals;
  const Json::Array* texts = stage.find_array(member);
  for (size_t i = 0; texts != nullptr && i < texts->size(); ++i) {
    const Json& text = (*texts)[i];
    literals.push_back(hcl::format_string_literal(text.is_string() ? text.as_string() : ""));
  }
  return literals.empty() ? std::string() : "[" + join(literals, ", ") + "]";
}

void add(hcl::OutputBody& body, const std::string& name, const std::string& text) {
  if (!text.empty()) {
    body.attribute(name, text);
  }
}

void add_text(hcl::OutputBody& body, const std::string& name, const std::string& text) {
  if (!text.empty()) {
    body.attribute(name, hcl::format_string_literal(text));
  }
}

/// `ALL`, or a percentage, which needs quotes.
std::string format_coverage(const std::string& coverage) {
  return hcl::is_identifier(coverage) ? coverage : hcl::format_string_literal(coverage);
}

void write_stage(hcl::OutputBody& body, const Json& stage) {
  add(body, "env", format_texts(stage, "envs"));
  const std::string required = format_texts(stage, "requires");
  add(body, "requires", required);
  const std::string coverage = stage.string_or_empty("coverage");
  if (!required.empty() && !coverage.empty()) {
    body.attribute("coverage", format_coverage(coverage));
  }
  add_text(body, "soak", stage.string_or_empty("soak"));
  const int64_t approvals = stage.find_int("approvals").value_or(0);
  add(body, "approvals", approvals == 0 ? "" : std::to_string(approvals));
  const std::string action = stage.string_or_empty("onViolation");
  add(body, "on_violation", action == "FAIL" ? "" : action);
  const Json::Array* freezes = stage.find_array("freezes");
  for (size_t i = 0; freezes != nullptr && i < freezes->size(); ++i) {
    hcl::OutputBody& freeze = body.block("freeze");
    for (const char* member : {"from", "until", "weekly", "reason"}) {
      add_text(freeze, member, (*freezes)[i].string_or_empty(member));
    }
  }
}

}  // namespace

Result<Json> read_policy_file(std::string_view name, const std::string& text) {
  Diagnostics diagnostics;
  const hcl::File file = hcl::parse_file(name, text, diagnostics);
  if (!diagnostics.empty()) {
    return hcl::to_error(diagnostics);
  }
  if (!file.body.attributes.empty()) {
    return at_place("Unsupported argument", "A policy consists of blocks stage \"name\".",
                    file.body.attributes.front().name_span);
  }
  const hcl::EvalContext context = words();
  Json stages = Json::array();
  for (const hcl::Block& block : file.body.blocks) {
    stages.push_back(TRY(read_stage(block, context)));
  }
  return stages;
}

std::string format_policy_file(const Json& stages) {
  hcl::OutputBody body;
  for (size_t i = 0; i < stages.size(); ++i) {
    write_stage(body.block("stage", {stages.at(i).string_or_empty("name")}), stages.at(i));
  }
  return hcl::format_body(body);
}

}  // namespace rhumb::project
