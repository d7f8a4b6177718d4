#include "registry/store/postgres_questions.h"

#include <algorithm>
#include <utility>

#include "driver/postgres/session.h"
#include "registry/store/postgres_arrays.h"

namespace rhumb::registry {
namespace {

/// One text for each statement with its parameters.
std::string question_of(const std::string& sql, const Params& params) {
  std::string out = sql;
  for (const Value& param : params) {
    const bool is_number = std::holds_alternative<int64_t>(param.state());
    const std::string text = is_number ? std::to_string(param.number()) : param.text();
    out.append(1, '\0').append(std::to_string(param.state().index()));
    out.append(1, ':').append(std::to_string(text.size())).append(1, ':').append(text);
  }
  return out;
}

/// The rows of each question: those with its number in their first column.
std::vector<driver::Rows> split(driver::Rows rows, size_t questions) {
  rows.columns.erase(rows.columns.begin());
  rows.types.erase(rows.types.begin());
  std::vector<driver::Rows> answers(questions, {rows.columns, {}, rows.types});
  for (std::vector<driver::Value>& row : rows.rows) {
    const auto number = static_cast<size_t>(driver::to_int(row.front()));
    row.erase(row.begin());
    answers.at(number - 1).rows.push_back(std::move(row));
  }
  return answers;
}

}  // namespace

void PostgresQuestions::add(const std::string& sql, const Params& params) {
  auto group = std::ranges::find(waiting_, sql, &Group::sql);
  if (group == waiting_.end()) {
    group = waiting_.insert(group, {sql, {}});
  }
  group->params.push_back(params);
}

Result<void> PostgresQuestions::send(Connection& connection) {
  for (const Group& group : std::exchange(waiting_, {})) {
    for (Sent& statement : statements_of(group)) {
      statement.asked_as = TRY(connection.ask_later(statement.sql, statement.params));
      sent_.push_back(std::move(statement));
    }
  }
  return {};
}

std::vector<PostgresQuestions::Sent> PostgresQuestions::statements_of(const Group& group) {
  std::optional<RowArrays> arrays = to_arrays(group.params);
  const std::optional<std::string> sql = arrays ? question_sql(group.sql, *arrays) : std::nullopt;
  std::vector<Sent> statements;
  if (sql) {
    statements.push_back({.sql = *sql, .params = std::move(arrays->values), .numbered = true});
  }
  for (const Params& params : group.params) {
    if (!sql) {
      statements.push_back({.sql = group.sql, .params = bind_all(params)});
    }
    statements.back().questions.push_back(question_of(group.sql, params));
  }
  return statements;
}

Result<std::optional<driver::Rows>> PostgresQuestions::take(Connection& connection,
                                                            const std::string& sql,
                                                            const Params& params) {
  if (sent_.empty() && answers_.empty()) {
    return std::optional<driver::Rows>();
  }
  const std::string question = question_of(sql, params);
  const auto sent = std::ranges::find_if(sent_, [&question](const Sent& statement) {
    return std::ranges::find(statement.questions, question) != statement.questions.end();
  });
  if (sent != sent_.end()) {
    Sent statement = std::move(*sent);
    sent_.erase(sent);
    TRY(receive(connection, std::move(statement)));
  }
  auto answer = answers_.extract(question);
  return answer.empty() ? std::optional<driver::Rows>() : std::optional(std::move(answer.mapped()));
}

Result<void> PostgresQuestions::receive(Connection& connection, Sent sent) {
  std::optional<driver::Rows> rows;
  if (sent.asked_as) {
    rows = TRY(connection.take_answer(*sent.asked_as));
  }
  if (!rows) {
    rows = TRY(connection.query(sent.sql, sent.params));
  }
  std::vector<driver::Rows> answers;
  if (sent.numbered) {
    answers = split(*std::move(rows), sent.questions.size());
  } else {
    answers.push_back(*std::move(rows));
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    answers_.insert_or_assign(std::move(sent.questions[i]), std::move(answers[i]));
  }
  return {};
}

void PostgresQuestions::forget(Connection& connection) {
  waiting_.clear();
  sent_.clear();
  answers_.clear();
  connection.forget_answers();
}

}  // namespace rhumb::registry
