#include "migrate/revert.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "migrate/file_statements.h"
#include "migrate/plan.h"
#include "migrate/target_run.h"
#include "migrate/tx_mode.h"
#include "migrate/unknown_outcome.h"

namespace rhumb::migrate {
namespace {

// Undoes what a database has.
class RevertRun final : public TargetRun {
 public:
  RevertRun(driver::Connection& connection,
            const Directory& directory,
            const DirectoryFiles& files,
            const RevertOptions& options,
            RunStream& stream)
      : TargetRun(connection, options, stream, Direction::kDown),
        directory_(&directory),
        directory_files_(&files),
        revert_(options) {}

 private:
  Result<Planned> plan() override;
  [[nodiscard]] Result<TxMode> choose_mode(const PreparedFile& file) const override;
  [[nodiscard]] bool creates_table() const override { return false; }

  Result<void> complete(const Result<std::vector<FormerFile>>& former);
  Result<std::vector<RevertStep>> choose_steps();
  Result<void> refuse_open_rows(const std::vector<RevertStep>& steps);
  Result<PreparedFile> prepare(const RevertStep& step);
  Result<void> prepare_files(const std::vector<RevertStep>& steps);
  Error cannot_undo(const PreparedFile& file, const Revision& row) const;

  // With the files that it no longer holds, once they are known to be needed.
  const Directory* directory_;
  const DirectoryFiles* directory_files_;
  std::optional<CompletedDirectory> completed_;
  const RevertOptions& revert_;
};

// Where the author of a migration would have written what undoes it.
std::string describe_missing(const FileContent& file) {
  const std::string name = go_quote(file.name);
  if (file.format == Format::kGoose) {
    return fmt::format("{} has no part \"-- +goose Down\"", name);
  }
  if (file.format == Format::kDbmate) {
    return fmt::format("{} has no part \"-- migrate:down\"", name);
  }
  if (const std::optional<std::string> apart = down_file_name(file.name, file.format)) {
    return fmt::format("there is no file {}", go_quote(*apart));
  }
  if (file.has("txtar")) {
    return fmt::format("{} has no section \"-- down.sql --\"", name);
  }
  return fmt::format(
      "{} does not say how (a section \"-- down.sql --\" of a file with the directive "
      "atlas:txtar would)",
      name);
}

// A row that a killed run left, and that this one will not touch or may not judge.
Result<void> RevertRun::refuse_open_rows(const std::vector<RevertStep>& steps) {
  TRY(parse_on_unknown(revert_.on_unknown));
  const auto first = revisions_.end() - static_cast<std::ptrdiff_t>(steps.size());
  if (std::optional<Error> left =
          find_half_reverted(*directory_files_, std::vector<Revision>(revisions_.begin(), first))) {
    return *std::move(left);
  }
  if (revert_.on_unknown != kFailOnUnknown || revert_.dry_run) {
    return {};
  }
  return refuse_unknown_outcomes(connection_, *directory_files_,
                                 std::vector<Revision>(first, revisions_.end()));
}

Error RevertRun::cannot_undo(const PreparedFile& file, const Revision& row) const {
  const std::string missing = describe_missing(file.content);
  const std::string ways = fmt::format(
      "  write that, and run the command again\n"
      "  or undo the version by hand and leave it out of the history: migrate set {}",
      outcome_.target.empty() ? "<version>" : outcome_.target);
  if (revert_.has_dev_url) {
    return {ErrorCode::kUnsupported,
            fmt::format("cannot revert version {}: {}, and this version of the program does not "
                        "compute it on the database of --dev-url\n{}",
                        go_quote(row.version), missing, ways)};
  }
  return {ErrorCode::kUnsupported,
          fmt::format("--dev-url cannot be empty. See: "
                      "https://atlasgo.io/atlas-schema/sql#dev-database\n"
                      "  what reverts version {} would have to be computed, which this version of "
                      "the program cannot do even then: {}\n{}",
                      go_quote(row.version), missing, ways)};
}

Result<PreparedFile> RevertRun::prepare(const RevertStep& step) {
  const File& file = directory_files_->files[step.file];
  PreparedFile prepared{.file = file};
  prepared.id = {.name = file.name(), .version = file.version(), .description = file.description()};
  prepared.content = TRY(file.load());
  if (step.row_only) {
    return prepared;
  }
  const sql::Dialect dialect = driver::sql_dialect(connection_.info().engine);
  std::optional<DownScript> down =
      TRY(split_down(*directory_, prepared.content, dialect)
              .context(
                  fmt::format("sql/migrate: scanning statements that revert \"{}\"", file.name())));
  if (!down) {
    return cannot_undo(prepared, revisions_[step.row]);
  }
  prepared.content = std::move(down->content);
  prepared.id.name = prepared.content.name;
  prepared.statements = std::move(down->statements);
  if (prepared.size() == 0) {
    stream_.emit(Notice{fmt::format(
        "Warning: nothing in {} reverts version {}: it leaves the history, the schema stays",
        go_quote(prepared.id.name), go_quote(prepared.id.version))});
  }
  return prepared;
}

Result<void> RevertRun::prepare_files(const std::vector<RevertStep>& steps) {
  for (const RevertStep& step : steps) {
    PreparedFile prepared = TRY(prepare(step));
    TRY(choose_mode(prepared));
    files_.push_back(std::make_shared<const PreparedFile>(std::move(prepared)));
  }
  return {};
}

Result<TxMode> RevertRun::choose_mode(const PreparedFile& file) const {
  // A script that ends transactions by itself would end ours as well.
  if (file.statements.no_transaction || file.statements.controls_transactions()) {
    return TxMode::kNone;
  }
  const bool option_is_of_up = file.content.format == Format::kDbmate;
  return option_is_of_up ? TxMode::kFile : file_tx_mode(file.content, TxMode::kFile);
}

Result<void> RevertRun::complete(const Result<std::vector<FormerFile>>& former) {
  if (!former) {
    return {};
  }
  completed_ = TRY(complete_directory(*directory_, *directory_files_, revisions_, *former));
  if (completed_) {
    directory_ = completed_->directory.get();
    directory_files_ = &completed_->files;
  }
  return {};
}

Result<std::vector<RevertStep>> RevertRun::choose_steps() {
  const auto former = revert_.find_former
                          ? revert_.find_former()
                          : Result<std::vector<FormerFile>>(std::vector<FormerFile>());
  TRY(complete(former));
  const std::vector<FileEntry> entries = file_entries(*directory_files_);
  TRY(check_equal_versions(entries));
  Result<std::vector<RevertStep>> steps = plan_revert(entries, revisions_, revert_.limits);
  if (!steps && !former && steps.error().code() == ErrorCode::kNotFound) {
    return steps.error().hinted(former.error().message());
  }
  return steps;
}

Result<Planned> RevertRun::plan() {
  revisions_ = TRY(store_->read_all());
  outcome_.current = revisions_.empty() ? std::string() : revisions_.back().version;
  const std::vector<RevertStep> steps = TRY(choose_steps());
  const size_t left = revisions_.size() - steps.size();
  outcome_.target = left == 0 ? std::string() : revisions_[left - 1].version;
  TRY(refuse_open_rows(steps));
  TRY(prepare_files(steps));
  return Planned{.current = outcome_.current,
                 .target = outcome_.target,
                 .files = describe_files(),
                 .reverts = true};
}

}  // namespace

Result<RunOutcome> revert_migrations(driver::Connection& connection,
                                     const Directory& directory,
                                     const DirectoryFiles& files,
                                     const RevertOptions& options,
                                     RunStream& stream) {
  return RevertRun(connection, directory, files, options, stream).run();
}

}  // namespace rhumb::migrate
