#include <fmt/format.h>

#include <array>
#include <span>
#include <string>

#include "registry/store/sql.h"

namespace rhumb::registry {
namespace {

// A few sizes, so that an engine has few statements to keep.
constexpr std::array<size_t, 5> kGroups = {64, 16, 4, 2, 1};

std::string statement(const RowsInto& into, size_t columns, size_t rows) {
  std::string one = "(?";
  for (size_t i = 1; i < columns; ++i) {
    one.append(", ?");
  }
  one.append(")");
  std::string all = one;
  for (size_t i = 1; i < rows; ++i) {
    all.append(", ").append(one);
  }
  return fmt::format("INSERT INTO {} VALUES {}{}{}", into.table, all,
                     into.on_conflict.empty() ? "" : " ", into.on_conflict);
}

Params values_of(std::span<const Params> rows) {
  Params values;
  values.reserve(rows.size() * rows.front().size());
  for (const Params& row : rows) {
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

}  // namespace

Result<void> Session::insert_rows(const RowsInto& into, std::span<const Params> rows) {
  std::span<const Params> rest = rows;
  for (const size_t group : kGroups) {
    if (rest.size() < group) {
      continue;
    }
    const std::string sql = statement(into, rest.front().size(), group);
    for (; rest.size() >= group; rest = rest.subspan(group)) {
      TRY(run_later(sql, values_of(rest.first(group))));
    }
  }
  return {};
}

}  // namespace rhumb::registry
