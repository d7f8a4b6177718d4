"""Files that meet other sessions of a real server: deadlocks, and transactions that cannot be serialised."""

from databases import MariaDatabase, PostgresDatabase, hold, meanwhile
from harness import contains, lacks, same, test

AGAIN = "nothing of it is left, it is run again"


@test
def a_deadlock_on_postgres_runs_the_file_again(scratch):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (0)")
    scratch.directory("migrations", {"1_a.sql": "LOCK TABLE a;\nUPDATE a SET n = n + 1;\nSELECT pg_sleep(0.6);\n"
                                                "LOCK TABLE b;\nCREATE TABLE c (id int);\n"})
    # Ours sees the deadlock first.
    other = meanwhile(database, 0.3, "BEGIN; LOCK TABLE b; LOCK TABLE a; SELECT pg_sleep(0.1); COMMIT")
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url + "&deadlock_timeout=100ms").ok()
    other.join()
    contains(done.err, 'version "1": pq: deadlock detected', "(40P01)", AGAIN)
    contains(done.out, "rolled back, and run again", "1 migration", "5 sql statements")
    same(database.sql("SELECT n FROM a"), "1\n", "how often the file took effect")


def serialization(scratch, mode):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE a (n int); INSERT INTO a VALUES (0)")
    scratch.directory("migrations", {"1_a.sql": "SELECT n FROM a;\nSELECT pg_sleep(0.6);\nUPDATE a SET n = n + 1;\n"})
    other = meanwhile(database, 0.3, "UPDATE a SET n = n + 10")
    url = database.url + "&default_transaction_isolation=serializable"
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", url, "--tx-mode", mode)
    other.join()
    return done, database.sql("SELECT n FROM a")


@test
def a_serialization_failure_on_postgres_runs_the_file_again(scratch):
    done, rows = serialization(scratch, "file")
    contains(done.ok().err, "(40001)", AGAIN)
    same(rows, "11\n", "rows")


@test
def a_run_in_one_transaction_is_not_run_again(scratch):
    done, rows = serialization(scratch, "all")
    done.fails("(40001)")
    lacks(done.err, AGAIN)
    same(rows, "10\n", "rows")


def deadlock_on_mariadb(scratch, second="INSERT INTO t SELECT 3, SLEEP(0.6)"):
    """Both sessions update two rows, in opposite order; the other one has written more, so ours is undone."""
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE t (id int PRIMARY KEY, n int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 0), (2, 0);"
                 "CREATE TABLE heavy (id int) ENGINE=InnoDB")
    scratch.directory("migrations", {"1_a.sql": f"UPDATE t SET n = n + 1 WHERE id = 1;\n{second};\n"
                                                "UPDATE t SET n = n + 1 WHERE id = 2;\n"})
    other = meanwhile(database, 0.3, "BEGIN; INSERT INTO heavy SELECT seq FROM seq_1_to_1000;"
                                     "UPDATE t SET n = n + 10 WHERE id = 2; UPDATE t SET n = n + 10 WHERE id = 1; COMMIT")
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url)
    other.join()
    return database, done


@test
def a_deadlock_on_mariadb_runs_a_file_of_data_again(scratch):
    database, done = deadlock_on_mariadb(scratch)
    contains(done.ok().err, "Error 1213 (40001)", AGAIN)
    same(database.sql("SELECT id, n FROM t ORDER BY id"), "1\t11\n2\t11\n3\t0\n", "rows")
    same(database.sql("SELECT applied, total, error FROM atlas_schema_revisions"), "3\t3\t\n", "history")


@test
def a_row_on_mariadb_that_is_locked_for_a_while(scratch):
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE t (id int PRIMARY KEY, n int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 0), (2, 0)")
    scratch.directory("migrations", {"1_a.sql": "UPDATE t SET n = n + 1 WHERE id = 1;\nUPDATE t SET n = n + 1 WHERE id = 2;\n"})
    other = hold(database, "BEGIN; UPDATE t SET n = n + 10 WHERE id = 2; SELECT SLEEP(2); COMMIT")
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url, "--table-lock-timeout", "1s")
    other.join()
    contains(done.ok().err, "Error 1205 (HY000)", AGAIN)
    same(database.sql("SELECT id, n FROM t ORDER BY id"), "1\t1\n2\t11\n", "rows")
    same(database.sql("SELECT applied, total, error FROM atlas_schema_revisions"), "2\t2\t\n", "history")


@test
def a_file_with_unknown_effects_is_not_run_again(scratch):
    """The row does not count what the server has taken back."""
    database, done = deadlock_on_mariadb(scratch, second="DO SLEEP(0.6)")
    done.fails("Error 1213 (40001)")
    lacks(done.err, AGAIN)
    rows = database.sql("SELECT applied, total, error LIKE 'Error 1213%' FROM atlas_schema_revisions")
    same(rows, "0\t3\t1\n", "history")
    scratch.run("migrate", "apply", "--url", database.url).ok()
    same(database.sql("SELECT id, n FROM t ORDER BY id"), "1\t11\n2\t11\n", "rows")
