#include "driver/postgres/libpq.h"

#include <utility>

namespace rhumb::driver::postgres {
namespace {

Result<void> load_connecting(const sys::DynamicLibrary& library, Libpq& pq) {
  TRY(library.load("PQconndefaults", pq.conndefaults));
  TRY(library.load("PQconninfoFree", pq.conninfo_free));
  TRY(library.load("PQconnectStartParams", pq.connect_start));
  TRY(library.load("PQconnectPoll", pq.connect_poll));
  TRY(library.load("PQfinish", pq.finish));
  TRY(library.load("PQsocket", pq.socket));
  TRY(library.load("PQstatus", pq.status));
  TRY(library.load("PQtransactionStatus", pq.transaction_status));
  TRY(library.load("PQparameterStatus", pq.parameter_status));
  TRY(library.load("PQserverVersion", pq.server_version));
  TRY(library.load("PQbackendPID", pq.backend_pid));
  TRY(library.load("PQerrorMessage", pq.error_message));
  TRY(library.load("PQsetErrorVerbosity", pq.set_error_verbosity));
  TRY(library.load("PQsetNoticeReceiver", pq.set_notice_receiver));
  TRY(library.load("PQgetCancel", pq.get_cancel));
  TRY(library.load("PQfreeCancel", pq.free_cancel));
  return library.load("PQcancel", pq.cancel);
}

Result<void> load_executing(const sys::DynamicLibrary& library, Libpq& pq) {
  TRY(library.load("PQsendQuery", pq.send_query));
  TRY(library.load("PQsendQueryParams", pq.send_query_params));
  TRY(library.load("PQsendPrepare", pq.send_prepare));
  TRY(library.load("PQsendQueryPrepared", pq.send_query_prepared));
  TRY(library.load("PQgetResult", pq.get_result));
  TRY(library.load("PQputCopyData", pq.put_copy_data));
  TRY(library.load("PQputCopyEnd", pq.put_copy_end));
  TRY(library.load("PQgetCopyData", pq.get_copy_data));
  TRY(library.load("PQconsumeInput", pq.consume_input));
  TRY(library.load("PQnotifies", pq.notifies));
  return library.load("PQfreemem", pq.freemem);
}

/// All of them or none.
void load_pipeline(const sys::DynamicLibrary& library, Libpq& pq) {
  const bool there = library.load("PQexitPipelineMode", pq.exit_pipeline_mode) &&
                     library.load("PQpipelineSync", pq.pipeline_sync);
  if (!there || !library.load("PQenterPipelineMode", pq.enter_pipeline_mode)) {
    pq.enter_pipeline_mode = nullptr;
  }
}

Result<void> load_results(const sys::DynamicLibrary& library, Libpq& pq) {
  TRY(library.load("PQclear", pq.clear));
  TRY(library.load("PQresultStatus", pq.result_status));
  TRY(library.load("PQresultErrorMessage", pq.result_error_message));
  TRY(library.load("PQresultErrorField", pq.result_error_field));
  TRY(library.load("PQntuples", pq.ntuples));
  TRY(library.load("PQnfields", pq.nfields));
  TRY(library.load("PQfname", pq.fname));
  TRY(library.load("PQftype", pq.ftype));
  TRY(library.load("PQgetisnull", pq.getisnull));
  TRY(library.load("PQgetvalue", pq.getvalue));
  TRY(library.load("PQgetlength", pq.getlength));
  TRY(library.load("PQcmdStatus", pq.cmd_status));
  return library.load("PQcmdTuples", pq.cmd_tuples);
}

Result<Libpq> load() {
  Libpq pq;
  sys::DynamicLibrary library =
      TRY(sys::DynamicLibrary::open({.sonames = {"libpq.so.5"}, .package = "libpq5"}));
  TRY(load_connecting(library, pq));
  TRY(load_executing(library, pq));
  load_pipeline(library, pq);
  TRY(load_results(library, pq));
  pq.library.emplace(std::move(library));
  return pq;
}

}  // namespace

const Result<Libpq>& libpq() {
  // Never unloaded: the library registers handlers with OpenSSL that outlive every connection.
  static const Result<Libpq>* table = new Result<Libpq>(load());
  return *table;
}

}  // namespace rhumb::driver::postgres
