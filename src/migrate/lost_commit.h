#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "migrate/revision.h"
#include "migrate/revision_store.h"
#include "migrate/run_session.h"

namespace rhumb::migrate {

/// Reads from the row of a version whether the transaction that wrote it was committed.
using CommitTest = std::function<bool(const std::optional<Revision>& row)>;

/// Finds out what has become of a commit whose answer never came.
///
/// Connects again, waits until the server has ended the old session, and reads the row, which is
/// part of the transaction. The lock is not asked for: the row is the same with or without it.
/// Errors: `sql/migrate: commit of version "2" is unknown: <lost>` when nothing answers in time.
/// Source: spec revisions.md 3.1.
[[nodiscard]] Result<bool> find_commit(RunSession& session,
                                       RevisionStore& store,
                                       std::string_view version,
                                       const Error& lost,
                                       const CommitTest& is_committed);

/// Whether the error is that of a commit that nobody knows the outcome of.
[[nodiscard]] bool is_unknown_commit(const Error& error);

}  // namespace rhumb::migrate
