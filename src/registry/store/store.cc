#include "registry/store/store.h"

#include <fmt/format.h>
#include <unistd.h>

#include "codec/url.h"
#include "registry/store/postgres_session.h"
#include "registry/store/sqlite_session.h"

namespace rhumb::registry {
namespace {

Result<void> check_url(const std::string& text) {
  const codec::Url url = TRY(codec::parse_url(text).context("store"));
  if (url.scheme != "postgres" && url.scheme != "postgresql") {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("store: there is none for \"{}://\"; use a postgres:// URL, or the "
                             "folder of --data",
                             url.scheme));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const StoreAddress& address,
                                          StoreOpening opening,
                                          StoreSharing sharing,
                                          const UpgradeListener& on_upgrade) {
  const bool create = opening == StoreOpening::kCreate;
  if (address.url.empty()) {
    SqliteStoreOptions options;
    options.create = create;
    options.on_upgrade = on_upgrade;
    return open_sqlite_store(address.data, options);
  }
  TRY(check_url(address.url));
  PostgresStoreOptions options;
  options.create = create;
  options.sharing = sharing;
  options.on_upgrade = on_upgrade;
  return open_postgres_store(address.url, options);
}

Result<std::unique_ptr<Session>> open_store_reader(const StoreAddress& address) {
  if (address.url.empty()) {
    const std::string path = sqlite_store_file(address.data);
    if (::access(path.c_str(), R_OK) != 0) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("data folder {} holds no registry", address.data));
    }
    return open_sqlite(path, SqliteAccess::kRead);
  }
  TRY(check_url(address.url));
  std::unique_ptr<Session> session = TRY(open_postgres_session(address.url, PostgresAccess::kRead));
  TRY(check_holds_registry(*session));
  return session;
}

}  // namespace rhumb::registry
