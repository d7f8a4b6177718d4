"""Leases: the lock of runs behind a connection pooler in transaction mode, on PostgreSQL and MariaDB."""

import re
import signal
import time

from databases import MariaDatabase, PooledDatabase
from harness import contains, lacks, same, test, wait_for

LEASE = ("--lock-mode", "lease")
HOLDER = r"apply tester@\S+:{} since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
# As long as a lease lasts, and a little more.
LEASE_SECONDS = 31


def lease_text(database, table="atlas_schema_revisions"):
    return database.sql(f"SELECT error FROM {table} WHERE version = '.atlas_cloud_identifier'")


# ---------------------------------------------------------------- behind a pooler


def applies_a_history(scratch, pool_size):
    database = PooledDatabase(scratch, pool_size=pool_size)
    scratch.directory("migrations", {
        "1_a.sql": "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n",
        "2_index.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON a (id);\n"
                       "INSERT INTO a VALUES (2);\n",
        "3_own.sql": "-- atlas:txmode none\n\nBEGIN;\nINSERT INTO a VALUES (3);\nCOMMIT;\n",
    })
    apply = ("migrate", "apply", "--url", database.pooled, *LEASE)
    contains(scratch.run(*apply, "--dry-run").ok().quiet().out, "3 migrations")
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'atlas%'"), "0\n", "of a dry run")
    contains(scratch.run(*apply, "1").ok().quiet().out, "1 migration")
    contains(scratch.run(*apply, "--tx-mode", "none").ok().quiet().out, "2 migrations")
    contains(scratch.run(*apply).ok().quiet().out, "No migration files to execute")
    same(database.sql("SELECT id FROM a ORDER BY id"), "1\n2\n3\n", "rows")
    table = "atlas_schema_revisions.atlas_schema_revisions"
    same(database.sql(f"SELECT version, applied, total, error FROM {table} WHERE version NOT LIKE '.%'"),
         "1\t2\t2\t\n2\t2\t2\t\n3\t3\t3\t\n", "history")
    same(lease_text(database, table), "\n", "lease after the runs")
    contains(scratch.run("migrate", "set", "2", "--url", database.pooled, *LEASE).ok().quiet().out, "1 removed")


@test
def a_history_is_applied_behind_a_pooler(scratch):
    applies_a_history(scratch, 5)


@test
def a_history_is_applied_behind_a_pooler_with_one_server_process(scratch):
    applies_a_history(scratch, 1)


@test
def a_history_is_reverted_behind_a_pooler(scratch):
    database = PooledDatabase(scratch)
    scratch.write("goose/1_a.sql", "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n")
    words = ("--dir", "file://goose?format=goose", "--url", database.pooled, *LEASE)
    scratch.run("migrate", "hash", "--dir", "file://goose?format=goose").ok()
    scratch.run("migrate", "down", *words)
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'atlas%'"), "0\n", "tables")
    scratch.run("migrate", "apply", *words).ok().quiet()
    scratch.run("migrate", "down", *words).ok().quiet()
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'a'"), "0\n", "tables")


@test
def the_search_path_of_the_url_holds_in_every_transaction(scratch):
    """The pooler drops it from the start of the session, or refuses that."""
    database = PooledDatabase(scratch, pool_size=2)
    url = database.pooled + "&search_path=tenant"
    database.sql("CREATE SCHEMA tenant")
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n", "2_b.sql": "CREATE TABLE b (id int);\n"})
    scratch.run("migrate", "apply", "--url", url, *LEASE).ok().quiet()
    same(database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'tenant' ORDER BY 1"),
         "a\natlas_schema_revisions\nb\n", "tables")
    scratch.directory("migrations", {"3_c.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON a (id);\n"})
    scratch.run("migrate", "apply", "--url", url, *LEASE).fails(
        "search_path tenant does not reach a statement outside of a transaction", "ALTER ROLE")
    same(database.sql("SELECT count(*) FROM pg_indexes WHERE indexname = 'i'"), "0\n", "index")


