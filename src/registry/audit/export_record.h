#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "registry/audit/chain.h"
#include "registry/audit/checkpoint.h"

/// What an export of the audit log consists of: one record a line, as JSON or as CSV. Pure.
///
/// A record has one form only: what is read must be written again byte for byte, so that nothing in
/// a file can be changed without being seen.
namespace rhumb::registry {

enum class ExportFormat { kJsonl, kCsv };

/// Which entries are wanted; empty members are "any".
struct AuditFilter {
  std::optional<int64_t> from{};  ///< time of the first, nanoseconds since 1970
  std::optional<int64_t> to{};    ///< behind the last
  std::vector<std::string> actions{};
  std::string actor{};  ///< name
  std::string object{};
  std::optional<int64_t> org_id{};  ///< those of one organization only

  [[nodiscard]] bool takes_all() const;
  [[nodiscard]] bool takes(const AuditEntry& entry) const;
};

/// The first record.
struct ExportBegin {
  bool complete = true;  ///< every entry of the log is there, from `base` on
  AuditHead base{};
  AuditFilter filter{};
};
/// Entries that are not shown, one after the other.
struct ExportLinks {
  int64_t first = 0;
  std::vector<codec::Sha256> leaves{};
};
/// What comes next does not continue what was before.
struct ExportBreak {};
/// The last record.
struct ExportEnd {
  int64_t entries = 0;     ///< that are shown
  AuditHead head{};        ///< where the records before it end
  codec::Sha256 digest{};  ///< of every byte before this record
  /// Who says so; nothing where there was no key.
  std::optional<codec::Ed25519PublicKey> key{};
  codec::Ed25519Signature signature{};
};

using ExportRecord =
    std::variant<ExportBegin, SealedEntry, ExportLinks, SignedCheckpoint, ExportBreak, ExportEnd>;

/// With its line break.
[[nodiscard]] std::string format_record(const ExportRecord& record, ExportFormat format);
/// Without it. Errors: kInvalid.
Result<ExportRecord> parse_record(std::string_view line, ExportFormat format);

/// The line that a CSV export begins with, with its line break; of JSON there is none.
[[nodiscard]] std::string_view export_head(ExportFormat format);

/// Signs an end, or leaves it without a signature.
Result<ExportEnd> sign_end(ExportEnd end, const std::optional<AuditKey>& key);
[[nodiscard]] bool is_signed(const ExportEnd& end, const TrustedKeys& trusted);

}  // namespace rhumb::registry
