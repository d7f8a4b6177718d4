#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/sha256.h"
#include "migrate/file_statements.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// Up to this many statements a running file's row holds every hash; beyond, the first ones and one
/// empty entry, so that rows of long files stay small.
inline constexpr size_t kExactHashesMax = 64;

/// The running hash of a file's statements: hash i, with `h1:`, is over the texts 1..i.
///
/// Keeps what the row of a running file holds and the last hash, however long the file is.
/// Source: spec revisions.md 2.1, 3.1.
class StatementHashes {
 public:
  void add(std::string_view statement);
  [[nodiscard]] size_t size() const { return size_; }
  /// The hash over all statements; empty before the first.
  [[nodiscard]] const std::string& last() const { return last_; }
  /// The hashes as a row of a file that is running holds them.
  [[nodiscard]] const std::vector<std::string>& compact() const { return compact_; }

 private:
  codec::Sha256Hasher hasher_;
  std::vector<std::string> compact_;
  std::string last_;
  size_t size_ = 0;
};

/// All hashes of the first `count` statements, as the row of a file that stopped holds them.
[[nodiscard]] std::vector<std::string> exact_hashes(const FileStatements& statements, size_t count);

/// The hash over the first `count` statements; empty for none.
[[nodiscard]] std::string hash_of_first(const FileStatements& statements, size_t count);

/// Compares the first `count` statements of a file with the hash that was taken over them; the
/// result has taken them in. Errors: as check_history, naming the last of them.
[[nodiscard]] Result<StatementHashes> check_first(const FileStatements& statements,
                                                  size_t count,
                                                  std::string_view file_name,
                                                  std::string_view want);

/// Compares the applied statements of a row with the file as it is now.
///
/// `after` is the hash of the last applied statement where the row's own hashes are not exact.
/// The result has taken in the applied statements.
/// Errors: `sql/migrate: history changed: statement <n> from file "<name>" changed`.
[[nodiscard]] Result<StatementHashes> check_history(const Revision& row,
                                                    const FileStatements& statements,
                                                    std::string_view file_name,
                                                    std::string_view after);

}  // namespace rhumb::migrate
