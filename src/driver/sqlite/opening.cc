#include "driver/sqlite/opening.h"

#include <filesystem>
#include <string>

#include "codec/url.h"

namespace rhumb::driver::sqlite {
namespace {

// The path in a data source name; empty when it names no file or says itself how to open one.
std::string plain_path(std::string_view name) {
  if (!name.starts_with("file:")) {
    return name == ":memory:" ? std::string() : std::string(name);
  }
  if (name.find("mode=") != std::string_view::npos || name.find("vfs=") != std::string_view::npos) {
    return {};
  }
  name.remove_prefix(5);
  name = name.substr(0, name.find_first_of("?#"));
  if (name.starts_with("//")) {
    const size_t path = name.find('/', 2);
    name.remove_prefix(std::min(path, name.size()));
  }
  const Result<std::string> path = codec::path_unescape(name);
  return path && *path != ":memory:" ? *path : std::string();
}

}  // namespace

Result<Database> open_database(const Dsn& dsn) {
  Database database = TRY(Database::open(dsn.name));
  database.set_busy_timeout(dsn.busy_timeout_ms);
  for (const std::string& pragma : dsn.pragmas) {
    TRY(database.run(pragma));
  }
  // The library opens lazily: only a read tells whether the file is a database at all.
  TRY(database.run("SELECT 1 FROM sqlite_master LIMIT 1"));
  return database;
}

bool makes_file(const Dsn& dsn) {
  const std::string name = plain_path(dsn.name);
  if (name.empty()) {
    return false;
  }
  const std::filesystem::path path(name);
  std::error_code problem;
  const auto kind = std::filesystem::symlink_status(path, problem).type();
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  return kind == std::filesystem::file_type::not_found &&
         std::filesystem::is_directory(folder, problem);
}

}  // namespace rhumb::driver::sqlite
