#include "driver/mysql/client_library.h"

namespace rhumb::driver::mysql {
namespace {

Result<ClientLibrary> load_client_library() {
  ClientLibrary table;
  sys::DynamicLibrary library =
      TRY(sys::DynamicLibrary::open({.sonames = {"libmariadb.so.3"}, .package = "libmariadb3"}));
  TRY(library.load("mysql_server_init", table.server_init));
  TRY(library.load("mysql_init", table.init));
  TRY(library.load("mysql_close", table.close));
  TRY(library.load("mysql_options", table.options));
  TRY(library.load("mysql_options4", table.options4));
  TRY(library.load("mysql_real_connect_start", table.real_connect_start));
  TRY(library.load("mysql_real_connect_cont", table.real_connect_cont));
  TRY(library.load("mysql_get_socket", table.get_socket));
  TRY(library.load("mysql_get_timeout_value_ms", table.get_timeout_value_ms));
  TRY(library.load("mysql_real_query", table.real_query));
  TRY(library.load("mysql_use_result", table.use_result));
  TRY(library.load("mysql_store_result", table.store_result));
  TRY(library.load("mysql_free_result", table.free_result));
  TRY(library.load("mysql_next_result", table.next_result));
  TRY(library.load("mysql_fetch_row", table.fetch_row));
  TRY(library.load("mysql_fetch_lengths", table.fetch_lengths));
  TRY(library.load("mysql_fetch_fields", table.fetch_fields));
  TRY(library.load("mysql_num_fields", table.num_fields));
  TRY(library.load("mysql_field_count", table.field_count));
  TRY(library.load("mysql_affected_rows", table.affected_rows));
  TRY(library.load("mysql_error", table.error));
  TRY(library.load("mysql_errno", table.error_number));
  TRY(library.load("mysql_sqlstate", table.sqlstate));
  TRY(library.load("mysql_thread_id", table.thread_id));
  TRY(library.load("mysql_get_ssl_cipher", table.get_ssl_cipher));
  TRY(library.load("mysql_get_server_info", table.get_server_info));
  TRY(library.load("mysql_set_character_set", table.set_character_set));
  TRY(library.load("mysql_reset_connection", table.reset_connection));
  TRY(library.load("mariadb_get_infov", table.get_infov));
  TRY(library.load("mysql_stmt_init", table.stmt_init));
  TRY(library.load("mysql_stmt_close", table.stmt_close));
  TRY(library.load("mysql_stmt_prepare", table.stmt_prepare));
  TRY(library.load("mysql_stmt_param_count", table.stmt_param_count));
  TRY(library.load("mysql_stmt_bind_param", table.stmt_bind_param));
  TRY(library.load("mysql_stmt_execute", table.stmt_execute));
  TRY(library.load("mysql_stmt_attr_set", table.stmt_attr_set));
  TRY(library.load("mysql_stmt_store_result", table.stmt_store_result));
  TRY(library.load("mysql_stmt_bind_result", table.stmt_bind_result));
  TRY(library.load("mysql_stmt_fetch", table.stmt_fetch));
  TRY(library.load("mysql_stmt_free_result", table.stmt_free_result));
  TRY(library.load("mysql_stmt_next_result", table.stmt_next_result));
  TRY(library.load("mysql_stmt_result_metadata", table.stmt_result_metadata));
  TRY(library.load("mysql_stmt_field_count", table.stmt_field_count));
  TRY(library.load("mysql_stmt_affected_rows", table.stmt_affected_rows));
  TRY(library.load("mysql_stmt_error", table.stmt_error));
  TRY(library.load("mysql_stmt_errno", table.stmt_error_number));
  TRY(library.load("mysql_stmt_sqlstate", table.stmt_sqlstate));
  // Here, once: sessions of several threads may begin at the same time.
  if (table.server_init(0, nullptr, nullptr) != 0) {
    return Error(ErrorCode::kUnsupported, "libmariadb cannot be initialised");
  }
  table.library.emplace(std::move(library));
  return table;
}

}  // namespace

const Result<ClientLibrary>& client_library() {
  static const Result<ClientLibrary>* table = new Result<ClientLibrary>(load_client_library());
  return *table;
}

}  // namespace rhumb::driver::mysql
