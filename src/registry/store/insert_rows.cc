#include "registry/store/insert_rows.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>

namespace rhumb::registry {
namespace {

constexpr std::array<size_t, 4> kGroups = {64, 16, 4, 1};

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

Result<void> insert_rows(Session& session, const RowsInto& into, const std::vector<Params>& rows) {
  std::span<const Params> rest = rows;
  for (const size_t group : kGroups) {
    if (rest.size() < group) {
      continue;
    }
    const std::string sql = statement(into, rest.front().size(), group);
    for (; rest.size() >= group; rest = rest.subspan(group)) {
      TRY(session.run_later(sql, values_of(rest.first(group))));
    }
  }
  return {};
}

}  // namespace rhumb::registry
