#pragma once

// The only header that includes libmariadb's; for the files of this folder.
#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>

#include <optional>

#include "base/result.h"
#include "sys/dynamic_library.h"

namespace rhumb::driver::mysql {

/// The functions of libmariadb that are used. One table per process, loaded on first use.
struct ClientLibrary {
  decltype(::mysql_server_init)* server_init = nullptr;
  decltype(::mysql_init)* init = nullptr;
  decltype(::mysql_close)* close = nullptr;
  decltype(::mysql_options)* options = nullptr;
  decltype(::mysql_options4)* options4 = nullptr;
  decltype(::mysql_real_connect_start)* real_connect_start = nullptr;
  decltype(::mysql_real_connect_cont)* real_connect_cont = nullptr;
  decltype(::mysql_get_socket)* get_socket = nullptr;
  decltype(::mysql_get_timeout_value_ms)* get_timeout_value_ms = nullptr;
  decltype(::mysql_real_query)* real_query = nullptr;
  decltype(::mysql_use_result)* use_result = nullptr;
  decltype(::mysql_store_result)* store_result = nullptr;
  decltype(::mysql_free_result)* free_result = nullptr;
  decltype(::mysql_next_result)* next_result = nullptr;
  decltype(::mysql_fetch_row)* fetch_row = nullptr;
  decltype(::mysql_fetch_lengths)* fetch_lengths = nullptr;
  decltype(::mysql_fetch_fields)* fetch_fields = nullptr;
  decltype(::mysql_num_fields)* num_fields = nullptr;
  decltype(::mysql_field_count)* field_count = nullptr;
  decltype(::mysql_affected_rows)* affected_rows = nullptr;
  decltype(::mysql_error)* error = nullptr;
  decltype(::mysql_errno)* error_number = nullptr;
  decltype(::mysql_sqlstate)* sqlstate = nullptr;
  decltype(::mysql_thread_id)* thread_id = nullptr;
  decltype(::mysql_get_ssl_cipher)* get_ssl_cipher = nullptr;
  decltype(::mysql_get_server_info)* get_server_info = nullptr;
  decltype(::mysql_set_character_set)* set_character_set = nullptr;
  decltype(::mysql_reset_connection)* reset_connection = nullptr;
  decltype(::mariadb_get_infov)* get_infov = nullptr;
  decltype(::mysql_stmt_init)* stmt_init = nullptr;
  decltype(::mysql_stmt_close)* stmt_close = nullptr;
  decltype(::mysql_stmt_prepare)* stmt_prepare = nullptr;
  decltype(::mysql_stmt_param_count)* stmt_param_count = nullptr;
  decltype(::mysql_stmt_bind_param)* stmt_bind_param = nullptr;
  decltype(::mysql_stmt_execute)* stmt_execute = nullptr;
  decltype(::mysql_stmt_attr_set)* stmt_attr_set = nullptr;
  decltype(::mysql_stmt_store_result)* stmt_store_result = nullptr;
  decltype(::mysql_stmt_bind_result)* stmt_bind_result = nullptr;
  decltype(::mysql_stmt_fetch)* stmt_fetch = nullptr;
  decltype(::mysql_stmt_free_result)* stmt_free_result = nullptr;
  decltype(::mysql_stmt_next_result)* stmt_next_result = nullptr;
  decltype(::mysql_stmt_result_metadata)* stmt_result_metadata = nullptr;
  decltype(::mysql_stmt_field_count)* stmt_field_count = nullptr;
  decltype(::mysql_stmt_affected_rows)* stmt_affected_rows = nullptr;
  decltype(::mysql_stmt_error)* stmt_error = nullptr;
  decltype(::mysql_stmt_errno)* stmt_error_number = nullptr;
  decltype(::mysql_stmt_sqlstate)* stmt_sqlstate = nullptr;
  std::optional<sys::DynamicLibrary> library;
};

/// Errors: kUnsupported `libmariadb.so.3 is not installed; install the package libmariadb3`.
/// Lifetime: never unloaded, because login plugins stay registered in it. Safe from any thread.
[[nodiscard]] const Result<ClientLibrary>& client_library();

}  // namespace rhumb::driver::mysql
