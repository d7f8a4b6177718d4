// What Session sends without waiting for each answer.
// Source: PostgreSQL 15 manual 34.5, "Pipeline Mode".

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

Result<void> Session::run_later(std::string_view sql, std::span<const Value> params) {
  const std::string text(sql);
  if (pq_.enter_pipeline_mode == nullptr || params.empty() || !is_prepared(text)) {
    TRY(run(sql, params));
    return {};
  }
  if (later_.size() == kLaterMax) {
    TRY(settle());
  }
  if (later_.empty() && pq_.enter_pipeline_mode(connection_.get()) == 0) {
    return connection_error();
  }
  TRY(send_prepared(statements_.at(text).name, params));
  later_.push_back(text);
  return {};
}

Result<void> Session::settle() {
  if (later_.empty()) {
    return {};
  }
  const std::string last = std::move(later_.back());
  later_.pop_back();
  TRY(collect_pipeline(last));
  return {};
}

Result<Session::Collected> Session::collect_pipeline(std::string_view last) {
  std::vector<std::string> earlier = std::exchange(later_, {});
  const bool is_sent = pq_.pipeline_sync(connection_.get()) != 0;
  std::optional<Error> failure;
  if (!is_sent) {
    failure = connection_error();
  }
  for (const std::string& statement : earlier) {
    const Result<Collected> answer = collect(statement, {});
    if (!answer && !failure) {
      failure = answer.error();
    }
  }
  Result<Collected> answer = collect(last, {});
  if (!answer && !failure) {
    failure = answer.error();
  }
  // The answer to the end itself; where a lost connection shows.
  const ResultHandle end(pq_.get_result(connection_.get()), {&pq_});
  (void)pq_.exit_pipeline_mode(connection_.get());
  return failure ? Result<Collected>(finish_error(*failure)) : std::move(answer);
}

}  // namespace rhumb::driver::postgres
