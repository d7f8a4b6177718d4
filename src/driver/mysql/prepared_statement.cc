#include "driver/mysql/prepared_statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "driver/mysql/cells.h"
#include "driver/mysql/client_library.h"
#include "driver/mysql/server_error.h"

namespace rhumb::driver::mysql {
namespace {

// One parameter: refers to the value, which must outlive the execution.
struct Bind {
  MYSQL_BIND& bind;

  void operator()(std::monostate) const { bind.buffer_type = MYSQL_TYPE_NULL; }
  void operator()(const int64_t& number) const { point(MYSQL_TYPE_LONGLONG, &number, 8); }
  void operator()(const double& number) const { point(MYSQL_TYPE_DOUBLE, &number, 8); }
  void operator()(const std::string& text) const {
    point(MYSQL_TYPE_STRING, text.data(), text.size());
  }
  void operator()(const Blob& blob) const {
    point(MYSQL_TYPE_BLOB, blob.bytes.data(), blob.bytes.size());
  }

 private:
  void point(enum_field_types type, const void* data, size_t size) const {
    bind.buffer_type = type;
    bind.buffer = const_cast<void*>(data);  // the library only reads parameters
    bind.buffer_length = size;
  }
};

// Where the cells of the current row are put: every one as text, as in the text protocol.
struct RowBuffer {
  explicit RowBuffer(std::span<const MYSQL_FIELD> fields)
      : binds(fields.size()), texts(fields.size()), sizes(fields.size()), nulls(fields.size()) {
    for (size_t i = 0; i < fields.size(); ++i) {
      // Numbers have a width of their own; for the others the library has looked at every row.
      constexpr size_t kNumberWidth = 64;
      texts[i].resize(std::max<size_t>(fields[i].max_length, kNumberWidth));
      binds[i].buffer_type = MYSQL_TYPE_STRING;
      binds[i].buffer = texts[i].data();
      binds[i].buffer_length = texts[i].size();
      binds[i].length = &sizes[i];
      binds[i].is_null = &nulls[i];
    }
  }

  std::vector<MYSQL_BIND> binds;
  std::vector<std::string> texts;
  std::vector<unsigned long> sizes;
  std::vector<my_bool> nulls;
};

struct FreeResult {
  void operator()(MYSQL_RES* result) const { client_library()->free_result(result); }
};

}  // namespace

PreparedStatement::~PreparedStatement() {
  client_library()->stmt_close(handle_);
}

Result<std::unique_ptr<PreparedStatement>> PreparedStatement::prepare(::st_mysql* session,
                                                                      std::string_view sql) {
  const ClientLibrary& library = *client_library();
  MYSQL_STMT* handle = library.stmt_init(session);
  if (handle == nullptr) {
    return server_error(library.error_number(session), library.sqlstate(session),
                        library.error(session));
  }
  std::unique_ptr<PreparedStatement> statement(new PreparedStatement(handle));
  const my_bool on = 1;
  library.stmt_attr_set(handle, STMT_ATTR_UPDATE_MAX_LENGTH, &on);
  if (library.stmt_prepare(handle, sql.data(), sql.size()) != 0) {
    return statement->last_error();
  }
  return statement;
}

Error PreparedStatement::last_error() const {
  const ClientLibrary& library = *client_library();
  return server_error(library.stmt_error_number(handle_), library.stmt_sqlstate(handle_),
                      library.stmt_error(handle_));
}

Result<void> PreparedStatement::execute(std::span<const Value> params) {
  const ClientLibrary& library = *client_library();
  const unsigned long wanted = library.stmt_param_count(handle_);
  if (wanted != params.size()) {
    return invalid(fmt::format("sql: expected {} arguments, got {}", wanted, params.size()));
  }
  std::vector<MYSQL_BIND> binds(params.size());
  for (size_t i = 0; i < params.size(); ++i) {
    std::visit(Bind{binds[i]}, params[i]);
  }
  if (!binds.empty() && library.stmt_bind_param(handle_, binds.data()) != 0) {
    return last_error();
  }
  if (library.stmt_execute(handle_) != 0) {
    return last_error();
  }
  return {};
}

// Reads what is left of the results, so that the session can go on.
void PreparedStatement::finish() {
  const ClientLibrary& library = *client_library();
  do {
    library.stmt_free_result(handle_);
  } while (library.stmt_next_result(handle_) == 0);
}

Result<ExecResult> PreparedStatement::run(std::span<const Value> params) {
  TRY(execute(params));
  const ClientLibrary& library = *client_library();
  ExecResult done;
  if (library.stmt_field_count(handle_) == 0) {
    done.rows_affected = static_cast<int64_t>(library.stmt_affected_rows(handle_));
  }
  finish();
  return done;
}

Result<Rows> PreparedStatement::query(std::span<const Value> params) {
  TRY(execute(params));
  Result<Rows> rows = fetch();
  finish();
  return rows;
}

Result<Rows> PreparedStatement::fetch() {
  const ClientLibrary& library = *client_library();
  Rows rows;
  if (library.stmt_field_count(handle_) == 0) {
    return rows;
  }
  if (library.stmt_store_result(handle_) != 0) {
    return last_error();
  }
  const std::unique_ptr<MYSQL_RES, FreeResult> metadata(library.stmt_result_metadata(handle_));
  const std::span<const MYSQL_FIELD> fields(library.fetch_fields(metadata.get()),
                                            library.num_fields(metadata.get()));
  for (const MYSQL_FIELD& field : fields) {
    rows.columns.emplace_back(field.name, field.name_length);
    rows.types.push_back(type_name(field));
  }
  RowBuffer buffer(fields);
  if (library.stmt_bind_result(handle_, buffer.binds.data()) != 0) {
    return last_error();
  }
  for (;;) {
    const int fetched = library.stmt_fetch(handle_);
    if (fetched == MYSQL_NO_DATA) {
      return rows;
    }
    if (fetched != 0) {
      return last_error();
    }
    std::vector<Value>& cells = rows.rows.emplace_back();
    for (size_t i = 0; i < fields.size(); ++i) {
      const std::string_view text(buffer.texts[i].data(), buffer.sizes[i]);
      cells.push_back(buffer.nulls[i] != 0 ? Value() : decode_cell(fields[i], text));
    }
  }
}

}  // namespace rhumb::driver::mysql
