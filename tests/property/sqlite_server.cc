#include <sqlite3.h>

#include "base/check.h"
#include "script_server.h"

namespace rhumb::property {
namespace {

constexpr const char* kTables =
    "CREATE TABLE seen (id int, note text); CREATE TABLE other (id int, note text);";

class SqliteServer : public ScriptServer {
 public:
  ~SqliteServer() override { sqlite3_close(handle_); }

  void reset() override {
    sqlite3_close(handle_);
    RHUMB_CHECK(sqlite3_open(":memory:", &handle_) == SQLITE_OK, "a database fits into memory");
    RHUMB_CHECK(sqlite3_exec(handle_, kTables, nullptr, nullptr, nullptr) == SQLITE_OK,
                "the tables are new");
  }

  Answer run_whole(std::string_view script) override {
    Answer answer;
    size_t at = 0;
    while (at < script.size() && !answer.error) {
      sqlite3_stmt* statement = nullptr;
      const char* tail = nullptr;
      const int code = sqlite3_prepare_v2(handle_, script.data() + at,
                                          static_cast<int>(script.size() - at), &statement, &tail);
      if (code != SQLITE_OK) {
        answer.error = sqlite3_errmsg(handle_);
        break;
      }
      at = static_cast<size_t>(tail - script.data());
      if (statement != nullptr) {
        answer.ends.push_back(at);
        step(statement, answer);
      }
      sqlite3_finalize(statement);
    }
    return answer;
  }

  Answer run_part(std::string_view statement) override { return run_whole(statement); }

  std::string state() override {
    const Answer answer = run_whole(
        "SELECT * FROM seen; SELECT * FROM other; "
        "SELECT type, name, trim(sql, char(9, 10, 12, 13, 32)) FROM sqlite_master; "
        "SELECT name, trim(sql, char(9, 10, 12, 13, 32)) FROM sqlite_temp_master;");
    std::string all;
    for (const std::string& result : answer.results) {
      all += result;
    }
    return all;
  }

 private:
  void step(sqlite3_stmt* statement, Answer& answer) {
    std::string result = std::to_string(sqlite3_column_count(statement));
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const int size = sqlite3_column_bytes(statement, i);
        result += "|" + (bytes == nullptr ? "" : std::string(bytes, static_cast<size_t>(size)));
      }
      result += "\n";
    }
    if (code == SQLITE_DONE) {
      answer.results.push_back(result);
    } else {
      answer.error = sqlite3_errmsg(handle_);
    }
  }

  sqlite3* handle_ = nullptr;
};

}  // namespace

std::unique_ptr<ScriptServer> sqlite_server() {
  return std::make_unique<SqliteServer>();
}

}  // namespace rhumb::property
