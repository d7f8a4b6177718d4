#include "registry/store/copy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "codec/hex.h"
#include "registry/audit/audit.h"
#include "registry/audit/vouched_bodies.h"
#include "registry/store/bodies.h"
#include "registry/store/sqlite_session.h"
#include "registry/store/tables.h"
#include "sys/files.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kProgressRows = 10000;

Result<int64_t> copy_table(Session& from,
                           Session& to,
                           const Table& table,
                           const CopyProgress& progress) {
  const std::string into = fmt::format("{} ({})", table.name, fmt::join(table.columns, ", "));
  Result<void> inserted;
  int64_t rows = 0;
  TRY(walk_table(from, table, [&](const Row& row) {
    inserted = to.insert_later({into}, row);
    if (++rows % kProgressRows == 0) {
      progress(table.name, rows);
    }
    return inserted.has_value();
  }));
  TRY(std::move(inserted));
  TRY(to.finish_filling(table.name));
  return rows;
}

Result<void> check_empty(Session& session) {
  const Value organizations = TRY(session.scalar("SELECT count(*) FROM organizations"));
  return organizations.number() == 0
             ? Result<void>()
             : Error(ErrorCode::kConflict,
                     "the store to copy to holds a registry already; name an empty one");
}

/// What tells two tables apart: every value with its length.
Result<codec::Sha256> digest(Session& session, const Table& table) {
  codec::Sha256Hasher hasher;
  TRY(walk_table(session, table, [&hasher](const Row& row) {
    for (const Value& value : row) {
      const std::optional<int64_t> number =
          std::holds_alternative<int64_t>(value.state()) ? value.find_number() : std::nullopt;
      const std::string text = number ? std::to_string(*number) : value.text();
      hasher.update(value.is_null() ? "-" : fmt::format("{}:", text.size())).update(text);
    }
    return true;
  }));
  return hasher.digest();
}

Result<void> compare(Session& from, Session& to, const std::vector<Table>& tables) {
  for (const Table& table : tables) {
    if (TRY(digest(from, table)) != TRY(digest(to, table))) {
      return Error(ErrorCode::kConflict,
                   fmt::format("table {} of the copy differs from the original", table.name));
    }
  }
  return {};
}

/// A session that only reads, in a transaction that sees one state.
Result<std::unique_ptr<Session>> open_snapshot(const StoreAddress& address) {
  std::unique_ptr<Session> session = TRY(open_store_reader(address));
  TRY(session->begin_read());
  return session;
}

/// A folder beside a file, gone with this object.
class FolderBeside {
 public:
  static Result<FolderBeside> make(const std::string& file) {
    std::string path = file + ".part-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      return Error(ErrorCode::kIo, fmt::format("{}: no folder can be made beside it", file));
    }
    return FolderBeside(std::move(path));
  }
  FolderBeside(FolderBeside&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  FolderBeside(const FolderBeside&) = delete;
  FolderBeside& operator=(const FolderBeside&) = delete;
  ~FolderBeside() {
    if (!path_.empty()) {
      std::error_code ignored;
      std::filesystem::remove_all(path_, ignored);
    }
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit FolderBeside(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace

Result<CopyReport> copy_registry(Session& from, Store& to, const CopyProgress& progress) {
  const std::vector<Table> tables = TRY(list_tables(from));
  CopyReport report = TRY(write_value<CopyReport>(to, [&](Session& session) -> Result<CopyReport> {
    TRY(check_empty(session));
    CopyReport copied;
    for (const Table& table : tables) {
      progress(table.name, 0);
      copied.rows += TRY(copy_table(from, session, table, progress));
      ++copied.tables;
    }
    return copied;
  }));
  TRY(to.read([&](Session& session) -> Result<void> {
    TRY(compare(from, session, tables));
    const AuditHead head = TRY(verify_audit(session));
    report.audit_entries = head.seq;
    report.audit_hash = codec::hex_encode(head.hash);
    return {};
  }));
  return report;
}

Result<CopyReport> back_up_registry(const StoreAddress& from,
                                    const std::string& file,
                                    const CopyProgress& progress) {
  if (::access(file.c_str(), F_OK) == 0) {
    return Error(ErrorCode::kConflict, fmt::format("{} exists already", file));
  }
  const std::unique_ptr<Session> source = TRY(open_snapshot(from));
  const FolderBeside folder = TRY(FolderBeside::make(file));
  std::unique_ptr<Store> copy = TRY(open_store({"", folder.path()}));
  CopyReport report = TRY(copy_registry(*source, *copy, progress));
  copy.reset();
  TRY(end_wal(sqlite_store_file(folder.path())));
  TRY(sys::rename_file(sqlite_store_file(folder.path()), file));
  return report;
}

Result<CopyReport> restore_registry(const std::string& file,
                                    const StoreAddress& to,
                                    const CopyProgress& progress) {
  if (::access(file.c_str(), R_OK) != 0) {
    return Error(ErrorCode::kNotFound, fmt::format("{} cannot be read", file));
  }
  const std::unique_ptr<Session> source = TRY(open_sqlite(file, SqliteAccess::kFile));
  TRY(source->begin_read());
  TRY(source->scalar("SELECT count(*) FROM organizations").context(file));
  const std::unique_ptr<Store> store = TRY(open_store(to));
  return copy_registry(*source, *store, progress);
}

Result<CopyReport> move_registry(const StoreAddress& from,
                                 const StoreAddress& to,
                                 const CopyProgress& progress) {
  const std::unique_ptr<Store> held = TRY(open_store(from, StoreOpening::kExisting));
  const std::unique_ptr<Session> source = TRY(open_snapshot(from));
  const std::unique_ptr<Store> store = TRY(open_store(to));
  return copy_registry(*source, *store, progress);
}

Result<VerifyReport> verify_registry(const StoreAddress& address) {
  const std::unique_ptr<Session> session = TRY(open_snapshot(address));
  const AuditHead head = TRY(verify_audit(*session));
  VerifyReport report{head.seq, codec::hex_encode(head.hash)};
  std::optional<Error> damaged;
  const VouchedBodies vouched = TRY(list_vouched_bodies(*session));
  TRY(walk_table(
      *session, Table{"bodies", {"id", "sha256", "size", "data", "redacted_sha256"}, {"id"}},
      [&](const Row& row) {
        ++report.bodies;
        if (!row[4].is_null() && !vouched.is_vouched(row[0].number(), row[4].text())) {
          damaged = Error(ErrorCode::kConflict,
                          fmt::format("body {}: was redacted by nobody", row[0].number()));
          return false;
        }
        const Result<std::string> bytes =
            unpack_body(row[4].is_null() ? row[1] : row[4], row[2], row[3]);
        if (!bytes) {
          damaged = Error(ErrorCode::kConflict,
                          fmt::format("body {}: {}", row[0].number(), bytes.error().message()));
        }
        return bytes.has_value();
      }));
  return damaged ? Result<VerifyReport>(*damaged) : Result<VerifyReport>(report);
}

}  // namespace rhumb::registry
