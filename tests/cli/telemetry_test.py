"""What is told of the statements of a run: their time, their rows, and how long they waited for locks of others."""

import re

from databases import MariaDatabase, PostgresDatabase, hold
from harness import contains, lacks, matches, same, test, true
from scenes import LOCAL_PROJECT, apply


@test
def verbose_runs_tell_how_each_statement_ran(scratch):
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (2);\n"})
    done = scratch.run("migrate", "apply", "--url", "sqlite://app.db", "--verbose").ok().quiet()
    matches(done.out, r"CREATE TABLE a \(id int\);\n       [0-9.]+[µm]s\n    -> INSERT INTO a VALUES \(1\), \(2\);\n"
                      r"       [0-9.]+[µm]s, 2 rows\n  -- ok ")
    scratch.directory("migrations", {"2_b.sql": "INSERT INTO b VALUES (1);\n"})
    done = scratch.run("migrate", "apply", "--url", "sqlite://app.db", "--verbose").fails("no such table: b")
    matches(done.out, r"INSERT INTO b VALUES \(1\);\n       [0-9.]+[µm]s\n    no such table: b")


def waiting(scratch, database, lock, statement):
    """Runs a statement while another session holds a lock for some seconds. -> the run"""
    scratch.directory("migrations", {"1_a.sql": statement + ";\n"})
    holder = hold(database, lock)
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url, "--verbose").ok()
    holder.join()
    waited = re.search(r"       ([0-9.]+)s(?:, \d rows?)?, ([0-9.]+)s waiting for locks\n", done.out)
    true(waited, f"no wait in {done.out}")
    true(2 < float(waited[2]) <= float(waited[1]), f"waited {waited[2]} of {waited[1]} s")
    return done


@test
def a_statement_on_postgres_that_waits(scratch):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE t (n int)")
    done = waiting(scratch, database, "BEGIN; LOCK TABLE t; SELECT pg_sleep(4); COMMIT", "ALTER TABLE t ADD COLUMN m int")
    matches(done.err, r'^statement 1 of "1_a.sql" has been waiting for a lock for [23] s, held by session \d+ '
                      r"\(psql of postgres@[0-9.]+, active since 20\d\d-\d\d-\d\dT[0-9:]+Z\)\n$")


@test
def a_statement_on_mariadb_that_waits_for_a_row(scratch):
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE t (n int PRIMARY KEY, m int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 1)")
    done = waiting(scratch, database, "BEGIN; UPDATE t SET m = 2; SELECT SLEEP(4); COMMIT", "UPDATE t SET m = 3")
    matches(done.err, r'^statement 1 of "1_a.sql" has been waiting for a lock for [23] s, held by session \d+ '
                      r"\(root@[a-z0-9.]+, \w+ for \d s\)\n$")
    contains(done.out, ", 1 row, ")


@test
def a_statement_on_mariadb_that_waits_for_a_table(scratch):
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE t (n int) ENGINE=InnoDB; INSERT INTO t VALUES (1)")
    done = waiting(scratch, database, "BEGIN; UPDATE t SET n = 2; SELECT SLEEP(4); COMMIT", "ALTER TABLE t ADD COLUMN m int")
    matches(done.err, r"has been waiting for a lock for [23] s, perhaps held by session \d+ \(root@")


@test
def a_report_has_the_slowest_statements(scratch):
    server = scratch.server()
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n" + "INSERT INTO a VALUES (7);\n" * 40})
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    lacks(apply(scratch, "prod.db").ok().out, "rows", "waiting")
    event, = server.migrations("files { slowest { number seconds rowsAffected lockWaitSeconds } }")
    slowest = event["files"][0]["slowest"]
    same(len(slowest), 20, "how many have figures")
    times = [entry["seconds"] for entry in slowest]
    same(times, sorted(times, reverse=True), "the slowest first")
    same({entry["lockWaitSeconds"] for entry in slowest}, {None}, "SQLite does not tell")
    true({entry["rowsAffected"] for entry in slowest} <= {0, 1}, str(slowest))
