// How fast a script is split into statements, by the kind of script.

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "sql/statement_splitter.h"

namespace rhumb::sql {
namespace {

constexpr size_t kMixedSize = size_t{256} << 20;
constexpr size_t kSmallSize = size_t{16} << 20;

constexpr std::string_view kInsert =
    "INSERT INTO orders (id, customer, note) VALUES (4711, 'O''Neill & sons', 'third; floor');\n";
constexpr std::string_view kMixed =
    "-- every order belongs to one customer\n"
    "CREATE TABLE customers (\n"
    "  id bigint NOT NULL, -- given by the shop\n"
    "  name text NOT NULL DEFAULT '',\n"
    "  \"group\" text CHECK (\"group\" <> ';'),\n"
    "  PRIMARY KEY (id)\n"
    ");\n"
    "\n"
    "/* looked up by name; see the search page */\n"
    "CREATE INDEX customers_name ON customers (lower(name), id DESC);\n"
    "ALTER TABLE customers ADD COLUMN created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP;\n"
    "INSERT INTO customers (id, name) VALUES (1, 'Ada; Lovelace'), (2, 'it''s'), (3, 'plain');\n"
    "UPDATE customers SET name = trim(name) || ' (' || id || ')' WHERE name LIKE '% ' AND id > 7;\n"
    "DROP VIEW IF EXISTS customer_names;\n"
    "CREATE VIEW customer_names AS SELECT id, name FROM customers WHERE name <> '' ORDER BY 2;\n";
constexpr std::string_view kTrigger =
    "CREATE TRIGGER touch AFTER UPDATE ON customers BEGIN\n"
    "  UPDATE customers SET touched = CASE WHEN new.id > 0 THEN 1 ELSE 0 END WHERE id = new.id;\n"
    "  INSERT INTO history (id, what) VALUES (new.id, 'touched; again');\n"
    "END;\n";
constexpr std::string_view kDollar =
    "CREATE FUNCTION touch() RETURNS trigger AS $body$\n"
    "BEGIN\n"
    "  NEW.touched := now(); -- a comment; with a semicolon\n"
    "  RETURN NEW;\n"
    "END\n"
    "$body$ LANGUAGE plpgsql;\n";

std::string repeat(std::string_view piece, size_t size) {
  std::string script;
  script.reserve(size);
  while (script.size() + piece.size() <= size) {
    script += piece;
  }
  return script;
}

void split(benchmark::State& state, std::string_view piece, size_t size, Dialect dialect) {
  const std::string script = repeat(piece, size);
  size_t statements = 0;
  for (auto _ : state) {
    const Result<std::vector<Statement>> split = split_statements(script, dialect);
    if (!split) {
      state.SkipWithError(split.error().message().c_str());
      return;
    }
    statements = split->size();
    benchmark::DoNotOptimize(statements);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(script.size()));
  state.counters["statements"] = static_cast<double>(statements);
}

BENCHMARK_CAPTURE(split, mixed_256MiB, kMixed, kMixedSize, Dialect::kSqlite)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(split, inserts, kInsert, kSmallSize, Dialect::kSqlite)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(split, mixed_postgres, kMixed, kSmallSize, Dialect::kPostgres)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(split, mixed_mysql, kMixed, kSmallSize, Dialect::kMysql)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(split, triggers, kTrigger, kSmallSize, Dialect::kSqlite)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(split, dollar_quotes, kDollar, kSmallSize, Dialect::kPostgres)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rhumb::sql

BENCHMARK_MAIN();
