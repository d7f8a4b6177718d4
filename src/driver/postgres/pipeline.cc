// What Session sends without waiting for each answer.
// Source: PostgreSQL 15 manual 34.5, "Pipeline Mode".

#include <algorithm>
#include <utility>

#include "driver/postgres/answer.h"
#include "driver/postgres/libpq.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {
namespace {

// Their answers wait in buffers until they are read.
constexpr size_t kLaterMax = 256;

}  // namespace

bool Session::is_prepared(const std::string& sql) const {
  const auto known = statements_.find(sql);
  return known != statements_.end() && !known->second.name.empty();
}

bool Session::may_send_later(const std::string& sql, std::span<const Value> params) const {
  return pq_.enter_pipeline_mode != nullptr && (params.empty() || is_prepared(sql));
}

Result<void> Session::send_later(Sent statement, std::span<const Value> params) {
  if (later_.size() == kLaterMax) {
    TRY(settle());
  }
  if (later_.empty() && pq_.enter_pipeline_mode(connection_.get()) == 0) {
    return connection_error();
  }
  TRY(params.empty() ? send_unprepared(statement.sql, params)
                     : send_prepared(statements_.at(statement.sql).name, params));
  later_.push_back(std::move(statement));
  return {};
}

Result<void> Session::run_later(std::string_view sql, std::span<const Value> params) {
  std::string text(sql);
  if (!may_send_later(text, params)) {
    TRY(run(sql, params));
    return {};
  }
  return send_later({std::move(text)}, params);
}

Result<Session::Done> Session::run_last(std::string_view sql) {
  if (later_.empty()) {
    return run(sql);
  }
  std::string text(sql);
  TRY(send_unprepared(text, {}));
  Collected collected = TRY(collect_pipeline({std::move(text)}));
  return std::move(collected.done);
}

Result<std::optional<int64_t>> Session::ask_later(std::string_view sql,
                                                  std::span<const Value> params) {
  std::string text(sql);
  if (!may_send_later(text, params)) {
    return std::optional<int64_t>();
  }
  const int64_t question = ++questions_;
  TRY(send_later({std::move(text), question}, params));
  return std::optional(question);
}

Result<std::optional<Rows>> Session::take_answer(int64_t question) {
  if (std::ranges::find(later_, std::optional(question), &Sent::question) != later_.end()) {
    TRY(settle());
  }
  auto answer = answers_.extract(question);
  return answer.empty() ? std::optional<Rows>() : std::optional(std::move(answer.mapped()));
}

void Session::forget_answers() {
  answers_.clear();
  for (Sent& sent : later_) {
    sent.question.reset();
  }
}

Result<void> Session::settle() {
  if (later_.empty()) {
    return {};
  }
  const Sent last = std::move(later_.back());
  later_.pop_back();
  TRY(collect_pipeline(last));
  return {};
}

Result<Session::Collected> Session::collect_sent(const Sent& statement) {
  Result<Collected> answer = collect(statement.sql, {});
  if (answer && statement.question) {
    answers_[*statement.question] = std::exchange(answer->rows, {});
  }
  return answer;
}

Result<Session::Collected> Session::collect_pipeline(const Sent& last) {
  const std::vector<Sent> earlier = std::exchange(later_, {});
  const bool is_sent = pq_.pipeline_sync(connection_.get()) != 0;
  std::optional<Error> failure;
  if (!is_sent) {
    failure = connection_error();
  }
  for (const Sent& statement : earlier) {
    const Result<Collected> answer = collect_sent(statement);
    if (!answer && !failure) {
      failure = answer.error();
    }
  }
  Result<Collected> answer = collect_sent(last);
  if (!answer && !failure) {
    failure = answer.error();
  }
  // The answer to the end itself; where a lost connection shows.
  const ResultHandle end(pq_.get_result(connection_.get()), {&pq_});
  (void)pq_.exit_pipeline_mode(connection_.get());
  return failure ? Result<Collected>(finish_error(*failure)) : std::move(answer);
}

}  // namespace rhumb::driver::postgres
