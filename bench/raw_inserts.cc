// Inserts every line of a file as one row, durably, as the registry's store is set up: the most
// that a server that stores the same bytes could accept. Prints `<rows> <seconds>`.
//   rhumb_bench_inserts DATABASE LINES COMMIT_SIZE

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

void check(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_DONE) {
    fmt::print(stderr, "sqlite: {}\n", sqlite3_errmsg(database));
    std::exit(1);
  }
}

void run(sqlite3* database, const char* sql) {
  check(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), database);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: rhumb_bench_inserts DATABASE LINES COMMIT_SIZE\n");
    return 2;
  }
  const size_t commit_size = std::strtoul(arguments[3], nullptr, 10);
  std::vector<std::string> lines;
  std::ifstream file(arguments[2]);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  sqlite3* database = nullptr;
  check(sqlite3_open(arguments[1], &database), database);
  run(database,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE reports (id INTEGER PRIMARY KEY, body BLOB NOT NULL)");
  sqlite3_stmt* insert = nullptr;
  check(sqlite3_prepare_v2(database, "INSERT INTO reports (body) VALUES (?)", -1, &insert, nullptr),
        database);
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i % commit_size == 0) {
      run(database, i == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
    }
    check(sqlite3_bind_blob64(insert, 1, lines[i].data(), lines[i].size(), SQLITE_STATIC),
          database);
    check(sqlite3_step(insert), database);
    sqlite3_reset(insert);
  }
  run(database, "COMMIT");
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("{} {:.6f}\n", lines.size(), taken.count());
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return 0;
}
