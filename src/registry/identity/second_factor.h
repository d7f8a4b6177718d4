#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry.h"

/// The app whose codes a person logs in with, and the codes that replace it once each.
namespace rhumb::registry {

/// Whether `code` lets the person in: always when they have no app. A code is used up by it, one of
/// the app with all that came before it.
/// Errors: those of open_app(), unless it is a recovery code, which needs no key.
Result<bool> take_second_factor(Session& session,
                                const Registry& registry,
                                int64_t user_id,
                                std::string_view code);
/// An app waits for its first code. Errors: kConflict when one is in use; those of seal_app().
Result<void> propose_app(Session& session,
                         const Registry& registry,
                         int64_t user_id,
                         std::string_view secret);
/// The first code makes it count, with new recovery codes. Errors: kConflict when none waits;
/// kInvalid for another code; those of open_app().
Result<void> confirm_app(Session& session,
                         const Registry& registry,
                         int64_t user_id,
                         std::string_view code,
                         const std::vector<std::string>& recovery_codes);
Result<void> remove_app(Session& session, int64_t user_id);

}  // namespace rhumb::registry
