#pragma once

#include <vector>

#include "codec/json.h"
#include "registry/policy/policy.h"

/// Policies as the API and the store write them. Pure.
namespace rhumb::registry {

/// Reads PromotionStageInput values.
///
/// Errors: kInvalid that starts with the stage's name: none, two of one name, no environment, a
/// required stage that does not come before, coverage, soak, approvals or freezes that are none;
/// kLimit for more of something than there may be.
Result<std::vector<PromotionStage>> read_stages(const codec::Json& stages);
/// As PromotionStage of the API; read_stages reads it again.
[[nodiscard]] codec::Json to_json(const std::vector<PromotionStage>& stages);

/// As PolicyReason of the API.
[[nodiscard]] codec::Json to_json(const std::vector<PolicyReason>& reasons);

}  // namespace rhumb::registry
