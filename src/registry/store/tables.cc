#include "registry/store/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rhumb::registry {
namespace {

constexpr size_t kRowsAtOnce = 1000;

std::string select_page(const Table& table, bool is_first) {
  const std::string key = fmt::format("{}", fmt::join(table.key, ", "));
  const std::vector<std::string_view> marks(table.key.size(), "?");
  return fmt::format("SELECT {} FROM {} {} ORDER BY {} LIMIT {}", fmt::join(table.columns, ", "),
                     table.name,
                     is_first ? "" : fmt::format("WHERE ({}) > ({})", key, fmt::join(marks, ", ")),
                     key, kRowsAtOnce);
}

Params key_of(const Table& table, const Row& row) {
  Params key;
  for (const std::string& column : table.key) {
    const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
    key.push_back(row[static_cast<size_t>(at)]);
  }
  return key;
}

}  // namespace

Result<std::vector<Table>> list_tables(Session& session) {
  std::vector<Table> tables;
  for (const Row& row : TRY(session.query(session.columns_sql()))) {
    if (tables.empty() || tables.back().name != row[0].text()) {
      tables.push_back(Table{row[0].text()});
    }
    Table& table = tables.back();
    table.columns.push_back(row[1].text());
    if (const auto place = static_cast<size_t>(row[2].number())) {
      table.key.resize(std::max(table.key.size(), place));
      table.key[place - 1] = row[1].text();
    }
  }
  return tables;
}

Result<void> walk_table(Session& session,
                        const Table& table,
                        const std::function<bool(const Row&)>& each) {
  Params after;
  for (;;) {
    const Rows rows = TRY(session.query(select_page(table, after.empty()), after));
    for (const Row& row : rows) {
      if (!each(row)) {
        return {};
      }
    }
    if (rows.size() < kRowsAtOnce) {
      return {};
    }
    after = key_of(table, rows.back());
  }
}

}  // namespace rhumb::registry
