#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "registry/store/database_names.h"
#include "registry/store/sql.h"
#include "registry/store/writer.h"

namespace rhumb::registry {

struct StoreListener {
  std::function<void(std::string_view message)> heard;
  /// Something may have been said that was not heard.
  std::function<void()> missed;
};

/// Ends with this object.
class StoreSubscription {
 public:
  StoreSubscription() = default;
  StoreSubscription(const StoreSubscription&) = delete;
  StoreSubscription& operator=(const StoreSubscription&) = delete;
  virtual ~StoreSubscription() = default;
};

/// Where the registry keeps everything: many readers, one road for writes.
///
/// Threads: every member may be called from any thread.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Runs `job` in a transaction; returns after it is durable. A job that fails leaves nothing.
  /// A job may be run again after a serialization failure, so it must only touch the session and
  /// values that it sets anew each time.
  virtual Result<void> write(Writer::Job job) = 0;
  /// Likewise, in one go with others of its class that wait at the same time.
  virtual Result<void> write(SharedJob& job) = 0;
  /// Runs `job` on a consistent snapshot; again when the connection to the store was lost. A job
  /// must not ask for another one: readers are bounded in number.
  virtual Result<void> read(const std::function<Result<void>(Session&)>& job) = 0;
  /// Finishes accepted writes and refuses later ones.
  virtual void stop() = 0;
  /// How many writes there were, and how many commits they shared.
  [[nodiscard]] virtual Writer::Counts write_counts() const = 0;
  /// Whether the engine answers at all.
  virtual Result<void> check() = 0;
  /// Hears what other servers of this store say (Session::tell_others) from now on, on a thread of
  /// its own, until the subscription goes; null where there are no others.
  [[nodiscard]] virtual std::unique_ptr<StoreSubscription> listen(StoreListener listener) = 0;

  [[nodiscard]] DatabaseNames& database_names() { return database_names_; }

 private:
  DatabaseNames database_names_;
};

/// Where a store is: in the database that a `postgres://` URL names, and without one in a folder.
struct StoreAddress {
  std::string url{};
  std::string data = "./rhumb-data";
};

/// Whether a store that is not there yet is made.
enum class StoreOpening { kCreate, kExisting };
/// Whether other servers may have the store at the same time. The embedded one is never shared.
enum class StoreSharing { kAlone, kShared };

/// Told each migration of the registry's schema before it runs on a store of an older release.
using UpgradeListener = std::function<void(std::string_view file)>;

/// Opens a store, brings it up to date, and holds it until it goes.
/// Errors: those of open_sqlite_store() and open_postgres_store(); kUnsupported for the URL of
/// another engine.
Result<std::unique_ptr<Store>> open_store(const StoreAddress& address,
                                          StoreOpening opening = StoreOpening::kCreate,
                                          StoreSharing sharing = StoreSharing::kAlone,
                                          const UpgradeListener& on_upgrade = {});
/// A session that only reads, whether a server has the store or not.
/// Errors: kNotFound where no registry is; those of the engine.
Result<std::unique_ptr<Session>> open_store_reader(const StoreAddress& address);

struct SqliteStoreOptions {
  bool create = true;       ///< make the folder and the file when they are missing
  size_t readers_max = 16;  ///< idle reader connections kept
  UpgradeListener on_upgrade{};
};

/// Opens (and makes, and brings up to date) the embedded store in the folder `data`, and holds the
/// folder until the store goes.
///
/// Errors: kIo for a folder that cannot be made or used, kNotFound for a missing one that may not
/// be made, kBusy when another server uses it, kUnsupported when a newer release has written it.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& data);
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& data,
                                                 const SqliteStoreOptions& options);

struct PostgresStoreOptions {
  StoreSharing sharing = StoreSharing::kAlone;
  bool create = true;       ///< make the tables when they are missing
  size_t readers_max = 16;  ///< reader connections; whoever finds none free waits for one
  UpgradeListener on_upgrade{};
};

/// Opens (and makes, and brings up to date) a store in the database, or the schema of
/// `search_path`, that a `postgres://` URL names, and holds it until the store goes. Servers that
/// share it take turns in writing, a batch at a time.
///
/// Errors: as open_postgres_session(), and kUnsupported when a newer release has written the store.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url,
                                                   const PostgresStoreOptions& options = {});

/// `write` with a value: what the job returned, once durable.
template <typename T>
Result<T> write_value(Store& store, const std::function<Result<T>(Session&)>& job) {
  Result<T> result = Error(ErrorCode::kInternal, "the job did not run");
  TRY(store.write([&result, &job](Session& session) -> Result<void> {
    result = job(session);
    return result.has_value() ? Result<void>() : Result<void>(result.error());
  }));
  return result;
}

/// `read` with a value.
template <typename T>
Result<T> read_value(Store& store, const std::function<Result<T>(Session&)>& job) {
  Result<T> result = Error(ErrorCode::kInternal, "the job did not run");
  TRY(store.read([&result, &job](Session& session) -> Result<void> {
    result = job(session);
    return result.has_value() ? Result<void>() : Result<void>(result.error());
  }));
  return result;
}

}  // namespace rhumb::registry
