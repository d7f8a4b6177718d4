#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rhumb::migrate {

/// Bits of a revision's `type` column. Stored in users' databases: never renumber.
namespace revision_type {
inline constexpr uint64_t kBaseline = 1;
inline constexpr uint64_t kExecuted = 2;
inline constexpr uint64_t kResolved = 4;
}  // namespace revision_type

inline constexpr std::string_view kRevisionsTable = "atlas_schema_revisions";
/// Rows whose version starts with this name the database for a registry and are no revisions.
inline constexpr std::string_view kIdentityVersion = ".atlas_cloud_identifier";

/// An instant and the offset from UTC it was written with, because reports print both.
struct StoredTime {
  std::chrono::sys_time<std::chrono::nanoseconds> at{};
  std::chrono::minutes offset{};

  bool operator==(const StoredTime&) const = default;
};

// Members carry braces so that designated initialisers may leave them out.

/// One applied, or partly applied, version.
///
/// Shape: `hash` is base64 without `h1:`, `partial_hashes` with it and empty when the file is
/// finished; hash i proves statements 1..i.
/// Source: spec revisions.md 2.
struct Revision {
  std::string version{};
  std::string description{};
  uint64_t type = revision_type::kExecuted;
  int64_t applied = 0;
  int64_t total = 0;
  StoredTime executed_at{};
  std::chrono::nanoseconds execution_time{};
  std::string error{};
  std::string error_stmt{};
  std::string hash{};
  std::vector<std::string> partial_hashes{};
  std::string operator_version{};

  [[nodiscard]] bool resolved() const { return (type & revision_type::kResolved) != 0; }
  /// Whether nothing of its file is left to run. Decides for the last revision of a history.
  [[nodiscard]] bool complete() const { return resolved() || applied == total; }
  /// Whether it stopped half-way with an error that nobody resolved. Decides for any other
  /// revision: rows that an older program left with `applied` != `total` but no error are taken as
  /// complete.
  [[nodiscard]] bool failed() const { return !resolved() && applied < total && !error.empty(); }

  bool operator==(const Revision&) const = default;
};

/// The type as reports print it: `baseline`, `applied`, `manually set`, `applied + manually set`,
/// `unknown (0000)`.
[[nodiscard]] std::string format_revision_type(uint64_t type);

}  // namespace rhumb::migrate
