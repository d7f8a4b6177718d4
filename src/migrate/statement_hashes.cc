#include "migrate/statement_hashes.h"

#include <fmt/format.h>

#include "codec/base64.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kNoHash = "h1:";

bool is_compact(const std::vector<std::string>& hashes) {
  return hashes.size() == kExactHashesMax + 1 && hashes.back() == kNoHash;
}

}  // namespace

void StatementHashes::add(std::string_view statement) {
  hasher_.update(statement);
  hashes_.push_back("h1:" + codec::base64_encode(hasher_.digest()));
}

std::vector<std::string> StatementHashes::compact() const {
  if (hashes_.size() <= kExactHashesMax) {
    return hashes_;
  }
  std::vector<std::string> first(hashes_.begin(),
                                 hashes_.begin() + static_cast<std::ptrdiff_t>(kExactHashesMax));
  first.emplace_back(kNoHash);
  return first;
}

Result<StatementHashes> check_history(const Revision& row,
                                      const std::vector<sql::Statement>& statements,
                                      std::string_view file_name,
                                      std::string_view after) {
  const auto changed = [&](size_t number) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: history changed: statement {} from file \"{}\" changed",
                             number, file_name));
  };
  const bool compact = is_compact(row.partial_hashes);
  const size_t known = compact ? kExactHashesMax : row.partial_hashes.size();
  const auto applied = static_cast<size_t>(row.applied);
  StatementHashes hashes;
  for (size_t i = 0; i < applied; ++i) {
    if (i >= statements.size() || (i >= known && !compact)) {
      return changed(i + 1);
    }
    hashes.add(statements[i].text);
    const bool differs = i < known && hashes.all()[i] != row.partial_hashes[i];
    const bool differs_at_end = i >= known && i + 1 == applied && hashes.all()[i] != after;
    if (differs || differs_at_end) {
      return changed(i + 1);
    }
  }
  return hashes;
}

}  // namespace rhumb::migrate
