#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/app.h"
#include "cli/command.h"
#include "registry/audit/audit_key.h"

namespace rhumb {

/// `audit verify|export|key|checkpoint|evidence|prune`.
[[nodiscard]] cli::Command make_audit_command();

[[nodiscard]] cli::Command make_audit_checkpoint_command();
[[nodiscard]] cli::Command make_audit_evidence_command();
[[nodiscard]] cli::Command make_audit_prune_command();

/// The key that signs: of the file that a flag or RHUMB_AUDIT_SIGNING_KEY names, else the store's.
[[nodiscard]] cli::FlagSpec signing_key_flag();
Result<std::optional<registry::AuditKey>> find_signing_key(const cli::Invocation& invocation,
                                                           registry::Session& session);
/// Errors: kNotFound when there is none.
Result<registry::AuditKey> read_signing_key(const cli::Invocation& invocation,
                                            registry::Session& session);
/// A flag that is a time or a date, in nanoseconds since 1970.
Result<std::optional<int64_t>> read_time_flag(const cli::Invocation& invocation,
                                              std::string_view flag);

}  // namespace rhumb
