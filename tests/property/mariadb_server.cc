#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "base/text.h"
#include "client_program.h"
#include "codec/url.h"
#include "driver/mysql/client_library.h"
#include "driver/mysql/connecting.h"
#include "script_server.h"

namespace rhumb::property {
namespace {

using driver::mysql::ClientLibrary;
using driver::mysql::Dsn;

constexpr const char* kScratch = "rhumb_splitter";
constexpr std::string_view kTimeout = "1969";

/// Whether nothing but the session can be changed by the script.
bool changes_nothing(std::string_view script) {
  static constexpr std::string_view kWords[] = {"create", "alter",    "drop",   "rename",
                                                "insert", "update",   "delete", "replace",
                                                "load",   "truncate", "call",   "exec"};
  const std::string lower = to_lower_ascii(script);
  return std::ranges::none_of(
      kWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

class MariadbServer : public ScriptServer {
 public:
  /// Scripts run as a user who may do nothing outside of the scratch database.
  MariadbServer(const std::string& url, Splitter splitter)
      : library_(*driver::mysql::client_library()), splitter_(splitter) {
    admin_dsn_ = driver::mysql::parse_dsn(codec::parse_url(url).value()).value();
    const std::string name(kScratch);
    admin_ = connect(admin_dsn_);
    must("SET foreign_key_checks = OFF");
    must("CREATE OR REPLACE USER " + name + "@'127.0.0.1' IDENTIFIED BY '" + name +
         "' WITH MAX_STATEMENT_TIME 1");
    must("CREATE OR REPLACE DATABASE " + name);
    must("GRANT ALL ON " + name + ".* TO " + name + "@'127.0.0.1'");
    must("CREATE TABLE " + name + ".seen (id int, note text)");
    Dsn dsn = admin_dsn_;
    dsn.user = name;
    dsn.password = name;
    dsn.database = name;
    part_session_ = connect(dsn);
    dsn.multi_statements = true;
    whole_session_ = connect(dsn);
  }
  ~MariadbServer() override {
    library_.close(whole_session_);
    library_.close(part_session_);
    run(admin_, "DROP DATABASE IF EXISTS " + std::string(kScratch));
    run(admin_, "DROP USER IF EXISTS " + std::string(kScratch) + "@'127.0.0.1'");
    library_.close(admin_);
  }
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  [[nodiscard]] Splitter splitter() const override { return splitter_; }

  void reset() override {
    for (MYSQL* session : {whole_session_, part_session_}) {
      RHUMB_CHECK(library_.reset_connection(session) == 0, "a session can be reset");
    }
    if (dirty_) {
      must("CREATE OR REPLACE DATABASE " + std::string(kScratch));
      must("CREATE TABLE " + std::string(kScratch) + ".seen (id int, note text)");
      for (MYSQL* session : {whole_session_, part_session_}) {
        run(session, "USE " + std::string(kScratch));
      }
    }
    dirty_ = false;
  }

  Answer run_whole(std::string_view script) override {
    if (splitter_ == Splitter::kServer) {
      return run(whole_session_, script);
    }
    dirty_ = dirty_ || !changes_nothing(script);
    const std::string name(kScratch);
    Answer answer = run_client(
        {"mariadb", "--no-defaults", "--batch", "--raw", "--skip-column-names", "--comments",
         "--binary-mode", "--default-character-set=utf8mb4", "--protocol=tcp",
         "--host=" + admin_dsn_.host, "--port=" + std::to_string(admin_dsn_.port), "--user=" + name,
         "--password=" + name, name},
        script, "ERROR (\\d+)");
    answer.unfit = answer.error == kTimeout ? "time was over" : "";
    return answer;
  }
  Answer run_part(std::string_view statement) override { return run(part_session_, statement); }

  /// What comments alone precede goes on as a statement of its own; whether an executable comment
  /// is one of those only the server knows.
  bool is_empty(std::string_view statement) override {
    if (!statement.starts_with("/*")) {
      return statement == ";";
    }
    const std::string_view bare = statement.substr(0, statement.find_last_not_of(';') + 1);
    return !run(part_session_, std::string(bare) + "\nSHOW WARNINGS").error;
  }

  std::string state() override {
    if (!dirty_) {
      return {};
    }
    // The server cuts semicolons, comment marks before them too, off the end of what it is sent;
    // the program puts blanks behind comments.
    const std::string cut =
        splitter_ == Splitter::kClient ? ", '[;#[:space:]-]+', '')" : ", '[;#[:space:]-]+$', '')";
    const std::string queries[] = {
        "SELECT * FROM rhumb_splitter.seen",
        "SELECT name, REGEXP_REPLACE(body_utf8" + cut +
            " FROM mysql.proc WHERE db = 'rhumb_splitter' ORDER BY name",
        "SELECT name, REGEXP_REPLACE(body_utf8" + cut +
            " FROM mysql.event WHERE db = 'rhumb_splitter' ORDER BY name",
        "SELECT trigger_name, REGEXP_REPLACE(action_statement" + cut +
            " FROM information_schema.triggers WHERE trigger_schema = 'rhumb_splitter' "
            "ORDER BY trigger_name"};
    std::string all;
    for (const std::string& query : queries) {
      const Answer answer = run(admin_, query);
      all += answer.error.value_or(answer.results.empty() ? "" : answer.results.front());
    }
    return all;
  }

 private:
  MYSQL* connect(const Dsn& dsn) {
    MYSQL* handle = library_.init(nullptr);
    const auto connected = driver::mysql::connect_handle(handle, dsn, "rhumb", {});
    RHUMB_CHECK(connected.has_value(), "the server of the tests takes connections");
    return handle;
  }
  void must(const std::string& sql) {
    const Answer answer = run(admin_, sql);
    RHUMB_CHECK(!answer.error, "the scratch database can be made ready");
  }

  Answer run(MYSQL* session, std::string_view text) {
    dirty_ = dirty_ || !changes_nothing(text);
    Answer answer;
    bool failed = library_.real_query(session, text.data(), text.size()) != 0;
    for (int next = 0; !failed && next == 0;) {
      failed = !add_result(session, answer);
      next = failed ? 1 : library_.next_result(session);
      failed = failed || next > 0;
    }
    if (failed) {
      answer.error = std::to_string(library_.error_number(session));
      answer.unfit = answer.error == kTimeout ? "time was over" : "";
    }
    return answer;
  }

  bool add_result(MYSQL* session, Answer& answer) {
    MYSQL_RES* result = library_.store_result(session);
    if (result == nullptr) {
      if (library_.field_count(session) > 0) {
        return false;
      }
      // The program prints nothing of these.
      answer.results.push_back(splitter_ == Splitter::kClient
                                   ? ""
                                   : "OK " + std::to_string(library_.affected_rows(session)));
      return true;
    }
    std::string text;
    const unsigned count = library_.num_fields(result);
    while (const MYSQL_ROW row = library_.fetch_row(result)) {
      const unsigned long* sizes = library_.fetch_lengths(result);
      for (unsigned i = 0; i < count; ++i) {
        text += i == 0 ? "" : "\t";
        text += row[i] == nullptr ? "NULL" : std::string(row[i], sizes[i]);
      }
      text += "\n";
    }
    library_.free_result(result);
    answer.results.push_back(text);
    return true;
  }

  const ClientLibrary& library_;
  Dsn admin_dsn_;
  MYSQL* admin_ = nullptr;
  MYSQL* whole_session_ = nullptr;
  MYSQL* part_session_ = nullptr;
  Splitter splitter_;
  bool dirty_ = false;
};

}  // namespace

std::unique_ptr<ScriptServer> mariadb_server(Splitter splitter) {
  const char* url = std::getenv("RHUMB_TEST_MARIADB");
  const bool there =
      url != nullptr && *url != '\0' && (splitter == Splitter::kServer || has_program("mariadb"));
  return there ? std::make_unique<MariadbServer>(url, splitter) : nullptr;
}

std::unique_ptr<ScriptServer> script_server(sql::Dialect dialect, Splitter splitter) {
  switch (dialect) {
    case sql::Dialect::kPostgres:
      return postgres_server(splitter);
    case sql::Dialect::kMysql:
      return mariadb_server(splitter);
    default:
      return splitter == Splitter::kServer ? sqlite_server() : nullptr;
  }
}

}  // namespace rhumb::property
