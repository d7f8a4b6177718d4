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
                                     const PreparedFile& file,
                                     const CheckGroup& group,
                                     const std::string& text) {
  CheckDone done{.file = file.id, .group = group.name};
  done.statement = stream.texts().statement(file.id, 0, text);
  const sys::Instant begin = stream.now();
  const std::string problem = find_problem(connection, text);
  done.duration = stream.now() - begin;
  done.ok = problem.empty();
  std::optional<RunText> failure;
  if (!done.ok) {
    failure = assertion_failure(done.statement,
                                stream.texts().statement_error(file.id, 0, text, problem));
    done.error = *failure;
  }
  stream.emit(std::move(done));
  return failure;
}

std::optional<RunText> run_group(driver::Connection& connection,
                                 RunStream& stream,
                                 const PreparedFile& file,
                                 const CheckGroup& group) {
  const std::vector<sql::Statement>& assertions = group.assertions.statements;
  std::vector<RunText> failures;
  for (const sql::Statement& assertion : assertions) {
    std::optional<RunText> failure =
        run_assertion(connection, stream, file, group, std::string(assertion.text));
    if (failure) {
      failures.push_back(std::move(*failure));
    }
  }
  const size_t tolerated = group.is_one_of && !assertions.empty() ? assertions.size() - 1 : 0;
  CheckDone done{.file = file.id, .group = group.name};
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
                                  const PreparedFile& file) {
  for (const CheckGroup& group : file.checks) {
    std::optional<RunText> failed = run_group(connection, stream, file, group);
    if (failed) {
      return failed;
    }
  }
  return std::nullopt;
}

}  // namespace rhumb::migrate
