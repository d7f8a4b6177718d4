#include "registry/store/sql.h"

#include <algorithm>
#include <utility>

namespace rhumb::registry {
namespace {

// What a statement takes: rows, and bytes of their texts.
constexpr size_t kGatheredMax = 4096;
constexpr size_t kGatheredBytesMax = size_t{16} << 20;

size_t text_bytes(const Params& row) {
  size_t bytes = 0;
  for (const Value& value : row) {
    bytes += value.text().size();
  }
  return bytes;
}

}  // namespace

const std::string& Value::text() const {
  static const std::string empty;
  if (const std::string* text = std::get_if<std::string>(&state_)) {
    return *text;
  }
  const Blob* blob = std::get_if<Blob>(&state_);
  return blob == nullptr ? empty : blob->bytes;
}

Result<Rows> Session::query(std::string_view sql, const Params& params) {
  Rows rows;
  TRY(for_each(sql, params, [&rows](const Row& row) {
    rows.push_back(row);
    return true;
  }));
  return rows;
}

Result<std::optional<Row>> Session::find_row(std::string_view sql, const Params& params) {
  std::optional<Row> found;
  TRY(for_each(sql, params, [&found](const Row& row) {
    found = row;
    return false;
  }));
  return found;
}

Result<Value> Session::scalar(std::string_view sql, const Params& params) {
  std::optional<Row> row = TRY(find_row(sql, params));
  return row.has_value() && !row->empty() ? row->front() : Value();
}

Result<void> Session::run(std::string_view sql, const Params& params) {
  return for_each(sql, params, [](const Row&) { return true; });
}

Result<void> Session::insert_later(const RowsInto& into, Params row) {
  auto known = std::ranges::find_if(gathered_, [&into](const Gathered& gathered) {
    return gathered.table == into.table && gathered.on_conflict == into.on_conflict;
  });
  if (known == gathered_.end()) {
    known = gathered_.insert(known, {std::string(into.table), std::string(into.on_conflict), {}});
  }
  ++rows_gathered_;
  ++rows_waiting_;
  bytes_waiting_ += text_bytes(row);
  known->rows.push_back(std::move(row));
  const bool may_wait = rows_waiting_ < kGatheredMax && bytes_waiting_ < kGatheredBytesMax;
  return may_wait && in_transaction() ? Result<void>() : store_gathered();
}

Result<void> Session::store_gathered() {
  rows_waiting_ = bytes_waiting_ = 0;
  for (const Gathered& gathered : std::exchange(gathered_, {})) {
    TRY(insert_rows({gathered.table, gathered.on_conflict}, gathered.rows));
  }
  return {};
}

void Session::forget_gathered() {
  gathered_.clear();
  rows_waiting_ = bytes_waiting_ = 0;
}

}  // namespace rhumb::registry
