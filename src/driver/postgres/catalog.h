#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/postgres/session.h"
#include "driver/postgres/statement_class.h"

namespace rhumb::driver::postgres {

/// What the intent of a concurrent CREATE or DROP may promise: kAbsentBefore or kPresentBefore when
/// the catalog says so, else kUnknown. The name is qualified, quoted where SQL needs it.
[[nodiscard]] Result<Intent> index_intent(Session& session, const ConcurrentIndex& index);

/// Whether an index is there; `name` as index_intent writes it. Errors: kConflict for one that an
/// interrupted build or drop left invalid, with the two ways on.
[[nodiscard]] Result<bool> index_exists(Session& session, std::string_view name);

/// What the catalog says about the object a statement creates, drops or alters; see Connection.
[[nodiscard]] Result<std::string> describe_target(Session& session, std::string_view statement);

}  // namespace rhumb::driver::postgres
