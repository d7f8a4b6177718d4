#include "migrate/executor.h"

#include <algorithm>
#include <span>

#include "migrate/baseline.h"
#include "migrate/plan.h"
#include "migrate/prepared_file.h"
#include "migrate/revision_store.h"
#include "migrate/target_run.h"
#include "migrate/tx_mode.h"
#include "migrate/unknown_outcome.h"

namespace rhumb::migrate {
namespace {

// Applies what a database does not have yet.
class ApplyRun final : public TargetRun {
 public:
  ApplyRun(driver::Connection& connection,
           const DirectoryFiles& directory,
           const ApplyOptions& options,
           RunStream& stream)
      : TargetRun(connection, options, stream, Direction::kUp),
        directory_(directory),
        apply_(options) {}

 private:
  Result<Planned> plan() override;
  [[nodiscard]] bool finds_nothing_to_do() override;
  Result<void> prepare_table() override;
  [[nodiscard]] Result<TxMode> choose_mode(const PreparedFile& file) const override;

  Result<void> make_plan();
  Result<void> refuse_open_rows();
  Result<std::optional<std::string>> find_dirt();
  [[nodiscard]] std::span<const FileEntry> reachable_files() const;
  Result<void> prepare_files();

  const DirectoryFiles& directory_;
  const ApplyOptions& apply_;
  std::vector<FileEntry> entries_;
  PendingPlan plan_;
  size_t cut_ = 0;
  bool is_done_ = false;  // plan_ has found nothing to do
};

Result<std::optional<std::string>> ApplyRun::find_dirt() {
  const bool matters = revisions_.empty() && !apply_.allow_dirty && apply_.baseline.empty();
  if (!matters) {
    return std::optional<std::string>();
  }
  return connection_.find_dirt({.revisions_schema = store_->schema(),
                                .revisions_table = std::string(kRevisionsTable),
                                .pretend_table = apply_.dry_run});
}

Result<void> ApplyRun::make_plan() {
  const ExecOrder order = TRY(parse_exec_order(apply_.exec_order));
  revisions_ = TRY(store_->read_all());
  outcome_.current = revisions_.empty() ? std::string() : revisions_.back().version;
  entries_ = file_entries(directory_);
  const std::optional<std::string> dirt = TRY(find_dirt());
  const PlanOptions plan_options{
      .order = order, .baseline = apply_.baseline, .allow_dirty = apply_.allow_dirty, .dirt = dirt};
  plan_ = TRY(compute_pending(reachable_files(), revisions_, plan_options));
  if (order == ExecOrder::kLinear && !plan_.out_of_order.empty()) {
    return out_of_order_error(entries_, plan_.out_of_order);
  }
  TRY(check_equal_versions(entries_));
  cut_ = TRY(limit_pending(plan_, entries_, revisions_,
                           {.amount = apply_.amount, .to_version = apply_.to_version}));
  if (plan_.baseline) {
    outcome_.current = entries_[*plan_.baseline].version;
  }
  return {};
}

// A first run up to a version starts at the last checkpoint that is not behind it.
std::span<const FileEntry> ApplyRun::reachable_files() const {
  const std::span<const FileEntry> all = entries_;
  const bool first_run = revisions_.empty() && apply_.baseline.empty();
  if (!first_run || apply_.to_version.empty()) {
    return all;
  }
  const auto last = std::ranges::find(entries_, apply_.to_version, &FileEntry::version);
  return last == entries_.end() ? all : all.first(static_cast<size_t>(last - entries_.begin()) + 1);
}

Result<void> ApplyRun::prepare_files() {
  const sql::Dialect dialect = driver::sql_dialect(connection_.info().engine);
  PreparedFiles own(directory_);
  PreparedFiles& prepared = apply_.prepared != nullptr ? *apply_.prepared : own;
  files_.reserve(plan_.pending.size());
  for (const size_t index : plan_.pending) {
    files_.push_back(TRY(prepared.prepare(index, dialect)));
  }
  return {};
}

Result<void> ApplyRun::prepare_table() {
  if (!plan_.baseline || apply_.dry_run) {
    return {};
  }
  return store_->write(
      baseline_row(entries_[*plan_.baseline], stream_.now(), apply_.operator_version));
}

Result<TxMode> ApplyRun::choose_mode(const PreparedFile& file) const {
  if (apply_.dry_run) {
    return parse_tx_mode(apply_.tx_mode).value_or(TxMode::kFile);
  }
  const TxMode global = TRY(parse_tx_mode(apply_.tx_mode));
  return file_tx_mode(file.content, global);
}

// Rows that a run left in the middle of something that only a person can judge.
Result<void> ApplyRun::refuse_open_rows() {
  TRY(parse_on_unknown(apply_.on_unknown));
  const std::optional<Error> half_reverted = find_half_reverted(directory_, revisions_);
  if (half_reverted && !apply_.dry_run) {
    return *half_reverted;
  }
  if (half_reverted) {
    stream_.emit(Notice{"Warning: " + half_reverted->message()});
  }
  if (apply_.on_unknown == kFailOnUnknown && !apply_.dry_run) {
    TRY(refuse_unknown_outcomes(connection_, directory_, revisions_));
  }
  return {};
}

// What is wrong is left to the run under the lock: a row that is not finished may be in work.
bool ApplyRun::finds_nothing_to_do() {
  const auto is_finished = [](const Revision& row) {
    return row.complete() && row.error.empty();
  };
  is_done_ = make_plan() && plan_.pending.empty() && !plan_.baseline &&
             std::ranges::all_of(revisions_, is_finished);
  return is_done_;
}

Result<Planned> ApplyRun::plan() {
  if (!is_done_) {
    TRY(make_plan());
  }
  TRY(refuse_open_rows());
  TRY(prepare_files());
  if (!files_.empty()) {
    outcome_.target = files_.back()->id.version;
  }
  return Planned{.current = outcome_.current,
                 .target = outcome_.target,
                 .files = describe_files(),
                 .amount_cut = cut_};
}

}  // namespace

Result<RunOutcome> apply_migrations(driver::Connection& connection,
                                    const DirectoryFiles& directory,
                                    const ApplyOptions& options,
                                    RunStream& stream) {
  if (!options.baseline.empty() && options.allow_dirty) {
    return invalid("sql/migrate: baseline and allow-dirty are mutually exclusive");
  }
  return ApplyRun(connection, directory, options, stream).run();
}

}  // namespace rhumb::migrate
