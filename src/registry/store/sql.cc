#include "registry/store/sql.h"

namespace rhumb::registry {

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

}  // namespace rhumb::registry
