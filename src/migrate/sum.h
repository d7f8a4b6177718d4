#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/sha256.h"

namespace rhumb::migrate {

/// The name of the checksum file in every directory.
inline constexpr std::string_view kSumFileName = "atlas.sum";

/// One line of the checksum file: a file and the running hash up to and including it.
struct SumEntry {
  std::string name;
  std::string hash;  ///< base64 without `h1:`; what stands in a file may be any text

  bool operator==(const SumEntry&) const = default;
};

/// The checksum file as a value, entries in directory order.
///
/// Source: spec migration-directory.md 3 (stored on disk, never change).
struct Sum {
  std::vector<SumEntry> entries;

  bool operator==(const Sum&) const = default;
  /// Base64, without `h1:`, of the hash over all names and hashes: the hash of the directory.
  [[nodiscard]] std::string total() const;
  /// The entry's hash. Errors: kNotFound `checksum not found`.
  [[nodiscard]] Result<std::string> hash_of(std::string_view name) const;
};

/// The text of the checksum file: `h1:<total>` and one line per entry, each ended by a newline.
[[nodiscard]] std::string format_sum(const Sum& sum);
/// Reads a checksum file; tolerates CR-LF and a missing last newline.
///
/// Errors: kInvalid `checksum file format invalid`; kConflict `checksum mismatch` when the first
/// line does not fit the entries.
[[nodiscard]] Result<Sum> parse_sum(std::string_view text);

/// Computes a Sum file by file; the bytes of one file may arrive in pieces.
///
/// Usage: for each file in directory order `begin_file(name)`, then `update(bytes)` and
/// `end_file()`, or nothing more when the file asks to be ignored: its name counts all the same.
class SumBuilder {
 public:
  void begin_file(std::string_view name);
  void update(std::string_view bytes);
  /// The hash of the entry it adds.
  codec::Sha256 end_file();
  [[nodiscard]] Sum take() { return std::move(sum_); }

 private:
  codec::Sha256Hasher hash_;
  std::string name_;
  Sum sum_;
};

/// Why a directory does not fit its checksum file.
struct SumProblem {
  enum class Kind : std::uint8_t { kNotFound, kFormat, kMismatch };
  enum class Reason : std::uint8_t { kEdited, kAdded, kRemoved };
  /// The first line that differs; absent when the checksum file contradicts itself.
  struct Place {
    size_t line = 0;    ///< of the checksum file, from 1
    size_t offset = 0;  ///< of that line in the checksum file as we write it, in bytes
    std::string file;
    Reason reason = Reason::kEdited;
  };
  Kind kind = Kind::kMismatch;
  std::optional<Place> place;

  /// `checksum file not found`, `checksum file format invalid` or `checksum mismatch`.
  [[nodiscard]] Error to_error() const;
  /// `L3: 2_b.sql was edited`; empty without a place.
  [[nodiscard]] std::string detail() const;
};

[[nodiscard]] std::string_view sum_reason_name(SumProblem::Reason reason);

/// Compares what a checksum file says with what the files are; nothing when they agree.
///
/// `stored` is absent when there is no checksum file, which is fine for a directory without files
/// (`has_files` counts those that ask to be ignored as well).
[[nodiscard]] std::optional<SumProblem> check_sum(std::optional<std::string_view> stored,
                                                  const Sum& computed,
                                                  bool has_files);

/// The advice for a person, printed before the error; ends with an empty line.
///
/// `command` is `atlas migrate hash`, in colour where that is wanted. Source: spec
/// cli-migrate.md 1.5.
[[nodiscard]] std::string sum_advice(const SumProblem& problem, std::string_view command);

}  // namespace rhumb::migrate
