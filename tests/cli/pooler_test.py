"""PostgreSQL behind a connection pooler: a session lock that the pooler would lend out is refused."""

import os
import subprocess
import sys

from harness import ROOT, Skipped, contains, same, test

sys.path.insert(0, os.path.join(ROOT, "tests"))

import servers  # noqa: E402 (needs the path above)

REFUSAL = ("acquiring database lock: connection pooler in transaction mode: use a direct connection "
           "or --lock-mode lease")


def psql(url, sql):
    return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", url, "-c", sql], text=True,
                          check=True, capture_output=True).stdout


def pooled(scratch, pool_mode, pool_size=5):
    """A database of its own behind a pooler. -> (direct URL, URL through the pooler)"""
    server = os.environ.get("RHUMB_TEST_POSTGRES")
    if not server or not servers.Pgbouncer.is_installed():
        raise Skipped("needs RHUMB_TEST_POSTGRES (tests/servers.py) and pgbouncer")
    name = f"pooled_{pool_mode}_{pool_size}_{os.getpid()}"
    psql(server, f"CREATE DATABASE {name}")
    scratch.stack.callback(psql, server, f"DROP DATABASE {name} WITH (FORCE)")
    pooler = servers.Pgbouncer(server, pool_mode, pool_size)
    pooler.start()
    scratch.stack.callback(pooler.stop)
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n"})
    return server.replace("/postgres?", f"/{name}?"), pooler.url(name)


def is_refused(scratch, pool_size):
    direct, url = pooled(scratch, "transaction", pool_size)
    scratch.run("migrate", "apply", "--url", url).fails(REFUSAL)
    same(psql(direct, "SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'pg%' AND "
                      "schemaname <> 'information_schema'"), "0\n", "tables")
    same(psql(direct, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0\n", "locks")


@test
def a_pooler_in_transaction_mode_is_refused(scratch):
    is_refused(scratch, 5)


@test
def a_pooler_with_one_server_process_is_refused(scratch):
    is_refused(scratch, 1)


@test
def a_pooler_in_session_mode_is_used(scratch):
    direct, url = pooled(scratch, "session")
    contains(scratch.run("migrate", "apply", "--url", url).ok().out, "1 migration")
    same(psql(direct, "SELECT count(*) FROM pg_tables WHERE tablename = 'a'"), "1\n", "tables")
