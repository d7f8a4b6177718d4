"""PostgreSQL behind a connection pooler: a session lock that the pooler would lend out is refused."""

from databases import PooledDatabase
from harness import contains, same, test

REFUSAL = ("acquiring database lock: connection pooler in transaction mode: use a direct connection "
           "or --lock-mode lease")


def pooled(scratch, pool_mode, pool_size=5):
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n"})
    return PooledDatabase(scratch, pool_mode, pool_size)


def is_refused(scratch, pool_size):
    database = pooled(scratch, "transaction", pool_size)
    scratch.run("migrate", "apply", "--url", database.pooled).fails(REFUSAL)
    same(database.sql("SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'pg%' AND "
                      "schemaname <> 'information_schema'"), "0\n", "tables")
    same(database.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0\n", "locks")


@test
def a_pooler_in_transaction_mode_is_refused(scratch):
    is_refused(scratch, 5)


@test
def a_pooler_with_one_server_process_is_refused(scratch):
    is_refused(scratch, 1)


@test
def a_pooler_in_session_mode_is_used(scratch):
    database = pooled(scratch, "session")
    contains(scratch.run("migrate", "apply", "--url", database.pooled).ok().out, "1 migration")
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'a'"), "1\n", "tables")
