#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

/// Whole tables of a store, whatever engine keeps it.
namespace rhumb::registry {

struct Table {
  std::string name;
  std::vector<std::string> columns{};
  std::vector<std::string> key{};  ///< columns of the primary key, in its order
};

/// The tables of the registry's own schema, by name; the table of its revisions is none of them.
Result<std::vector<Table>> list_tables(Session& session);

/// Reads a table in the order of its key, some rows at a time, so that none is held in memory as a
/// whole; `each` returning false ends it.
Result<void> walk_table(Session& session,
                        const Table& table,
                        const std::function<bool(const Row&)>& each);

}  // namespace rhumb::registry
