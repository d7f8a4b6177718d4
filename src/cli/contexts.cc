#include "cli/contexts.h"

#include "codec/json.h"

namespace rhumb::cli {
namespace {

using codec::Json;

Result<std::optional<std::string>> context_member(const Json& context, std::string_view key) {
  const Json* member = context.find(key);
  if (member == nullptr || member->is_null()) {
    return std::optional<std::string>{};
  }
  if (!member->is_string()) {
    return invalid("invalid --context: member \"" + std::string(key) + "\" is not a string");
  }
  if (member->as_string().empty()) {
    return std::optional<std::string>{};
  }
  return std::optional(member->as_string());
}

/// The object in a `--context`; null when there is none.
Result<Json> parse_context(const std::string& text) {
  if (text.empty()) {
    return Json();
  }
  Json parsed = TRY(codec::parse_json(text).context("invalid --context"));
  if (!parsed.is_null() && !parsed.is_object()) {
    return invalid("invalid --context: not an object");
  }
  return parsed;
}

}  // namespace

Result<std::optional<registry_api::DeployContext>> parse_deploy_context(const std::string& text) {
  std::optional<registry_api::DeployContext> context;
  const Json parsed = TRY(parse_context(text));
  if (parsed.is_null()) {
    return context;
  }
  context.emplace();
  context->trigger_type = TRY(context_member(parsed, "triggerType"));
  context->trigger_version = TRY(context_member(parsed, "triggerVersion"));
  return context;
}

Result<std::optional<registry_api::RunContext>> parse_run_context(const std::string& text) {
  std::optional<registry_api::RunContext> context;
  const Json parsed = TRY(parse_context(text));
  if (parsed.is_null()) {
    return context;
  }
  context = TRY(registry_api::read_run_context(parsed).context("invalid --context"));
  return context;
}

}  // namespace rhumb::cli
