#include "registry/policy/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/go_format.h"
#include "base/text.h"
#include "registry/identity/access.h"
#include "registry/registry.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

std::string format_instant(int64_t ns) {
  return registry_api::format_time(from_stored(ns));
}

/// One stage against one version.
class Judge {
 public:
  Judge(const PromotionStage& stage, const DeploymentFacts& facts) : stage_(stage), facts_(facts) {}

  std::vector<PolicyReason> run() {
    for (const StageFacts& required : facts_.required) {
      judge_stage(required);
    }
    judge_approvals();
    judge_freezes();
    return std::move(reasons_);
  }

 private:
  void add(std::string message, std::vector<std::string> details = {}) {
    reasons_.push_back({stage_.name, std::move(message), stage_.action, std::move(details)});
  }

  void judge_stage(const StageFacts& required) {
    std::vector<int64_t> passed;
    int64_t other = 0;
    for (const StageDatabase& database : required.databases) {
      if (database.passed_at) {
        passed.push_back(*database.passed_at);
      }
      other += database.has_other_content ? 1 : 0;
    }
    const auto total = static_cast<int64_t>(required.databases.size());
    const auto count = static_cast<int64_t>(passed.size());
    const int64_t needed = stage_.coverage.needed_of(total);
    if (count >= needed) {
      std::ranges::sort(passed);
      judge_soak(required.stage, passed[static_cast<size_t>(needed - 1)]);
      return;
    }
    if (other > 0) {
      add(fmt::format("version {} has other content than what passed in {} ({}/{} databases)",
                      facts_.version, required.stage, other, total),
          details_of(required));
    }
    if (count + other < needed) {
      add(fmt::format("version {} has not passed in {} ({}/{} databases)", facts_.version,
                      required.stage, count, total),
          details_of(required));
    }
  }

  void judge_soak(const std::string& required, int64_t since) {
    const int64_t elapsed = std::max<int64_t>(facts_.now - since, 0);
    if (elapsed < stage_.soak_ns) {
      add(fmt::format("version {} has been in {} for {}, {} are required", facts_.version, required,
                      format_span(elapsed), format_span(stage_.soak_ns)),
          {fmt::format("it may go on at {}", format_instant(since + stage_.soak_ns))});
    }
  }

  void judge_approvals() {
    if (facts_.approvals < stage_.approvals) {
      add(fmt::format("version {} has {} of {} approvals for {}", facts_.version, facts_.approvals,
                      stage_.approvals, stage_.name));
    }
  }

  void judge_freezes() {
    for (const ActiveFreeze& freeze : facts_.freezes) {
      add(fmt::format("deployments to {} are frozen{}{}", stage_.name, end_of(freeze),
                      freeze.reason.empty() ? "" : ": " + freeze.reason));
    }
  }

  /// ` until 2026-11-30T07:00:00Z (2026-11-30 08:00 in Europe/Berlin)`.
  [[nodiscard]] static std::string end_of(const ActiveFreeze& freeze) {
    if (!freeze.problem.empty()) {
      return fmt::format(", since {}", freeze.problem);
    }
    return fmt::format(" until {}{}", format_instant(freeze.until),
                       freeze.local.empty() ? "" : fmt::format(" ({})", freeze.local));
  }

  /// The databases that are missing, and why.
  [[nodiscard]] static std::vector<std::string> details_of(const StageFacts& required) {
    std::vector<std::string> out;
    for (const StageDatabase& database : required.databases) {
      if (database.passed_at) {
        continue;
      }
      const std::string& version = database.current_version;
      out.push_back(fmt::format("{} of {} {}", database.name, database.env_name,
                                database.has_other_content ? "ran another content of it"
                                : version.empty()          ? "is at no version"
                                                           : "is at version " + version));
    }
    if (required.databases.empty()) {
      out.push_back(fmt::format("no database of {} is known", required.stage));
    }
    return out;
  }

  const PromotionStage& stage_;
  const DeploymentFacts& facts_;
  std::vector<PolicyReason> reasons_;
};

}  // namespace

std::string_view to_text(PolicyAction action) {
  return action == PolicyAction::kFail ? "FAIL" : "WARN";
}

int64_t Coverage::needed_of(int64_t databases) const {
  return std::max<int64_t>((databases * percent + 99) / 100, 1);
}

Result<Coverage> parse_coverage(std::string_view text) {
  if (equal_fold_ascii(text, "ALL")) {
    return Coverage{100};
  }
  if (equal_fold_ascii(text, "ANY")) {
    return Coverage{0};
  }
  std::string_view digits = text;
  digits.remove_suffix(digits.ends_with('%') ? 1 : 0);
  int64_t percent = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  const bool whole = end.ec == std::errc() && end.ptr == digits.data() + digits.size();
  if (!whole || percent < 1 || percent > 100) {
    return invalid("coverage " + go_quote(text) +
                   " is none; use ALL, ANY or a percentage such as 80%");
  }
  return Coverage{percent};
}

std::string to_text(const Coverage& coverage) {
  return coverage.percent == 100 ? "ALL"
         : coverage.percent == 0 ? "ANY"
                                 : fmt::format("{}%", coverage.percent);
}

bool PromotionStage::covers(std::string_view env) const {
  return std::ranges::any_of(envs,
                             [env](const std::string& glob) { return matches_glob(glob, env); });
}

const PromotionStage* PromotionPolicy::find_stage_of(std::string_view env) const {
  const auto found = std::ranges::find_if(
      stages, [env](const PromotionStage& stage) { return stage.covers(env); });
  return found == stages.end() ? nullptr : &*found;
}

const PromotionStage* PromotionPolicy::find_stage(std::string_view name) const {
  const auto found = std::ranges::find(stages, name, &PromotionStage::name);
  return found == stages.end() ? nullptr : &*found;
}

std::vector<PolicyReason> judge(const PromotionStage& stage, const DeploymentFacts& facts) {
  return Judge(stage, facts).run();
}

bool is_blocked(const std::vector<PolicyReason>& reasons) {
  return std::ranges::any_of(
      reasons, [](const PolicyReason& reason) { return reason.action == PolicyAction::kFail; });
}

std::string format_span(int64_t ns) {
  std::string text = format_go_duration(std::chrono::nanoseconds(ns / kSecondNs * kSecondNs));
  for (const std::string_view empty : {"m0s", "h0m"}) {
    if (text.ends_with(empty)) {
      text.resize(text.size() - 2);
    }
  }
  return text;
}

}  // namespace rhumb::registry
