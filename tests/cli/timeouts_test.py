"""Limits for statements and for the locks they wait for, by flag and by directive, on every engine."""

import time

from databases import MariaDatabase, PostgresDatabase, hold
from harness import contains, lacks, same, test, true

AGAIN = "nothing of it is left, it is run again"


def apply(scratch, database, *more):
    return scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url, *more)


@test
def a_statement_on_postgres_that_takes_too_long(scratch):
    database = PostgresDatabase(scratch)
    for mode in ("file", "none", "all"):
        scratch.directory("migrations", {"1_a.sql": "CREATE TABLE IF NOT EXISTS a (id int);\nSELECT pg_sleep(5);\n"})
        done = apply(scratch, database, "--statement-timeout", "150ms", "--tx-mode", mode)
        done.fails("canceling statement due to statement timeout (57014)")
        lacks(done.err, AGAIN)
        database.sql("DROP TABLE IF EXISTS a, atlas_schema_revisions")


@test
def limits_on_postgres_hold_for_their_file(scratch):
    database = PostgresDatabase(scratch)
    show = ("INSERT INTO said SELECT '{}', current_setting('statement_timeout'), current_setting('lock_timeout');\n")
    for mode in ("file", "none", "all"):
        database.sql("CREATE TABLE said (n text, statement text, lock text)")
        scratch.directory("migrations", {
            "1_a.sql": "-- atlas:statement_timeout 7s\n-- atlas:table_lock_timeout 80ms\n\n" + show.format(1),
            "2_b.sql": show.format(2), "3_c.sql": "-- atlas:statement_timeout 0\n\n" + show.format(3)})
        url = database.url + "&statement_timeout=2min"
        scratch.run("migrate", "apply", "--allow-dirty", "--url", url, "--table-lock-timeout", "3s", "--tx-mode",
                    mode).ok().quiet()
        same(database.sql("SELECT * FROM said ORDER BY n"), "1\t7s\t80ms\n2\t2min\t3s\n3\t2min\t3s\n", mode)
        database.sql("DROP TABLE said, atlas_schema_revisions")


def locked_on_postgres(scratch, seconds):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE a (n int)")
    scratch.directory("migrations", {"1_a.sql": "-- atlas:table_lock_timeout 100ms\n\nCREATE TABLE b (id int);\n"
                                                "ALTER TABLE a ADD COLUMN m int;\n"})
    holder = hold(database, f"BEGIN; LOCK TABLE a; SELECT pg_sleep({seconds}); COMMIT")
    started = time.monotonic()
    done = apply(scratch, database)
    took = time.monotonic() - started
    holder.join()
    return database, done, took


@test
def a_table_on_postgres_that_is_locked_for_a_while(scratch):
    database, done, _ = locked_on_postgres(scratch, 1)
    contains(done.ok().err, "canceling statement due to lock timeout (55P03)", AGAIN)
    same(database.sql("SELECT applied, error FROM atlas_schema_revisions"), "2\t\n", "history")


@test
def a_table_on_postgres_that_stays_locked(scratch):
    database, done, took = locked_on_postgres(scratch, 8)
    done.fails("canceling statement due to lock timeout (55P03)")
    same(done.err.count(AGAIN), 3, "how often the file was run again")
    true(took < 7, f"gave up after {took} s")
    same(database.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'b'"), "0\n", "nothing of the file is there")


@test
def limits_on_mariadb(scratch):
    database = MariaDatabase(scratch)
    show = ("INSERT INTO said SELECT {}, @@max_statement_time, @@lock_wait_timeout, @@innodb_lock_wait_timeout;\n")
    database.sql("CREATE TABLE said (n int, statement double, meta int, row_lock int); CREATE TABLE a (n int)")
    scratch.directory("migrations", {
        "1_a.sql": "-- atlas:statement_timeout 1500ms\n-- atlas:table_lock_timeout 80ms\n\n" + show.format(1),
        "2_b.sql": show.format(2)})
    url = database.url + "?innodb_lock_wait_timeout=33&lock_wait_timeout=44"
    scratch.run("migrate", "apply", "--allow-dirty", "--url", url, "--statement-timeout", "9s").ok().quiet()
    same(database.sql("SELECT * FROM said ORDER BY n"), "1\t1.5\t1\t1\n2\t9\t44\t33\n", "variables")
    scratch.directory("migrations", {"3_c.sql": "SELECT SLEEP(5);\n"})
    apply(scratch, database, "--statement-timeout", "200ms").fails("max_statement_time exceeded")
    scratch.directory("migrations", {"3_c.sql": "SELECT 1;\n", "4_d.sql": "ALTER TABLE a ADD COLUMN m int;\n"})
    holder = hold(database, "LOCK TABLES a WRITE; SELECT SLEEP(4)")
    done = apply(scratch, database, "--table-lock-timeout", "1s")
    holder.join()
    done.fails("Lock wait timeout exceeded")
    lacks(done.err, AGAIN)


@test
def limits_on_sqlite(scratch):
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n"})
    words = ("migrate", "apply", "--url", "sqlite://app.db")
    scratch.run(*words, "--statement-timeout", "1s").fails("SQLite has no limit for the time a statement takes")
    scratch.run(*words, "--table-lock-timeout", "abc").fails('invalid argument "abc" for "--table-lock-timeout" flag')
    scratch.run(*words, "--table-lock-timeout", "50ms").ok().quiet()
