#include "driver/postgres/cockroach_lock.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "driver/lock_pauses.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kIdentity = ".atlas_cloud_identifier";
constexpr std::string_view kNoTable = "42P01";
constexpr std::string_view kNoSchema = "3F000";
constexpr std::string_view kLocked = "55P03";

std::string table_sql(const std::string& schema) {
  return fmt::format("\"{}\".\"atlas_schema_revisions\"", replace_all(schema, "\"", "\"\""));
}

bool has_state(const Error& error, std::string_view state) {
  return error.cause_code() == state;
}

class RowLock final : public Lock {
 public:
  explicit RowLock(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<void> release() override {
    if (const std::unique_ptr<Session> session = std::move(session_)) {
      TRY(session->run("ROLLBACK"));
    }
    return {};
  }
  Result<void> regain() override {
    if (session_) {
      TRY(session_->query("SELECT 1"));
    }
    return {};
  }

 private:
  std::unique_ptr<Session> session_;
};

enum class Attempt { kHeld, kBusyElsewhere, kNoRow, kNoRevisions };

Result<Attempt> try_row(Session& session, const std::string& table) {
  TRY(session.run("BEGIN"));
  const Result<Rows> found = session.query(fmt::format(
      "SELECT version FROM {} WHERE version = '{}' FOR UPDATE NOWAIT", table, kIdentity));
  if (found && !found->rows.empty()) {
    return Attempt::kHeld;
  }
  TRY(session.run("ROLLBACK"));
  if (found) {
    return Attempt::kNoRow;
  }
  if (has_state(found.error(), kLocked)) {
    return Attempt::kBusyElsewhere;
  }
  if (has_state(found.error(), kNoTable) || has_state(found.error(), kNoSchema)) {
    return Attempt::kNoRevisions;
  }
  return found.error();
}

Result<void> insert_row(Session& session, const std::string& table) {
  TRY(session.run(fmt::format(
      "INSERT INTO {} (version, description, type, applied, total, executed_at, execution_time, "
      "error, error_stmt, hash, partial_hashes, operator_version) VALUES ('{}', "
      "gen_random_uuid()::text, 2, 0, 0, now(), 0, '', '', '', 'null', "
      "'Atlas CLI - development') ON CONFLICT (version) DO NOTHING",
      table, kIdentity)));
  return {};
}

}  // namespace

Result<std::unique_ptr<Lock>> acquire_row_lock(const Parameters& parameters,
                                               const LockRequest& request) {
  std::unique_ptr<Session> session = TRY(Session::open(parameters));
  const std::string table = table_sql(request.revisions_schema);
  LockPauses pauses(request);
  for (;;) {
    switch (TRY(try_row(*session, table))) {
      case Attempt::kHeld:
        return std::make_unique<RowLock>(std::move(session));
      case Attempt::kNoRevisions:
        return std::make_unique<RowLock>(nullptr);
      case Attempt::kNoRow:
        TRY(insert_row(*session, table));
        continue;
      case Attempt::kBusyElsewhere:
        break;
    }
    if (pauses.over()) {
      return lock_busy(kHeldByOtherSession, {});
    }
    TRY(pauses.pause());
  }
}

Result<std::optional<std::string>> find_row_lock_holder(const Parameters& parameters,
                                                        const LockRequest& request) {
  const std::unique_ptr<Session> session = TRY(Session::open(parameters));
  const Attempt attempt = TRY(try_row(*session, table_sql(request.revisions_schema)));
  return attempt == Attempt::kBusyElsewhere ? std::optional<std::string>("another session")
                                            : std::nullopt;
}

}  // namespace rhumb::driver::postgres
