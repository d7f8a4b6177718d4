#include "migrate/row_writer.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace rhumb::migrate {
namespace {

constexpr int kWriteAttempts = 3;
constexpr std::chrono::milliseconds kWritePause{500};
constexpr std::chrono::nanoseconds kRescueTime = std::chrono::seconds(5);

}  // namespace

RowWriter::RowWriter(const Place& place,
                     Direction direction,
                     const Revision* stored,
                     RowWriting writing)
    : place_(place), direction_(direction), writing_(writing), known_(mark_of(stored)) {
  if (stored != nullptr) {
    stored_ = *stored;
  }
  before_ = known_;
  attempted_ = known_;
}

RowWriter::Mark RowWriter::mark_of(const Revision* row) {
  if (row == nullptr) {
    return {};
  }
  return {.exists = true, .applied = row->applied, .error = row->error};
}

// The row of a file that is being reverted. From here on it speaks for itself again, whatever a
// person said of it before.
Revision RowWriter::merge(const Revision& row) const {
  Revision merged = stored_.value_or(row);
  merged.type &= ~revision_type::kResolved;
  merged.type = merged.type == 0 ? revision_type::kExecuted : merged.type;
  merged.error = row.error;
  merged.error_stmt = row.error_stmt;
  return merged;
}

Result<void> RowWriter::write(const Revision& row) {
  if (direction_ == Direction::kUp) {
    // SQLite prepares this again for every file that changes its schema, an upsert at more
    // than twice the price of an insert.
    const bool first = !stored_ && writing_ == RowWriting::kOnce;
    return put(mark_of(&row),
               [&] { return first ? place_.store.insert(row) : place_.store.write(row); });
  }
  const Revision merged = merge(row);
  return put(mark_of(&merged), [&] { return place_.store.write(merged); });
}

// A file whose last statement is reverted has no row any more.
Result<void> RowWriter::close(const Revision& row) {
  if (direction_ == Direction::kUp) {
    return write(row);
  }
  return put({}, [&] { return place_.store.remove(row.version); });
}

// Only a row whose statement cannot be taken back is worth waiting for.
Result<void> RowWriter::put(const Mark& next, const std::function<Result<void>()>& write) {
  attempted_ = next;
  Result<void> written = write();
  for (int attempt = 1; !written && attempt < kWriteAttempts; ++attempt) {
    const bool waits = written.error().code() == ErrorCode::kBusy;
    if (!waits || writing_ != RowWriting::kIntent || place_.connection.in_transaction()) {
      break;
    }
    place_.clock.sleep(kWritePause);
    written = write();
  }
  if (written) {
    before_ = std::exchange(known_, next);
  }
  return written;
}

Result<std::optional<Revision>> RowWriter::read_back(std::string_view version) {
  std::optional<Revision> row = TRY(place_.store.find(version));
  known_ = mark_of(row ? &*row : nullptr);
  before_ = known_;
  attempted_ = known_;
  return row;
}

Result<void> RowWriter::check_unchanged(std::string_view version) {
  const std::optional<Revision> row = TRY(place_.store.find(version));
  const Mark found = mark_of(row ? &*row : nullptr);
  if (found == known_ || found == before_ || found == attempted_) {
    return {};
  }
  return Error(ErrorCode::kConflict,
               fmt::format("another run has changed the row of version \"{}\"", version));
}

Result<void> RowWriter::rescue(std::string_view version,
                               const Error& lost,
                               const std::function<Result<void>()>& write) {
  Result<void> written = lost;
  for (int attempt = 0; attempt < kWriteAttempts && !written; ++attempt) {
    if (!may_pass(written.error())) {
      return written;
    }
    written = place_.session.resume(kRescueTime / kWriteAttempts);
    if (written) {
      written = check_unchanged(version);
    }
    if (written) {
      written = write();
    }
  }
  return written;
}

}  // namespace rhumb::migrate