@test
def a_search_path_that_the_server_sets_holds_everywhere(scratch):
    database = PooledDatabase(scratch)
    database.sql(f"CREATE SCHEMA tenant; ALTER DATABASE {database.name} SET search_path = tenant")
    scratch.directory("migrations", {
        "1_a.sql": "CREATE TABLE a (id int);\n",
        "2_i.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON a (id);\n"})
    scratch.run("migrate", "apply", "--url", database.pooled + "&search_path=tenant", *LEASE).ok().quiet()
    same(database.sql("SELECT schemaname FROM pg_indexes WHERE indexname = 'i'"), "tenant\n", "schema of the index")


@test
def a_second_run_behind_a_pooler_waits_or_gives_up(scratch):
    database = PooledDatabase(scratch)
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\nSELECT pg_sleep(4);\n"})
    apply = ("migrate", "apply", "--url", database.pooled, *LEASE)
    first = scratch.start(*apply)
    status = ("migrate", "lock", "status", "--url", database.pooled)
    held = wait_for(lambda: scratch.run(*status).ok().quiet().out.replace("free\n", ""), "held")
    if not re.fullmatch(HOLDER.format(first.pid) + "\n", held):
        raise AssertionError(f"holder: {held!r}, of process {first.pid}")
    busy = scratch.run(*apply, "--lock-timeout", "500ms").fails(
        "acquiring database lock: sql/schema: lock is held by other session (held by apply tester@")
    contains(busy.err, f":{first.pid} since ")
    # A run with a direct connection has another kind of lock, and respects this one.
    scratch.run("migrate", "apply", "--url", database.psql_url, "--lock-timeout", "100ms").fails(
        f":{first.pid} since ")
    waiting = scratch.start(*apply, "--lock-timeout", "30s")
    contains(scratch.finish(first).ok().quiet().out, "1 migration")
    contains(scratch.finish(waiting).ok().quiet().out, "No migration files to execute")
    same(scratch.run(*status).ok().out, "free\n", "status")


@test
def of_many_runs_behind_a_pooler_one_works_at_a_time(scratch):
    database = PooledDatabase(scratch)
    files = {f"{n}_f.sql": f"INSERT INTO log VALUES ({n});\n" for n in range(11, 40)}
    scratch.directory("migrations", {"10_f.sql": "CREATE TABLE log (n int);\n", **files})
    runs = [scratch.start("migrate", "apply", "3", "--url", database.pooled, *LEASE, "--lock-timeout", "60s")
            for _ in range(10)]
    for run in runs:
        scratch.finish(run).ok().quiet()
    same(database.sql("SELECT n FROM log ORDER BY n"), "".join(f"{n}\n" for n in range(11, 40)), "rows")


# ---------------------------------------------------------------- a holder that stops


def pausing_files(pause):
    """A run of them can be stopped outside of a transaction, in the third statement."""
    return {"1_log.sql": "CREATE TABLE log (n int);\nINSERT INTO log VALUES (1);\n",
            "2_pause.sql": f"-- atlas:txmode none\n\nINSERT INTO log VALUES (2);\n{pause};\nINSERT INTO log VALUES (3);\n",
            "3_end.sql": "INSERT INTO log VALUES (4);\n"}


def stopped_run(scratch, url, database, pausing, signal_number):
    """A run that got the signal in its pause; whoever comes before its lease is over is told so."""
    apply = ("migrate", "apply", "--url", url, *LEASE, "--dir", f"file://{database.name}")
    run = scratch.start(*apply)
    wait_for(lambda: database.sql(pausing) != "0\n", "the pause")
    run.send_signal(signal_number)
    scratch.run(*apply, "--lock-timeout", "0s").fails(f":{run.pid} since ")
    return run, apply


