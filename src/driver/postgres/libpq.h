#pragma once

#include <libpq-fe.h>

#include <optional>

#include "base/result.h"
#include "sys/dynamic_library.h"

namespace rhumb::driver::postgres {

/// The functions of libpq that are used.
///
/// This header is the only place that includes the library's own, and only sources of this folder
/// include it.
struct Libpq {
  decltype(::PQconndefaults)* conndefaults = nullptr;
  decltype(::PQconninfoFree)* conninfo_free = nullptr;
  decltype(::PQconnectStartParams)* connect_start = nullptr;
  decltype(::PQconnectPoll)* connect_poll = nullptr;
  decltype(::PQfinish)* finish = nullptr;
  decltype(::PQsocket)* socket = nullptr;
  decltype(::PQstatus)* status = nullptr;
  decltype(::PQtransactionStatus)* transaction_status = nullptr;
  decltype(::PQparameterStatus)* parameter_status = nullptr;
  decltype(::PQserverVersion)* server_version = nullptr;
  decltype(::PQbackendPID)* backend_pid = nullptr;
  decltype(::PQerrorMessage)* error_message = nullptr;
  decltype(::PQsetErrorVerbosity)* set_error_verbosity = nullptr;
  decltype(::PQsetNoticeReceiver)* set_notice_receiver = nullptr;
  decltype(::PQsendQuery)* send_query = nullptr;
  decltype(::PQsendQueryParams)* send_query_params = nullptr;
  decltype(::PQsendPrepare)* send_prepare = nullptr;
  decltype(::PQsendQueryPrepared)* send_query_prepared = nullptr;
  decltype(::PQgetResult)* get_result = nullptr;
  decltype(::PQputCopyData)* put_copy_data = nullptr;
  decltype(::PQputCopyEnd)* put_copy_end = nullptr;
  decltype(::PQgetCopyData)* get_copy_data = nullptr;
  decltype(::PQfreemem)* freemem = nullptr;
  decltype(::PQconsumeInput)* consume_input = nullptr;
  decltype(::PQnotifies)* notifies = nullptr;
  decltype(::PQclear)* clear = nullptr;
  decltype(::PQresultStatus)* result_status = nullptr;
  decltype(::PQresultErrorMessage)* result_error_message = nullptr;
  decltype(::PQresultErrorField)* result_error_field = nullptr;
  decltype(::PQntuples)* ntuples = nullptr;
  decltype(::PQnfields)* nfields = nullptr;
  decltype(::PQfname)* fname = nullptr;
  decltype(::PQftype)* ftype = nullptr;
  decltype(::PQgetisnull)* getisnull = nullptr;
  decltype(::PQgetvalue)* getvalue = nullptr;
  decltype(::PQgetlength)* getlength = nullptr;
  decltype(::PQcmdStatus)* cmd_status = nullptr;
  decltype(::PQcmdTuples)* cmd_tuples = nullptr;
  decltype(::PQgetCancel)* get_cancel = nullptr;
  decltype(::PQfreeCancel)* free_cancel = nullptr;
  decltype(::PQcancel)* cancel = nullptr;
  // Since libpq 14; null in older ones.
  decltype(::PQenterPipelineMode)* enter_pipeline_mode = nullptr;
  decltype(::PQexitPipelineMode)* exit_pipeline_mode = nullptr;
  decltype(::PQpipelineSync)* pipeline_sync = nullptr;
  std::optional<sys::DynamicLibrary> library;
};

/// The table, loaded on first use and kept for the life of the process.
/// Errors: kUnsupported `libpq.so.5 is not installed; install the package libpq5`.
[[nodiscard]] const Result<Libpq>& libpq();

}  // namespace rhumb::driver::postgres
