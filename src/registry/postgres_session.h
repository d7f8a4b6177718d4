#pragma once

#include <memory>
#include <string>

#include "registry/sql.h"

namespace rhumb::registry {

/// kWrite holds the store for one server: nobody else gets it before the connection ends.
enum class PostgresAccess { kRead, kWrite };

/// Opens a session with a PostgreSQL server; see to_postgres() for the statements it takes. A
/// session that was lost is opened anew by its next transaction. When the connection goes while the
/// server commits, the server is asked what became of the transaction.
///
/// Errors: kInvalid for a URL that cannot be read; kUnavailable when no server answers; kBusy when
/// another server has the store; kUnsupported when libpq is not installed; kDatabase for a refusal.
Result<std::unique_ptr<Session>> open_postgres_session(const std::string& url,
                                                       PostgresAccess access);

/// Errors: kNotFound `store holds no registry`.
Result<void> check_holds_registry(Session& session);

}  // namespace rhumb::registry
