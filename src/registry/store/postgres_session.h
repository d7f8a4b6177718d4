#pragma once

#include <memory>
#include <string>

#include "registry/store/sql.h"

namespace rhumb::driver::postgres {
class Session;
}

namespace rhumb::registry {

/// kWrite and kWriteAlone hold the store until the connection ends: the first beside others of its
/// kind, the second beside nobody.
enum class PostgresAccess { kRead, kWrite, kWriteAlone };

/// Opens a session with a PostgreSQL server; see to_postgres() for the statements it takes. A
/// session that was lost is opened anew by its next transaction. When the connection goes while the
/// server commits, the server is asked what became of the transaction.
///
/// Errors: kInvalid for a URL that cannot be read; kUnavailable when no server answers; kBusy when
/// another has the store, and one of the two wants it alone; kUnsupported when libpq is not
/// installed; kDatabase for a refusal.
Result<std::unique_ptr<Session>> open_postgres_session(const std::string& url,
                                                       PostgresAccess access);

/// A bare connection to a store's server, and the name of the channel on which the servers of the
/// store talk. Source: PostgreSQL 15 manual, NOTIFY.
Result<std::unique_ptr<driver::postgres::Session>> connect_to_store(const std::string& url);
Result<std::string> channel_of_store(driver::postgres::Session& session);

/// Errors: kNotFound `store holds no registry`.
Result<void> check_holds_registry(Session& session);

}  // namespace rhumb::registry