def take_over(scratch, apply, database, timeout):
    done = scratch.run(*apply, "--lock-timeout", timeout, "--on-unknown", "retry", seconds=60).ok()
    same(database.sql("SELECT n FROM log ORDER BY n"), "1\n2\n3\n4\n", "rows")
    return done


def outlives_a_killed_run(scratch, url, database, pausing):
    run, apply = stopped_run(scratch, url, database, pausing, signal.SIGKILL)
    scratch.finish(run)
    yield
    take_over(scratch, apply, database, "10s")


def fences_a_stopped_run(scratch, url, database, pausing):
    run, apply = stopped_run(scratch, url, database, pausing, signal.SIGSTOP)
    yield
    take_over(scratch, apply, database, "10s")
    history = database.sql("SELECT * FROM atlas_schema_revisions ORDER BY version")
    run.send_signal(signal.SIGCONT)
    lost = scratch.finish(run).fails("lost the lock")
    lacks(lost.out, "INSERT INTO log VALUES (3)")
    same(database.sql("SELECT n FROM log ORDER BY n"), "1\n2\n3\n4\n", "rows after the stopped run went on")
    same(database.sql("SELECT * FROM atlas_schema_revisions ORDER BY version"), history, "history")


def after_their_leases(scratch, database_type, pause, pausing):
    """Runs the scenarios side by side, because each waits for a lease to end."""
    scenarios = []
    for scenario in (outlives_a_killed_run, fences_a_stopped_run):
        database = database_type(scratch)
        scratch.directory(database.name, pausing_files(pause))
        url = database.pooled + "&search_path=public" if hasattr(database, "pooled") else database.url
        scenarios.append(scenario(scratch, url, database, pausing))
        next(scenarios[-1])
    time.sleep(LEASE_SECONDS)
    for scenario in scenarios:
        next(scenario, None)


@test
def a_lease_outlives_a_killed_run_and_fences_a_stopped_one_behind_a_pooler(scratch):
    after_their_leases(scratch, PooledDatabase, "SELECT pg_sleep(1.5)",
                       "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND state = 'active' AND query LIKE 'SELECT pg_sleep%'")


@test
def a_lease_outlives_a_killed_run_and_fences_a_stopped_one_on_mariadb(scratch):
    after_their_leases(scratch, MariaDatabase, "SELECT SLEEP(1.5)",
                       "SELECT count(*) FROM information_schema.processlist WHERE db = database() "
                       "AND info LIKE 'SELECT SLEEP%'")


@test
def limits_behind_a_pooler_end_with_their_transactions(scratch):
    """A process of the pool serves others afterwards."""
    database = PooledDatabase(scratch, pool_size=1)
    scratch.directory("migrations", {
        "1_a.sql": "CREATE TABLE said AS SELECT current_setting('statement_timeout') AS t;\n",
        "2_b.sql": "-- atlas:txmode none\n\nCREATE TABLE b (id int);\n"})
    apply = ("migrate", "apply", "--url", database.pooled, *LEASE, "--statement-timeout", "7s")
    scratch.run(*apply).fails('file "2_b.sql": with --lock-mode lease limits hold in transactions', "--statement-timeout")
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename IN ('said', 'b')"), "0\n", "nothing has run")
    scratch.run(*apply, "1").ok().quiet()
    same(database.sql("SELECT t FROM said"), "7s\n", "the limit of the file")
    scratch.run("migrate", "apply", "--url", database.pooled, *LEASE).ok().quiet()


@test
def mistakes_with_lock_modes_name_the_next_step(scratch):
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n"})
    apply = ("migrate", "apply", "--url", "sqlite://app.db", "--lock-mode")
    scratch.run(*apply, "x").fails('unknown lock mode: "x" (session or lease)')
    scratch.run(*apply, "lease").fails('a database of driver "sqlite" is guarded by a lock beside its file')
    scratch.run(*apply, "session").ok().quiet()
    contains(scratch.run("migrate", "apply", "--help").ok().out, "--lock-mode")
