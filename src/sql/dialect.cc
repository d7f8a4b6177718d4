#include "sql/dialect.h"

namespace rhumb::sql {

SplitOptions split_options(Dialect dialect) {
  switch (dialect) {
    case Dialect::kGeneric:
      return {
          .begin_atomic = true, .dollar_quotes = true, .executable_comments = true, .hints = true};
    case Dialect::kSqlite:
      return {.begin_end = true, .trigger_bodies = true};
    case Dialect::kMysql:
      return {.begin_end = true,
              .backslash_escapes = true,
              .hash_comments = true,
              .executable_comments = true,
              .hints = true,
              .trigger_bodies = true,
              .program_bodies = true};
    case Dialect::kPostgres:
      return {.begin_end = true,
              .begin_atomic = true,
              .dollar_quotes = true,
              .escape_strings = true,
              .nested_comments = true,
              .hints = true,
              .psql_input = true};
    case Dialect::kSqlServer:
      return {.begin_end = true,
              .begin_try = true,
              .end_terminator = true,
              .go_command = true,
              .hints = true};
  }
  return {};
}

}  // namespace rhumb::sql
