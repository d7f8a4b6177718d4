#include "driver/postgres/answer.h"

#include <charconv>

#include "driver/postgres/cells.h"
#include "driver/postgres/server_error.h"

namespace rhumb::driver::postgres {
namespace {

std::string field(const Libpq& pq, const PGresult* result, int code) {
  const char* text = pq.result_error_field(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

BoundParameters bind_parameters(std::span<const Value> params) {
  BoundParameters bound;
  bound.texts.reserve(params.size());
  for (const Value& param : params) {
    bound.texts.push_back(to_text(param));
    bound.values.push_back(is_null(param) ? nullptr : bound.texts.back().c_str());
    bound.lengths.push_back(static_cast<int>(bound.texts.back().size()));
    bound.formats.push_back(std::holds_alternative<Blob>(param) ? 1 : 0);
  }
  return bound;
}

Error result_error(const Libpq& pq, const PGresult* result, std::string_view statement) {
  ServerError error{.message = field(pq, result, PG_DIAG_MESSAGE_PRIMARY),
                    .sqlstate = field(pq, result, PG_DIAG_SQLSTATE)};
  if (error.sqlstate.empty()) {
    return to_connection_error(pq.result_error_message(result));
  }
  const std::string position = field(pq, result, PG_DIAG_STATEMENT_POSITION);
  std::from_chars(position.data(), position.data() + position.size(), error.position);
  return to_error(error, statement);
}

int64_t changed_rows(const Libpq& pq, PGresult* result) {
  const std::string_view tag = pq.cmd_status(result);
  const bool only_read = tag.starts_with("SELECT") || tag.starts_with("FETCH");
  int64_t rows = 0;
  const std::string_view count = only_read ? std::string_view() : pq.cmd_tuples(result);
  std::from_chars(count.data(), count.data() + count.size(), rows);
  return rows;
}

Rows read_rows(const Libpq& pq, const PGresult* result) {
  Rows rows;
  const int columns = pq.nfields(result);
  for (int column = 0; column < columns; ++column) {
    rows.columns.emplace_back(pq.fname(result, column));
    rows.types.emplace_back(type_name(pq.ftype(result, column)));
  }
  const int count = pq.ntuples(result);
  rows.rows.reserve(static_cast<size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value>& cells = rows.rows.emplace_back();
    cells.reserve(static_cast<size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (pq.getisnull(result, row, column) != 0) {
        cells.emplace_back();
        continue;
      }
      const auto size = static_cast<size_t>(pq.getlength(result, row, column));
      cells.push_back(to_value(pq.ftype(result, column), {pq.getvalue(result, row, column), size}));
    }
  }
  return rows;
}

}  // namespace rhumb::driver::postgres
