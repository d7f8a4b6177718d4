#include "migrate/check_runner.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/go_format.h"

namespace rhumb::migrate {
namespace {

// Empty when the assertion holds, else what is wrong with it.
std::string find_problem(driver::Connection& connection, const std::string& text) {
  const Result<driver::Rows> rows = connection.query(text);
  if (!rows) {
    return "failed: " + rows.error().message();
  }
  if (rows->rows.size() != 1 || rows->columns.size() != 1) {
    return fmt::format("returned {} rows of {} columns, it must return one value",
                       rows->rows.size(), rows->columns.size());
  }
  return driver::is_true(rows->rows[0][0]) ? "" : "returned false";
}

RunText assertion_failure(const RunText& statement, const RunText& problem) {
  const auto phrase = [](std::string_view text, std::string_view why) {
    return fmt::format("check assertion {} {}", go_quote(text), why);
  };
  return {.shown = phrase(statement.shown, problem.shown),
          .reported = phrase(statement.reported, problem.reported)};
}

// Checks one assertion; its failure, if it has one.
std::optional<RunText> run_assertion(driver::Connection& connection,
                                     RunStream& stream,
                                     const PlannedFile& planned,
                                     const CheckGroup& group,
                                     const std::string& text) {
  CheckDone done{.file = planned.file().name, .group = group.name};
  done.statement = planned.texts().both_forms(0, text);
  const sys::Instant begin = stream.now();
  const std::string problem = find_problem(connection, text);
  done.duration = stream.now() - begin;
  done.ok = problem.empty();
  std::optional<RunText> failure;
  if (!done.ok) {
    failure = assertion_failure(done.statement, planned.texts().statement_error(0, text, problem));
    done.error = *failure;
  }
  stream.emit(std::move(done));
  return failure;
}

std::optional<RunText> run_group(driver::Connection& connection,
                                 RunStream& stream,
                                 const PlannedFile& planned,
                                 const CheckGroup& group) {
  const FileStatements& assertions = group.assertions;
  std::vector<RunText> failures;
  StatementReader reader = assertions.read();
  while (const std::optional<sql::Statement> assertion = reader.next()) {
    std::optional<RunText> failure =
        run_assertion(connection, stream, planned, group, std::string(assertion->text));
    if (failure) {
      failures.push_back(std::move(*failure));
    }
  }
  const size_t tolerated = group.is_one_of && assertions.size() > 0 ? assertions.size() - 1 : 0;
  CheckDone done{.file = planned.file().name, .group = group.name};
  done.ok = failures.size() <= tolerated;
  if (!done.ok) {
    const std::string count =
        fmt::format("{} of {} assertions failed: ", failures.size(), assertions.size());
    done.error = {.shown = count + failures.front().shown,
                  .reported = count + failures.front().reported};
  }
  stream.emit(done);
  return done.ok ? std::nullopt : std::optional(done.error);
}

}  // namespace

std::optional<RunText> run_checks(driver::Connection& connection,
                                  RunStream& stream,
                                  const PlannedFile& planned,
                                  const std::vector<CheckGroup>& groups) {
  for (const CheckGroup& group : groups) {
    std::optional<RunText> failed = run_group(connection, stream, planned, group);
    if (failed) {
      return failed;
    }
  }
  return std::nullopt;
}

}  // namespace rhumb::migrate
