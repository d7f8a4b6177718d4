#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

/// The app whose codes a person logs in with, and the codes that replace it once each.
namespace rhumb::registry {

/// Whether `code` lets the person in: always when they have no app. A code is used up by it, one of
/// the app with all that came before it.
Result<bool> take_second_factor(Session& session,
                                int64_t user_id,
                                std::string_view code,
                                int64_t now);
/// An app waits for its first code. Errors: kConflict when one is in use.
Result<void> propose_app(Session& session, int64_t user_id, std::string_view secret);
/// The first code makes it count, with new recovery codes. Errors: kConflict when none waits;
/// kInvalid for another code.
Result<void> confirm_app(Session& session,
                         int64_t user_id,
                         std::string_view code,
                         const std::vector<std::string>& recovery_codes,
                         int64_t now);
Result<void> remove_app(Session& session, int64_t user_id);

}  // namespace rhumb::registry
