#include "migrate/lost_commit.h"

#include <fmt/format.h>

#include <chrono>

namespace rhumb::migrate {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr int kReadAttempts = 3;
constexpr std::string_view kUnknownCode = "unknown-commit";

Result<std::optional<Revision>> read_back(RunSession& session,
                                          RevisionStore& store,
                                          std::string_view version) {
  Result<std::optional<Revision>> row = std::optional<Revision>();
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    TRY(session.reconnect(kPatience));
    row = store.find(version);
    if (row || !may_pass(row.error())) {
      break;
    }
  }
  return row;
}

}  // namespace

Result<bool> find_commit(RunSession& session,
                         RevisionStore& store,
                         std::string_view version,
                         const Error& lost,
                         const CommitTest& is_committed) {
  const Result<std::optional<Revision>> row = read_back(session, store, version);
  if (row) {
    return is_committed(*row);
  }
  return Error(ErrorCode::kUnavailable,
               fmt::format("sql/migrate: commit of version \"{}\" is unknown: {}\n"
                           "  the database did not answer again: {}\n"
                           "  the next run reads from the history whether it was committed",
                           version, lost.message(), row.error().message()))
      .caused_by({.code = std::string(kUnknownCode), .text = lost.message()});
}

bool is_unknown_commit(const Error& error) {
  return error.cause_code() == kUnknownCode;
}

}  // namespace rhumb::migrate
