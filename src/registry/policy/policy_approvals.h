#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/registry.h"

/// Who let which version into which stage.
namespace rhumb::registry {

/// What is let into a stage.
struct ApprovalRequest {
  std::string repo{};
  std::string stage{};
  std::string version{};
  std::optional<std::string> comment{};
};
struct PromotionApproval {
  std::string stage{};
  std::string version{};
  int64_t approvals = 0;  ///< that count, this one included
  int64_t needed = 0;
};
/// Approves a version, with the content it has in the head of its repository.
///
/// Errors: kNotFound for repository, policy, stage and version; kInvalid for a comment that is too
/// long; kDenied without `plan:approve`, and for whoever pushed that content; kConflict for a
/// second approval by the same person.
Result<PromotionApproval> approve_version(Registry& registry,
                                          const Caller& caller,
                                          const ApprovalRequest& request);
/// How many have approved a version with that content; no content: with any.
Result<int64_t> count_approvals(Session& session,
                                int64_t repo_id,
                                std::string_view stage,
                                std::string_view version,
                                const std::optional<std::string>& content);

/// A version with the content that it has in a state of its repository.
struct PushedVersion {
  int64_t repo_id = 0;
  int64_t state_id = 0;
  std::string version{};
  std::string content{};
};
/// Who brought a content, whom nobody lets approve it.
struct FirstPush {
  Actor actor{};
  int64_t pushed_at = 0;
};
/// Looks through the states that can hold the version only, however many were pushed.
Result<std::optional<FirstPush>> find_first_push(Session& session, const PushedVersion& pushed);

}  // namespace rhumb::registry
