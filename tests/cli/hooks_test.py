"""`hook "sql"` of atlas.hcl: SQL in the transactions of a run, on real servers."""

import json

from databases import MariaDatabase, PostgresDatabase
from harness import contains, lacks, same, test
from scenes import LOCAL_PROJECT

FIRST = {"1_a.sql": "CREATE TABLE a (id int);\n"}
NO_ROW = {"2_b.sql": "INSERT INTO nowhere VALUES (1);\n"}


def hook(name="h", skip_errors=False, **points):
    lists = "".join(f"    {point} = {json.dumps(texts)}\n" for point, texts in points.items())
    return (f'hook "sql" "{name}" {{\n  skip_errors = {json.dumps(skip_errors)}\n  transaction {{\n{lists}  }}\n}}\n')


def project(scratch, url, *hooks, tx_mode="file"):
    scratch.write("atlas.hcl", f'env "prod" {{\n  url     = "{url}"\n  tx_mode = "{tx_mode}"\n}}\n' + "".join(hooks))


def apply(scratch, *more):
    return scratch.run("migrate", "apply", "--env", "prod", "--allow-dirty", *more)


def log(what):
    return f"INSERT INTO log VALUES ('{what}')"


EVERYWHERE = hook(after_begin=[log("begin")], before_commit=[log("commit")])


@test
def hooks_run_in_apply_and_down(scratch):
    scratch.query("app.db", "CREATE TABLE log (what text)")
    scratch.directory("migrations", {
        "1_a.sql": "-- atlas:txtar\n\n-- migration.sql --\nCREATE TABLE a (id int);\n-- down.sql --\nDROP TABLE a;\n"})
    project(scratch, "sqlite://app.db", EVERYWHERE)
    apply(scratch, "--dry-run").ok().quiet()
    same(scratch.query("app.db", "SELECT what FROM log"), [], "a dry run")
    apply(scratch).ok().quiet()
    scratch.run("migrate", "down", "--env", "prod").ok().quiet()
    same(scratch.query("app.db", "SELECT what FROM log"), [("begin",), ("commit",)] * 2, "log")
    versions = scratch.query("app.db", "SELECT version FROM atlas_schema_revisions WHERE version NOT LIKE '.%'")
    same(versions, [], "history")


@test
def a_hook_that_fails_undoes_the_file(scratch):
    database = PostgresDatabase(scratch)
    scratch.directory("migrations", FIRST)
    for point in ("after_begin", "before_commit"):
        project(scratch, database.url, hook(**{point: ["SELECT 1", "SELECT nope"]}))
        apply(scratch).fails(f'hook "h": statement 2 of {point}: pq: column "nope" does not exist')
        same(database.sql("SELECT count(*) FROM atlas_schema_revisions WHERE version NOT LIKE '.%'"), "0\n", "history")
    project(scratch, database.url, hook(before_commit=["ABORT"], skip_errors=True))
    apply(scratch).fails('hook "h": statement 1 of before_commit ended the transaction')
    same(database.sql("SELECT to_regclass('a') IS NULL"), "t\n", "table")


@test
def a_hook_may_fail_on_postgresql(scratch):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE log (what text)")
    scratch.directory("migrations", FIRST)
    project(scratch, database.url, hook(after_begin=["SELECT nope", log("begin")], skip_errors=True))
    done = apply(scratch).ok()
    contains(done.err, 'Warning: hook "h": statement 1 of after_begin: pq: column "nope" does not exist')
    same(database.sql("SELECT what FROM log"), "begin\n", "log")
    same(database.sql("SELECT version FROM atlas_schema_revisions WHERE version NOT LIKE '.%'"), "1\n", "history")


@test
def a_role_and_limits_hold_for_the_file(scratch):
    database = PostgresDatabase(scratch)
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a AS SELECT current_setting('lock_timeout') AS t;\n",
                                     "2_b.sql": "-- atlas:table_lock_timeout 7s\n\n"
                                                "CREATE TABLE b AS SELECT current_setting('lock_timeout') AS t;\n"})
    project(scratch, database.url, hook(after_begin=["SET LOCAL lock_timeout = '1234ms'"]))
    apply(scratch).ok().quiet()
    same(database.sql("SELECT t FROM a UNION ALL SELECT t FROM b"), "1234ms\n7s\n", "limits")


@test
def hooks_run_before_a_rollback(scratch):
    database = PostgresDatabase(scratch)
    database.sql("CREATE SEQUENCE failures")  # what is taken from it stays taken
    scratch.directory("migrations", {**FIRST, **NO_ROW})
    for tx_mode in ("file", "all"):
        project(scratch, database.url, hook(before_rollback=["SELECT nextval('failures')"]), tx_mode=tx_mode)
        done = apply(scratch).fails('relation "nowhere" does not exist')
        lacks(done.err, "Warning")
    same(database.sql("SELECT last_value, is_called FROM failures"), "2\tt\n", "failures")


@test
def files_outside_of_transactions_have_no_hooks(scratch):
    database = PostgresDatabase(scratch)
    database.sql("CREATE TABLE log (what text)")
    scratch.directory("migrations", {"1_a.sql": "-- atlas:txmode none\n\nCREATE TABLE a (id int);\n",
                                     "2_b.sql": "-- atlas:txmode none\n\nCREATE TABLE b (id int);\n",
                                     "3_c.sql": "CREATE TABLE c (id int);\n"})
    project(scratch, database.url, EVERYWHERE)
    done = apply(scratch).ok()
    same(done.err, 'Warning: version "1" runs outside of transactions, where no hook runs\n', "stderr")
    same(database.sql("SELECT what FROM log"), "begin\ncommit\n", "log")


@test
def hooks_run_behind_ddl_on_mariadb(scratch):
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE log (what text) ENGINE=InnoDB")
    scratch.directory("migrations", FIRST)
    project(scratch, database.url, EVERYWHERE)
    apply(scratch).ok().quiet()
    same(database.sql("SELECT what FROM log"), "begin\ncommit\n", "log")
    scratch.directory("migrations", {"2_b.sql": "CREATE TABLE b (id int);\n"})
    project(scratch, database.url, hook(before_commit=[log("more"), "SELECT nope"]))
    apply(scratch).fails('hook "h": statement 2 of before_commit: Error 1054', "what the file did is committed already")
    same(database.sql("SELECT what FROM log"), "begin\ncommit\n", "log")
    apply(scratch).ok().quiet()
    scratch.directory("migrations", {"3_c.sql": "INSERT INTO a VALUES (1);\n"})
    apply(scratch).fails('hook "h": statement 2 of before_commit: Error 1054')
    same(database.sql("SELECT count(*) FROM a"), "0\n", "rows of a")
    project(scratch, database.url, hook(after_begin=["CREATE TABLE d (id int)"], skip_errors=True))
    apply(scratch).fails('hook "h": statement 1 of after_begin ended the transaction')


@test
def values_of_hooks_stay_on_the_machine(scratch):
    """The database echoes a value of a hook; the report must not."""
    database = PostgresDatabase(scratch)
    scratch.server()
    scratch.directory("migrations", FIRST)
    scratch.write("atlas.hcl", LOCAL_PROJECT + hook(after_begin=["SELECT 'Zq7xWv9k'::int"]))
    done = scratch.run("migrate", "apply", "--env", "prod", "--url", database.url, "--print-report")
    contains(done.err, 'hook "h": statement 1 of after_begin: pq: invalid input syntax for type integer')
    report = done.out[done.out.index("\n{"):]
    contains(report, "statement 1 of after_begin")
    lacks(report, "Zq7xWv9k")
