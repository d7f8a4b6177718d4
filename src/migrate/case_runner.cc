#include "migrate/case_runner.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>
#include <variant>

#include "base/go_format.h"
#include "migrate/case_output.h"
#include "migrate/case_sql.h"
#include "migrate/run_stream.h"
#include "migrate/versions.h"

namespace rhumb::migrate {
namespace {

/// A case tells how its files went by failing or going on.
class Unobserved final : public RunObserver {
 public:
  void on_event(const RunEvent& /*event*/) override {}
};

/// Runs the commands of one case; each call is one command.
class CaseRun {
 public:
  CaseRun(const CaseTools& tools, std::vector<CaseLine>& logs) : tools_(tools), logs_(logs) {}

  /// Errors: why the command failed.
  Result<void> run(const CaseCommand& command) {
    command_ = &command;
    return std::visit(*this, command.action);
  }

  Result<void> operator()(const MigrateCommand& command);
  Result<void> operator()(const ExecCommand& command) const;
  Result<void> operator()(const CatchCommand& command) const;
  Result<void> operator()(const AssertCommand& command) const;
  Result<void> operator()(const LogCommand& command) const;
  Result<void> operator()(const ExternalCommand& command) const;

 private:
  const CaseTools& tools_;
  std::vector<CaseLine>& logs_;
  const CaseCommand* command_ = nullptr;  // the one that runs
  size_t reached_ = 0;                    // one past the last file that was migrated to
};

Result<void> CaseRun::operator()(const MigrateCommand& command) {
  const std::vector<File>& files = tools_.directory.files;
  const size_t file = TRY(find_version(files, command.to));
  if (file + 1 < reached_) {
    return invalid(fmt::format("cannot migrate from version {} back to {}",
                               go_quote(files[reached_ - 1].version()), go_quote(command.to)));
  }
  ApplyOptions options = tools_.apply;
  options.to_version = command.to;
  options.allow_dirty = true;  // of what the commands before have made
  Unobserved observer;
  RunStream stream({}, tools_.clock, observer, tools_.texts);
  const RunOutcome outcome = TRY(apply_migrations(tools_.dev, tools_.directory, options, stream));
  if (outcome.error || outcome.unlock_error) {
    return outcome.error ? *outcome.error : *outcome.unlock_error;
  }
  reached_ = file + 1;
  return {};
}

Result<void> check_output(std::string_view output, OutputFormat format, const Expectation& wanted) {
  const std::optional<std::string> mismatch = find_mismatch(output, format, wanted);
  return mismatch ? Result<void>(invalid(*mismatch)) : Result<void>();
}

Result<void> CaseRun::operator()(const ExecCommand& command) const {
  const driver::Rows rows = TRY(run_statements(tools_.dev, command.sql));
  return check_output(format_output(rows, command.format), command.format, command.expected);
}

Result<void> CaseRun::operator()(const CatchCommand& command) const {
  const Result<driver::Rows> done = run_statements(tools_.dev, command.sql);
  const std::string wanted =
      command.error ? fmt::format("an error that matches {}", go_quote(command.error->text()))
                    : "an error";
  if (done.has_value()) {
    return invalid(fmt::format("{} was expected, but every statement succeeded", wanted));
  }
  const ErrorCode code = done.error().code();
  if (code != ErrorCode::kDatabase && code != ErrorCode::kBusy) {
    return done.error();  // not what the database has to say of a statement
  }
  if (command.error && !command.error->is_found_in(done.error().root_message())) {
    return invalid(fmt::format("{} was expected\ngot:\n  {}", wanted, done.error().root_message()));
  }
  return {};
}

Result<void> CaseRun::operator()(const AssertCommand& command) const {
  const std::optional<std::string> problem = TRY(find_false_assertion(tools_.dev, command.sql));
  if (!problem) {
    return {};
  }
  return invalid(command.error_message.empty()
                     ? *problem
                     : fmt::format("{}\n{}", command.error_message, *problem));
}

Result<void> CaseRun::operator()(const LogCommand& command) const {
  logs_.push_back({.file = command_->file, .line = command_->line, .text = command.message});
  return {};
}

Result<void> CaseRun::operator()(const ExternalCommand& command) const {
  const std::string output =
      TRY(sys::run_for_output(tools_.processes, {.argv = command.program,
                                                 .directory = command.working_dir,
                                                 .environment = tools_.environment,
                                                 .cancellation = tools_.apply.stop}));
  return check_output(output, OutputFormat::kCsv, command.expected);
}

/// Errors: kCancelled.
Result<void> run_commands(const Case& test, const CaseTools& tools, CaseResult& result) {
  CaseRun run(tools, result.logs);
  for (const CaseCommand& command : test.commands) {
    const Result<void> done = run.run(command);
    if (tools.apply.stop.is_cancelled()) {
      return Error(ErrorCode::kCancelled, "interrupted");
    }
    if (!done.has_value()) {
      result.failure = {.file = command.file,
                        .line = command.line,
                        .text = fmt::format("{}: {}", command.word, done.error().message())};
      return {};
    }
  }
  return {};
}

}  // namespace

Result<CaseResult> run_case(const Case& test, const CaseTools& tools) {
  CaseResult result;
  TRY(use_clean_database(tools.dev, [&]() -> Result<void> {
    const sys::Instant begin = tools.clock.now();
    Result<void> ran = run_commands(test, tools, result);
    result.duration = tools.clock.now() - begin;
    return ran;
  }));
  return result;
}

}  // namespace rhumb::migrate
