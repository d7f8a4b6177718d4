#include "driver/connection.h"
#include "migrate/executor.h"
#include "migrate/prepared_file.h"
#include "migrate/versions.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kReading = "sql/migrate: read migration directory state";

Result<void> replay_file(driver::Connection& dev, const File& file) {
  const PreparedFile prepared =
      TRY(prepare_file(file, driver::sql_dialect(dev.info().engine)).context(kReading));
  StatementReader reader = prepared.statements.read();
  while (const std::optional<sql::Statement> statement = reader.next()) {
    const Result<driver::ExecResult> done = dev.execute(statement->text);
    if (!done) {
      const Error& error = done.error();
      return Error(error.code(),
                   statement_error_text(statement->text, prepared.id.version, error.message()))
          .context(kReading)
          .with_cause_of(error);
    }
  }
  return {};
}

}  // namespace

Result<void> replay_directory(driver::Connection& dev,
                              const DirectoryFiles& directory,
                              std::string_view up_to) {
  std::vector<File> files = directory.files;
  if (!up_to.empty()) {
    const size_t last = TRY(find_version(files, up_to));
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(last) + 1, files.end());
  }
  for (size_t i = replay_start(files); i < files.size(); ++i) {
    TRY(replay_file(dev, files[i]));
  }
  return {};
}

Result<void> use_clean_database(driver::Connection& dev,
                                const std::function<Result<void>()>& work) {
  const std::unique_ptr<driver::Snapshot> snapshot =
      TRY(dev.snapshot().context("sql/migrate: taking database snapshot"));
  Result<void> worked = work();
  Result<void> restored = snapshot->restore();
  return worked ? std::move(restored) : std::move(worked);
}

Result<void> validate_directory(driver::Connection& dev, const DirectoryFiles& directory) {
  return use_clean_database(dev, [&] { return replay_directory(dev, directory); });
}

}  // namespace rhumb::migrate
