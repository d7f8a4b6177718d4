#include "driver/sqlite/dsn.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rhumb::driver::sqlite {
namespace {

struct Case {
  const char* text;
  const char* name;
  const char* pragmas;
  int busy_timeout_ms = 5000;
};

TEST(Dsn, SeparatesFileAndParameters) {
  const Case cases[] = {
      {"x.db", "x.db", ""},
      {"/abs/x.db?_fk=1", "/abs/x.db", "PRAGMA foreign_keys = 1"},
      {"x.db?cache=shared", "x.db", ""},
      {"file:/abs/x.db?cache=shared&_fk=1", "file:/abs/x.db?cache=shared&_fk=1",
       "PRAGMA foreign_keys = 1"},
      {"file::memory:?cache=shared", "file::memory:?cache=shared", ""},
      {":memory:", ":memory:", ""},
      {"dev?mode=memory&cache=shared", "file:dev?mode=memory&cache=shared", ""},
      {"?mode=memory", "file:?mode=memory", ""},
      {"x.db?_busy_timeout=20&_journal=WAL&_sync=off", "x.db",
       "PRAGMA journal_mode = WAL;PRAGMA synchronous = off", 20},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const Result<Dsn> dsn = parse_dsn(c.text);
    ASSERT_TRUE(dsn.has_value());
    EXPECT_EQ(dsn->name, c.name);
    EXPECT_EQ(join(dsn->pragmas, ";"), c.pragmas);
    EXPECT_EQ(dsn->busy_timeout_ms, c.busy_timeout_ms);
  }
}

TEST(Dsn, RefusesValuesThatNoParameterTakes) {
  for (const char* text : {"x?_fk=maybe", "x?_busy_timeout=5s",
                           "x?_busy_timeout=", "x?_journal_mode=wal;drop", "x?_cache_size=many"}) {
    EXPECT_FALSE(parse_dsn(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace rhumb::driver::sqlite
