#include "registry/policy/policy_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/go_format.h"
#include "registry/api/request_context.h"
#include "registry/identity/access.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kStagesMax = 50;
constexpr size_t kEnvsMax = 100;
constexpr size_t kFreezesMax = 100;
constexpr int64_t kApprovalsMax = 100;
constexpr int64_t kSoakNsMax = int64_t{366} * 24 * 3600 * 1'000'000'000;
constexpr size_t kReasonMax = 1024;

Result<void> check_count(std::string_view what, size_t count, size_t most) {
  return count <= most
             ? Result<void>()
             : Result<void>(Error(ErrorCode::kLimit, fmt::format("more than {} {}", most, what)));
}

Result<Freeze> read_freeze(const Json& input) {
  Freeze freeze;
  freeze.reason = input.string_or_empty("reason");
  if (freeze.reason.size() > kReasonMax) {
    return invalid(fmt::format("reason must not be longer than {} bytes", kReasonMax));
  }
  const std::optional<int64_t> from = TRY(read_instant(input, "from"));
  const std::optional<int64_t> until = TRY(read_instant(input, "until"));
  const std::string weekly = input.string_or_empty("weekly");
  if (!weekly.empty() && !from && !until) {
    freeze.weekly = TRY(parse_weekly_span(weekly));
    return freeze;
  }
  if (!weekly.empty() || !from || !until || *from >= *until) {
    return invalid("a freeze has a time from and a later time until, or is weekly");
  }
  freeze.from = *from;
  freeze.until = *until;
  return freeze;
}

Result<std::vector<Freeze>> read_freezes(const Json& input) {
  std::vector<Freeze> out;
  const Json::Array* freezes = input.find_array("freezes");
  TRY(check_count("freezes", freezes == nullptr ? 0 : freezes->size(), kFreezesMax));
  for (size_t i = 0; freezes != nullptr && i < freezes->size(); ++i) {
    out.push_back(TRY(read_freeze((*freezes)[i])));
  }
  return out;
}

Result<int64_t> read_soak(const Json& input) {
  const std::string text = input.string_or_empty("soak");
  if (text.empty()) {
    return int64_t{0};
  }
  const auto soak = parse_go_duration(text);
  if (!soak || soak->count() < 0 || soak->count() > kSoakNsMax) {
    return invalid("soak " + go_quote(text) + " is none; write a duration such as 24h or 90m");
  }
  return soak->count();
}

Result<std::vector<std::string>> read_environments(const Json& input) {
  std::vector<std::string> envs = read_texts(input, "envs");
  if (envs.empty()) {
    return invalid("it needs at least one environment");
  }
  TRY(check_count("environments", envs.size(), kEnvsMax));
  for (const std::string& env : envs) {
    TRY(check_name("environment", env));
  }
  return envs;
}

Result<PromotionStage> read_members(const Json& input, PromotionStage stage) {
  stage.envs = TRY(read_environments(input));
  stage.required = read_texts(input, "requires");
  TRY(check_count("required stages", stage.required.size(), kStagesMax));
  const std::string coverage = input.string_or_empty("coverage");
  stage.coverage = TRY(parse_coverage(coverage.empty() ? "ALL" : coverage));
  stage.soak_ns = TRY(read_soak(input));
  stage.approvals = input.find_int("approvals").value_or(0);
  if (stage.approvals < 0 || stage.approvals > kApprovalsMax) {
    return invalid(fmt::format("approvals must be from 0 to {}", kApprovalsMax));
  }
  stage.action =
      input.string_or_empty("onViolation") == "WARN" ? PolicyAction::kWarn : PolicyAction::kFail;
  stage.freezes = TRY(read_freezes(input));
  return stage;
}

/// Errors: another stage of that name; a required one that is not among those before.
Result<void> check_place(const std::vector<PromotionStage>& before, const PromotionStage& stage) {
  const auto is_before = [&before](std::string_view name) {
    return std::ranges::find(before, name, &PromotionStage::name) != before.end();
  };
  if (is_before(stage.name)) {
    return invalid("another stage has that name");
  }
  for (const std::string& name : stage.required) {
    if (!is_before(name)) {
      return invalid(fmt::format("it requires \"{}\", which is no stage before it", name));
    }
  }
  return {};
}

Json freeze_json(const Freeze& freeze) {
  const bool weekly = freeze.weekly.has_value();
  return Json::object({{"from", weekly ? Json() : time_json(freeze.from)},
                       {"until", weekly ? Json() : time_json(freeze.until)},
                       {"weekly", weekly ? Json(to_text(*freeze.weekly)) : Json()},
                       {"reason", filled_json(freeze.reason)}});
}

Json stage_json(const PromotionStage& stage) {
  Json freezes = Json::array();
  for (const Freeze& freeze : stage.freezes) {
    freezes.push_back(freeze_json(freeze));
  }
  return Json::object({{"name", stage.name},
                       {"envs", to_json(stage.envs)},
                       {"requires", to_json(stage.required)},
                       {"coverage", to_text(stage.coverage)},
                       {"soak", stage.soak_ns == 0 ? Json() : Json(format_span(stage.soak_ns))},
                       {"approvals", stage.approvals},
                       {"onViolation", to_text(stage.action)},
                       {"freezes", std::move(freezes)}});
}

}  // namespace

Result<std::vector<PromotionStage>> read_stages(const Json& stages) {
  std::vector<PromotionStage> out;
  if (!stages.is_array() || stages.empty()) {
    return invalid("a policy needs at least one stage");
  }
  TRY(check_count("stages", stages.size(), kStagesMax));
  for (const Json& input : stages.as_array()) {
    PromotionStage named;
    named.name = input.string_or_empty("name");
    TRY(check_name("stage name", named.name));
    const std::string place = "stage " + go_quote(named.name);
    PromotionStage stage = TRY(read_members(input, std::move(named)).context(place));
    TRY(check_place(out, stage).context(place));
    out.push_back(std::move(stage));
  }
  return out;
}

Json to_json(const std::vector<PromotionStage>& stages) {
  Json out = Json::array();
  for (const PromotionStage& stage : stages) {
    out.push_back(stage_json(stage));
  }
  return out;
}

Json to_json(const std::vector<PolicyReason>& reasons) {
  Json out = Json::array();
  for (const PolicyReason& reason : reasons) {
    out.push_back(Json::object({{"policy", reason.policy},
                                {"message", reason.message},
                                {"violation", to_text(reason.action)},
                                {"details", to_json(reason.details)}}));
  }
  return out;
}

}  // namespace rhumb::registry
