#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "registry/audit/export_record.h"

/// The audit log as one file that proves itself.
namespace rhumb::registry {

/// Runs a job on the store, a page at a time; the log may grow between two of them.
using StoreReader = std::function<Result<void>(const std::function<Result<void>(Session&)>& job)>;
/// Takes the next bytes.
using ExportSink = std::function<Result<void>(std::string bytes)>;

struct ExportOptions {
  ExportFormat format = ExportFormat::kJsonl;
  AuditFilter filter{};
  std::optional<AuditKey> key{};            ///< that signs; nothing: nobody does
  std::optional<std::set<int64_t>> only{};  ///< numbers of the entries that are wanted
};

/// Writes the entries that the filter takes, oldest first, and what proves them: entries between
/// them as leaves, as far as the next signed checkpoint. Memory does not grow with the log.
/// -> how many entries were written
Result<int64_t> export_audit(const StoreReader& read,
                             const ExportOptions& options,
                             const ExportSink& sink);

/// Errors: kInvalid `format must be jsonl or csv, not "x"`.
Result<ExportFormat> parse_export_format(std::string_view text);

struct ExportReport {
  int64_t entries = 0;
  int64_t first = 0;  ///< numbers of the first and last entry that is shown
  int64_t last = 0;
  bool complete = false;  ///< no entry between `base` and the last one is missing
  AuditHead base{};
  AuditHead head{};
  int64_t unproven = 0;  ///< pieces that nothing outside of the file holds together
  int64_t unseen = 0;    ///< expected entries that are not in it
  std::optional<codec::Ed25519PublicKey> key{};  ///< that signed the end
};

/// Checks an export, without a store. Memory does not grow with it.
///
/// Errors: kConflict or kInvalid naming the line and what does not fit. With `trusted` keys, one of
/// them must have signed the whole.
Result<ExportReport> verify_export(std::istream& file,
                                   const TrustedKeys& trusted,
                                   const ExpectedHashes& expected);

}  // namespace rhumb::registry
