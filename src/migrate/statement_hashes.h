#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/sha256.h"
#include "migrate/revision.h"
#include "sql/statement_splitter.h"

namespace rhumb::migrate {

/// Up to this many statements a running file's row holds every hash; beyond, the first ones and one
/// empty entry, so that rows of long files stay small.
inline constexpr size_t kExactHashesMax = 64;

/// The running hashes of a file's statements: hash i, with `h1:`, is over the texts 1..i.
/// Source: spec revisions.md 2.1, 3.1.
class StatementHashes {
 public:
  void add(std::string_view statement);
  [[nodiscard]] const std::vector<std::string>& all() const { return hashes_; }
  [[nodiscard]] size_t size() const { return hashes_.size(); }
  /// The hashes as a row of a file that is running holds them.
  [[nodiscard]] std::vector<std::string> compact() const;

 private:
  codec::Sha256Hasher hasher_;
  std::vector<std::string> hashes_;
};

/// Compares the applied statements of a row with the file as it is now.
///
/// `after` is the hash of the last applied statement where the row's own hashes are not exact.
/// The result holds the hashes of the applied statements.
/// Errors: `sql/migrate: history changed: statement <n> from file "<name>" changed`.
[[nodiscard]] Result<StatementHashes> check_history(const Revision& row,
                                                    const std::vector<sql::Statement>& statements,
                                                    std::string_view file_name,
                                                    std::string_view after);

}  // namespace rhumb::migrate
