#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/check.h"
#include "client_program.h"
#include "codec/url.h"
#include "driver/postgres/connecting.h"
#include "driver/postgres/copy_script.h"
#include "driver/postgres/libpq.h"
#include "driver/postgres/session.h"
#include "script_server.h"

namespace rhumb::property {
namespace {

using driver::postgres::Libpq;

constexpr const char* kScratch = "rhumb_splitter";
constexpr std::string_view kTimeout = "57014";
constexpr const char* kTables =
    "CREATE SCHEMA public; CREATE TABLE seen (id int, note text);"
    "CREATE FUNCTION do_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";

/// The program itself where Debian keeps it: what PATH has there looks for it anew each time.
std::string psql_program() {
  namespace fs = std::filesystem;
  std::error_code problem;
  std::string newest = "psql";
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", problem)) {
    const fs::path program = version.path() / "bin" / "psql";
    if (fs::exists(program, problem) && (newest == "psql" || program.string() > newest)) {
      newest = program.string();
    }
  }
  return newest;
}

class PostgresServer : public ScriptServer {
 public:
  /// Scripts run as a user who may do nothing outside of the scratch database.
  PostgresServer(const std::string& url, Splitter splitter)
      : pq_(*driver::postgres::libpq()), url_(url), splitter_(splitter) {
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

  [[nodiscard]] Splitter splitter() const override { return splitter_; }

  /// All of a script happens in a transaction that is rolled back, unless it ends that. Client
  /// programs use a session of their own.
  void reset() override {
    if (session_ != nullptr && pq_.status(session_) == CONNECTION_BAD) {
      pq_.finish(session_);
      session_ = nullptr;
    }
    const bool fresh = session_ == nullptr;
    session_ = fresh ? connect(scratch_url_) : session_;
    run(session_, "ROLLBACK");
    must(session_, "DISCARD ALL");
    if (fresh || dirty_ || splitter_ == Splitter::kClient) {
      must(session_, "DROP SCHEMA IF EXISTS public CASCADE");
      must(session_, "DROP SCHEMA IF EXISTS s CASCADE");
      must(session_, kTables);
    }
    dirty_ = false;
    if (splitter_ == Splitter::kServer) {
      must(session_, "BEGIN");
    }
  }

  Answer run_whole(std::string_view script) override {
    if (splitter_ == Splitter::kServer) {
      return send(script, nullptr);
    }
    Answer answer = run_client({psql_, "-XAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate",
                                "-f", "-", scratch_url_},
                               script, "ERROR:  (\\w{5})");
    answer.unfit = answer.error == kTimeout ? "time was over" : "";
    return answer;
  }

  Answer run_part(std::string_view statement) override {
    if (splitter_ == Splitter::kServer) {
      return send(statement, nullptr);
    }
    const driver::postgres::CopyScript copy = driver::postgres::split_copy(statement);
    return send(copy.statement, &copy.data);
  }

  std::string state() override {
    if (splitter_ == Splitter::kClient) {
      run(session_, "ROLLBACK");  // as the end of the program does
    }
    const Answer answer = send(
        "SELECT * FROM seen; SELECT proname, prosrc, pg_get_function_sqlbody(oid) FROM pg_proc "
        "WHERE "
        "pronamespace = 'public'::regnamespace ORDER BY proname; SELECT rulename, definition FROM "
        "pg_rules WHERE schemaname = 'public' ORDER BY rulename",
        nullptr);
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

  /// `data` are the rows for COPY FROM STDIN; null when there can be none.
  Answer send(std::string_view text, const std::string_view* data) {
    Answer answer;
    if (pq_.send_query(session_, std::string(text).c_str()) == 0) {
      answer.error = pq_.error_message(session_);
      return answer;
    }
    while (PGresult* result = pq_.get_result(session_)) {
      add(result, data, answer);
      pq_.clear(result);
    }
    dirty_ = dirty_ || pq_.transaction_status(session_) != PQTRANS_INTRANS;
    return answer;
  }

  void add(PGresult* result, const std::string_view* data, Answer& answer) {
    switch (pq_.result_status(result)) {
      case PGRES_EMPTY_QUERY:
        break;
      case PGRES_COPY_IN:
        answer.unfit = data == nullptr ? "COPY FROM STDIN" : "";
        if (data != nullptr) {
          pq_.put_copy_data(session_, data->data(), static_cast<int>(data->size()));
        }
        pq_.put_copy_end(session_, nullptr);
        break;
      case PGRES_COPY_OUT:
        copied_ = read_rows();
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        answer.results.push_back(splitter_ == Splitter::kServer ? text_of(result)
                                                                : printed(result));
        dirty_ = dirty_ || answer.results.back().starts_with("COMMIT");
        break;
      default: {
        const char* state = pq_.result_error_field(result, PG_DIAG_SQLSTATE);
        answer.error = state == nullptr ? pq_.result_error_message(result) : state;
        // In one piece a script is a transaction of its own; one by one its statements are none.
        if (answer.error == kTimeout || answer.error == "22021" ||
            (splitter_ == Splitter::kServer && answer.error->starts_with("25"))) {
          answer.unfit = "about time, encoding, or the transaction around it";
        }
      }
    }
  }

  std::string read_rows() {
    std::string rows;
    char* row = nullptr;
    while (pq_.get_copy_data(session_, &row, 0) > 0) {
      rows += row;
      pq_.freemem(row);
    }
    return rows;
  }

  /// As psql prints a result: rows, and the tag of all but queries.
  std::string printed(PGresult* result) {
    if (copied_) {
      return std::exchange(copied_, std::nullopt).value_or("");
    }
    std::string text;
    const int columns = pq_.nfields(result);
    for (int row = 0; columns > 0 && row < pq_.ntuples(result); ++row) {
      for (int column = 0; column < columns; ++column) {
        text += (column == 0 ? "" : "|") + value(result, row, column);
      }
      text += "\n";
    }
    const std::string tag = pq_.cmd_status(result);
    const bool tagged = pq_.result_status(result) == PGRES_COMMAND_OK ||
                        tag.starts_with("INSERT") || tag.starts_with("UPDATE");
    return tagged ? text + tag + "\n" : text;
  }

  std::string value(PGresult* result, int row, int column) {
    return {pq_.getvalue(result, row, column),
            static_cast<size_t>(pq_.getlength(result, row, column))};
  }

  std::string text_of(PGresult* result) {
    std::string text = pq_.cmd_status(result);
    for (int row = 0; row < pq_.ntuples(result); ++row) {
      text += "\n";
      for (int column = 0; column < pq_.nfields(result); ++column) {
        text += "|" + value(result, row, column);
      }
    }
    return text;
  }

  const Libpq& pq_;
  std::string url_;
  std::string scratch_url_;
  std::string psql_ = psql_program();
  PGconn* admin_ = nullptr;
  PGconn* session_ = nullptr;
  Splitter splitter_;
  bool dirty_ = false;
  std::optional<std::string> copied_;  ///< by COPY TO STDOUT
};

}  // namespace

std::unique_ptr<ScriptServer> postgres_server(Splitter splitter) {
  const char* url = std::getenv("RHUMB_TEST_POSTGRES");
  const bool there = url != nullptr && *url != '\0' &&
                     (splitter == Splitter::kServer || has_program(psql_program()));
  return there ? std::make_unique<PostgresServer>(url, splitter) : nullptr;
}

}  // namespace rhumb::property
