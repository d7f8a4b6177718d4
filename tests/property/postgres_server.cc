#include <cstdlib>

#include "base/check.h"
#include "codec/url.h"
#include "driver/postgres/connecting.h"
#include "driver/postgres/libpq.h"
#include "driver/postgres/session.h"
#include "script_server.h"

namespace rhumb::property {
namespace {

using driver::postgres::Libpq;

constexpr const char* kScratch = "rhumb_splitter";
constexpr const char* kTables =
    "CREATE SCHEMA public; CREATE TABLE seen (id int, note text);"
    "CREATE FUNCTION do_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";

class PostgresServer : public ScriptServer {
 public:
  /// Scripts run as a user who may do nothing outside of the scratch database.
  explicit PostgresServer(const std::string& url) : pq_(*driver::postgres::libpq()), url_(url) {
    const std::string name(kScratch);
    admin_ = connect(url);
    run(admin_, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    run(admin_, "DROP ROLE IF EXISTS " + name);
    must(admin_, "CREATE ROLE " + name + " LOGIN PASSWORD '" + name + "'");
    must(admin_, "ALTER ROLE " + name + " SET statement_timeout = '2s'");
    must(admin_, "CREATE DATABASE " + name + " OWNER " + name);
    codec::Url scratch = codec::parse_url(url).value();
    scratch.path = "/" + name;
    scratch.user = codec::UserInfo{.name = name, .password = name};
    scratch_url_ = scratch.text_with_secrets();
    codec::Url own = codec::parse_url(url).value();
    own.path = "/" + name;
    PGconn* owner = connect(own.text_with_secrets());
    must(owner, "ALTER SCHEMA public OWNER TO " + name);
    pq_.finish(owner);
  }
  ~PostgresServer() override {
    pq_.finish(session_);
    run(admin_, "DROP DATABASE IF EXISTS " + std::string(kScratch) + " WITH (FORCE)");
    run(admin_, "DROP ROLE IF EXISTS " + std::string(kScratch));
    pq_.finish(admin_);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// All of a script happens in a transaction that is rolled back, unless it ends that.
  void reset() override {
    if (session_ != nullptr && pq_.status(session_) == CONNECTION_BAD) {
      pq_.finish(session_);
      session_ = nullptr;
    }
    const bool fresh = session_ == nullptr;
    session_ = fresh ? connect(scratch_url_) : session_;
    run(session_, "ROLLBACK");
    must(session_, "DISCARD ALL");
    if (fresh || dirty_) {
      must(session_, "DROP SCHEMA IF EXISTS public CASCADE");
      must(session_, "DROP SCHEMA IF EXISTS s CASCADE");
      must(session_, kTables);
    }
    dirty_ = false;
    must(session_, "BEGIN");
  }

  Answer run_whole(std::string_view script) override {
    Answer answer;
    if (pq_.send_query(session_, std::string(script).c_str()) == 0) {
      answer.error = pq_.error_message(session_);
      return answer;
    }
    while (PGresult* result = pq_.get_result(session_)) {
      add(result, answer);
      pq_.clear(result);
    }
    dirty_ = dirty_ || pq_.transaction_status(session_) != PQTRANS_INTRANS;
    return answer;
  }

  Answer run_part(std::string_view statement) override { return run_whole(statement); }

  std::string state() override {
    const Answer answer = run_whole(
        "SELECT * FROM seen; SELECT proname, prosrc, pg_get_function_sqlbody(oid) FROM pg_proc "
        "WHERE "
        "pronamespace = 'public'::regnamespace ORDER BY proname; SELECT rulename, definition FROM "
        "pg_rules WHERE schemaname = 'public' ORDER BY rulename");
    std::string all = answer.error.value_or("");
    for (const std::string& result : answer.results) {
      all += result;
    }
    return all;
  }

 private:
  PGconn* connect(const std::string& url) {
    const auto parameters = driver::postgres::read_parameters(
        codec::parse_url(url).value(), driver::postgres::library_keywords().value(),
        sys::FakeEnvironment());
    const auto connection = driver::postgres::connect(pq_, parameters, {});
    RHUMB_CHECK(connection.has_value(), "the server of the tests takes connections");
    return *connection;
  }

  bool run(PGconn* connection, const std::string& sql) {
    bool done = pq_.send_query(connection, sql.c_str()) != 0;
    while (PGresult* result = pq_.get_result(connection)) {
      done = done && pq_.result_status(result) != PGRES_FATAL_ERROR;
      pq_.clear(result);
    }
    return done;
  }
  void must(PGconn* connection, const std::string& sql) {
    RHUMB_CHECK(run(connection, sql), "the scratch database can be made ready");
  }

  void add(PGresult* result, Answer& answer) {
    switch (pq_.result_status(result)) {
      case PGRES_EMPTY_QUERY:
        break;
      case PGRES_COPY_IN:
        answer.unfit = "COPY FROM STDIN";
        pq_.put_copy_end(session_, nullptr);
        break;
      case PGRES_COPY_OUT:
        drop_rows();
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        answer.results.push_back(text_of(result));
        dirty_ = dirty_ || answer.results.back().starts_with("COMMIT");
        break;
      default: {
        const char* state = pq_.result_error_field(result, PG_DIAG_SQLSTATE);
        answer.error = state == nullptr ? pq_.result_error_message(result) : state;
        // In one piece a script is a transaction of its own; one by one its statements are none.
        if (answer.error == "57014" || answer.error == "22021" || answer.error->starts_with("25")) {
          answer.unfit = "about time, encoding, or the transaction around it";
        }
      }
    }
  }

  void drop_rows() {
    char* row = nullptr;
    while (pq_.get_copy_data(session_, &row, 0) > 0) {
      pq_.freemem(row);
    }
  }

  std::string text_of(PGresult* result) {
    std::string text = pq_.cmd_status(result);
    for (int row = 0; row < pq_.ntuples(result); ++row) {
      text += "\n";
      for (int column = 0; column < pq_.nfields(result); ++column) {
        text += "|" + std::string(pq_.getvalue(result, row, column),
                                  static_cast<size_t>(pq_.getlength(result, row, column)));
      }
    }
    return text;
  }

  const Libpq& pq_;
  std::string url_;
  std::string scratch_url_;
  PGconn* admin_ = nullptr;
  PGconn* session_ = nullptr;
  bool dirty_ = false;
};

}  // namespace

std::unique_ptr<ScriptServer> postgres_server() {
  const char* url = std::getenv("RHUMB_TEST_POSTGRES");
  return url == nullptr || *url == '\0' ? nullptr : std::make_unique<PostgresServer>(url);
}

}  // namespace rhumb::property
