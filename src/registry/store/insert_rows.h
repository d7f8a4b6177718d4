#pragma once

#include <vector>

#include "registry/store/sql.h"

/// Many rows of one table in few statements.
namespace rhumb::registry {

/// Rows have a value for each column. Does not wait, as Session::run_later. The rows are grouped by
/// a few sizes, so that an engine has few statements to keep.
Result<void> insert_rows(Session& session, const RowsInto& into, const std::vector<Params>& rows);

}  // namespace rhumb::registry
