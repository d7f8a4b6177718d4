#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy/freeze.h"

/// Promotion policies: which versions an environment takes. Pure: facts in, reasons out; the same
/// functions answer a client that asks and judge a report of one that did not.
/// Source: spec registry.md 6.1.
namespace rhumb::registry {

/// What a reason against a deployment means: it must not happen, or somebody should know.
enum class PolicyAction { kFail, kWarn };
[[nodiscard]] std::string_view to_text(PolicyAction action);

/// How many databases of a stage a version must have passed in: a percentage, of which 100 is ALL
/// and 0 is ANY, one of them.
struct Coverage {
  int64_t percent = 100;

  /// At least one, also of none: a stage without databases has not seen the version.
  [[nodiscard]] int64_t needed_of(int64_t databases) const;
  bool operator==(const Coverage&) const = default;
};
/// `ALL`, `ANY`, `80%`. Errors: kInvalid that lists them.
Result<Coverage> parse_coverage(std::string_view text);
[[nodiscard]] std::string to_text(const Coverage& coverage);

/// One stage on the way of a version: some environments, and what lets a version in.
struct PromotionStage {
  std::string name{};
  std::vector<std::string> envs{};      ///< globs
  std::vector<std::string> required{};  ///< names of stages before this one
  Coverage coverage{};                  ///< of each required stage
  int64_t soak_ns = 0;                  ///< since the coverage was reached there
  int64_t approvals = 0;
  PolicyAction action = PolicyAction::kFail;
  std::vector<Freeze> freezes{};

  [[nodiscard]] bool covers(std::string_view env) const;
  bool operator==(const PromotionStage&) const = default;
};

struct PromotionPolicy {
  int64_t id = 0;
  int64_t since = 0;                  ///< when there was none before
  std::optional<std::string> repo{};  ///< slug; absent: of every other repository
  std::vector<PromotionStage> stages{};

  /// The first stage that covers an environment, or the one of that name; null when there is none.
  [[nodiscard]] const PromotionStage* find_stage_of(std::string_view env) const;
  [[nodiscard]] const PromotionStage* find_stage(std::string_view name) const;
};

/// What one database of a required stage says about a version.
struct StageDatabase {
  std::string name{};
  std::string env_name{};
  std::string current_version{};  ///< empty: none
  /// Since when the version, with the content that is asked for, is known to have passed.
  std::optional<int64_t> passed_at{};
  bool has_other_content = false;  ///< it passed, with another content
};
struct StageFacts {
  std::string stage{};
  std::vector<StageDatabase> databases{};
};

struct DeploymentFacts {
  std::string version{};
  int64_t now = 0;
  std::vector<StageFacts> required{};  ///< one for each stage that is required
  int64_t approvals = 0;
  std::vector<ActiveFreeze> freezes{};
};

/// One reason against a deployment.
struct PolicyReason {
  std::string policy{};
  std::string message{};
  PolicyAction action = PolicyAction::kFail;
  std::vector<std::string> details{};  ///< one line each, for whoever wants to know more
  bool operator==(const PolicyReason&) const = default;
};

/// What reasons are called that come from an environment being protected, not from a stage.
inline constexpr std::string_view kProtectionPolicy = "protected environment";

/// Everything that speaks against a deployment into a stage; nothing lets it in.
[[nodiscard]] std::vector<PolicyReason> judge(const PromotionStage& stage,
                                              const DeploymentFacts& facts);
/// Whether one of them must not be passed over.
[[nodiscard]] bool is_blocked(const std::vector<PolicyReason>& reasons);

/// `24h`, `1h30m`, `45s`: a duration without its empty parts, fractions of a second left out.
[[nodiscard]] std::string format_span(int64_t ns);

}  // namespace rhumb::registry
