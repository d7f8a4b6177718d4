#include "report/run_summary.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace rhumb::report {
namespace {

/// Looks from the end: events are nearly always about the file that was started last.
FileSummary* find_file(TargetSummary& target, std::string_view name) {
  const auto found =
      std::find_if(target.files.rbegin(), target.files.rend(),
                   [&](const FileSummary& file) { return file.file().name == name; });
  return found == target.files.rend() ? nullptr : &*found;
}

StatementFigures figures_of(const migrate::StatementDone& event) {
  return {.number = event.number,
          .duration = event.duration,
          .rows_affected = event.rows_affected,
          .lock_wait = event.lock_wait};
}

/// Keeps the figures of a statement when it is one of the slowest of its file.
void keep_figures(FileSummary& file, const migrate::StatementDone& event) {
  std::vector<StatementFigures>& slowest = file.slowest;
  const auto place = std::ranges::upper_bound(slowest, event.duration, std::ranges::greater(),
                                              &StatementFigures::duration);
  if (place == slowest.end() && slowest.size() == kSlowestMax) {
    return;
  }
  slowest.insert(place, figures_of(event));
  slowest.resize(std::min(slowest.size(), kSlowestMax));
}

/// Applies the events of one target to its summary.
struct TargetFold {
  TargetSummary& target;
  Time time;

  void operator()(const migrate::RunStarted& /*event*/) const {}
  void operator()(const migrate::Refused& /*event*/) const {}
  void operator()(const migrate::Notice& /*event*/) const {}
  void operator()(const migrate::RunDone& /*event*/) const {}

  void operator()(const migrate::TargetStarted& event) const {
    target.info = event;
    target.started = true;
    target.start = time;
  }

  void operator()(const migrate::Planned& event) const {
    target.planned = true;
    target.current = event.current;
    target.target = event.target;
    target.reverts = event.reverts;
    target.pending = event.files;
  }

  void operator()(const migrate::FileStarted& event) const {
    FileSummary file;
    file.planned = event.file;
    file.start = time;
    file.end = time;
    file.skipped = event.skipped;
    target.files.push_back(std::move(file));
  }

  void operator()(const migrate::CheckDone& event) const {
    FileSummary* file = find_file(target, event.file);
    if (file == nullptr) {
      return;
    }
    if (file->checks.empty() || file->checks.back().name != event.group) {
      CheckGroup group;
      group.name = event.group;
      group.start = time - event.duration;
      file->checks.push_back(std::move(group));
    }
    CheckGroup& group = file->checks.back();
    group.end = time;
    if (!event.statement.empty()) {
      group.statements.push_back(
          {.statement = event.statement, .error = event.error, .ok = event.ok});
    } else if (!event.ok) {
      group.error = event.error;
    }
  }

  void operator()(const migrate::StatementStarted& event) const {
    if (FileSummary* file = find_file(target, event.file)) {
      ++file->attempted;
    }
  }

  void operator()(const migrate::StatementDone& event) const {
    FileSummary* file = find_file(target, event.file);
    if (file == nullptr) {
      return;
    }
    keep_figures(*file, event);
    if (event.result != migrate::StatementResult::kOk) {
      file->failure = FileFailure{.statement = event.statement, .text = event.error};
    }
  }

  void operator()(const migrate::FileRetried& event) const {
    if (!target.files.empty() && target.files.back().file().name == event.file.name) {
      target.files.pop_back();
    }
  }

  void operator()(const migrate::FileDone& event) const {
    FileSummary* file = find_file(target, event.file.name);
    if (file == nullptr) {
      return;
    }
    if (event.result == migrate::FileResult::kRolledBack) {
      file->rolled_back = true;
      return;
    }
    file->end = time;
    if (event.result == migrate::FileResult::kFailed && !file->failure) {
      file->failure = FileFailure{.statement = {}, .text = event.error};
    }
  }

  void operator()(const migrate::TargetDone& event) const {
    target.done = true;
    target.start = target.started ? target.start : time;  // it failed before it could start
    target.end = time;
    target.current_after = event.current;
    target.error = event.error;
  }
};

}  // namespace

bool FileSummary::failed_in_check() const {
  return failure.has_value() &&
         std::ranges::any_of(checks, [](const CheckGroup& group) { return !group.error.empty(); });
}

size_t TargetSummary::failed_file_count() const {
  return static_cast<size_t>(std::ranges::count_if(
      files, [](const FileSummary& file) { return file.failure.has_value(); }));
}

size_t TargetSummary::statement_count() const {
  size_t count = 0;
  for (const FileSummary& file : files) {
    count += file.attempted;
  }
  return count - failed_statement_count();
}

size_t TargetSummary::failed_statement_count() const {
  return static_cast<size_t>(std::ranges::count_if(files, [](const FileSummary& file) {
    return file.failure.has_value() && !file.failed_in_check() && file.attempted > 0;
  }));
}

TargetSummary& RunSummary::target(size_t number) {
  if (targets_.size() <= number) {
    targets_.resize(number + 1);
  }
  return targets_[number];
}

void RunSummary::on_event(const migrate::RunEvent& event) {
  if (const auto* started = std::get_if<migrate::RunStarted>(&event.body)) {
    run_ = *started;
    run_id_ = event.run_id;
    start_ = event.time;
    return;
  }
  if (const auto* done = std::get_if<migrate::RunDone>(&event.body)) {
    error_ = done->error;
    not_started_ = done->not_started;
    end_ = event.time;
    done_ = true;
    return;
  }
  std::visit(TargetFold{.target = target(event.target), .time = event.time}, event.body);
}

}  // namespace rhumb::report
