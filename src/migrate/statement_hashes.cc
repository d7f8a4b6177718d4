#include "migrate/statement_hashes.h"

#include <fmt/format.h>

#include "base/check.h"
#include "codec/base64.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kNoHash = "h1:";

bool is_compact(const std::vector<std::string>& hashes) {
  return hashes.size() == kExactHashesMax + 1 && hashes.back() == kNoHash;
}

Error history_changed(size_t number, std::string_view file_name) {
  return {ErrorCode::kConflict,
          fmt::format("sql/migrate: history changed: statement {} from file \"{}\" changed", number,
                      file_name)};
}

StatementHashes hash_first(const FileStatements& statements, size_t count) {
  StatementHashes hashes;
  StatementReader reader = statements.read();
  for (size_t i = 0; i < count; ++i) {
    const std::optional<sql::Statement> statement = reader.next();
    RHUMB_CHECK(statement.has_value(), "callers ask for statements that there are");
    hashes.add(statement->text);
  }
  return hashes;
}

}  // namespace

void StatementHashes::add(std::string_view statement) {
  hasher_.update(statement);
  last_ = "h1:" + codec::base64_encode(hasher_.digest());
  ++size_;
  if (size_ <= kExactHashesMax) {
    compact_.push_back(last_);
  } else if (size_ == kExactHashesMax + 1) {
    compact_.emplace_back(kNoHash);
  }
}

std::vector<std::string> exact_hashes(const FileStatements& statements, size_t count) {
  StatementHashes running;
  std::vector<std::string> hashes;
  StatementReader reader = statements.read();
  for (size_t i = 0; i < count; ++i) {
    const std::optional<sql::Statement> statement = reader.next();
    RHUMB_CHECK(statement.has_value(), "a file has the statements that were applied of it");
    running.add(statement->text);
    hashes.push_back(running.last());
  }
  return hashes;
}

std::string hash_of_first(const FileStatements& statements, size_t count) {
  return hash_first(statements, count).last();
}

Result<StatementHashes> check_first(const FileStatements& statements,
                                    size_t count,
                                    std::string_view file_name,
                                    std::string_view want) {
  if (count > statements.size()) {
    return history_changed(statements.size() + 1, file_name);
  }
  StatementHashes hashes = hash_first(statements, count);
  if (hashes.last() != want) {
    return history_changed(count, file_name);
  }
  return hashes;
}

Result<StatementHashes> check_history(const Revision& row,
                                      const FileStatements& statements,
                                      std::string_view file_name,
                                      std::string_view after) {
  const auto changed = [&](size_t number) { return history_changed(number, file_name); };
  const bool compact = is_compact(row.partial_hashes);
  const size_t known = compact ? kExactHashesMax : row.partial_hashes.size();
  const auto applied = static_cast<size_t>(row.applied);
  StatementHashes hashes;
  StatementReader reader = statements.read();
  for (size_t i = 0; i < applied; ++i) {
    const std::optional<sql::Statement> statement = reader.next();
    if (!statement || (i >= known && !compact)) {
      return changed(i + 1);
    }
    hashes.add(statement->text);
    const bool differs = i < known && hashes.last() != row.partial_hashes[i];
    const bool differs_at_end = i >= known && i + 1 == applied && hashes.last() != after;
    if (differs || differs_at_end) {
      return changed(i + 1);
    }
  }
  return hashes;
}

}  // namespace rhumb::migrate
