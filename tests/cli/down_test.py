"""`migrate down` by what the authors of the files wrote."""

import json
import os
import random
import re
import sqlite3
import time

from databases import MariaDatabase, PostgresDatabase
from harness import SEED, contains, lacks, same, test, true
from scenes import push, tables

DIRECTORY = "file://migrations?format=golang-migrate"
FILES = {
    "1_a.up.sql": "CREATE TABLE a (id integer);\n",
    "1_a.down.sql": "DROP TABLE a;\n",
    "2_b.up.sql": "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\n",
    "2_b.down.sql": "DELETE FROM b;\nDROP TABLE b;\n",
    "3_c.up.sql": "CREATE TABLE c (id integer);\n",
    "3_c.down.sql": "DROP TABLE c;\n",
}
KILLS = int(os.environ.get("RHUMB_KILLS", "12"))


def write(scratch, files):
    for name, text in files.items():
        scratch.write(os.path.join("migrations", name), text)
    scratch.run("migrate", "hash", "--dir", DIRECTORY).ok()


def applied(scratch, files, url="sqlite://app.db"):
    write(scratch, files)
    scratch.run("migrate", "apply", "--url", url, "--dir", DIRECTORY).ok()


def down(scratch, *more, url="sqlite://app.db"):
    return scratch.run("migrate", "down", "--url", url, "--dir", DIRECTORY, *more)


def without_durations(text):
    return re.sub(r"[0-9.]+(ns|µs|ms|s)\b", "T", text)


def history(scratch):
    with sqlite3.connect(scratch.file_path("app.db")) as database:
        rows = database.execute("SELECT version FROM atlas_schema_revisions ORDER BY version").fetchall()
    database.close()
    return [version for version, in rows]


@test
def down_shows_and_reverts_the_newest_version(scratch):
    applied(scratch, FILES)
    want = """Migrating down from version 3 to 2 (1 migration in total):

  -- reverting version 3
    -> DROP TABLE c;
  -- ok (T)

  -------------------------
  -- T
  -- 1 migration
  -- 1 sql statement
"""
    dry = down(scratch, "--dry-run").ok().quiet()
    same(without_durations(dry.out), want, "dry run")
    same(history(scratch), ["1", "2", "3"], "history")
    same(without_durations(down(scratch).ok().quiet().out), want, "output")
    same(history(scratch), ["1", "2"], "history")
    same(tables(scratch, "app.db"), ["a", "b"], "tables")
    contains(down(scratch, "2").ok().quiet().out, "Migrating down from version 2 (2 migrations in total):",
             "  -- 2 migrations\n  -- 3 sql statements\n")
    same(history(scratch), [], "history")
    same(tables(scratch, "app.db"), [], "tables")
    same(down(scratch).ok().quiet().out, "No migrations to revert\n", "nothing left")
    scratch.run("migrate", "apply", "--url", "sqlite://app.db", "--dir", DIRECTORY).ok()
    same(tables(scratch, "app.db"), ["a", "b", "c"], "tables applied again")


@test
def the_json_of_down_is_what_clients_wait_for(scratch):
    applied(scratch, FILES)
    report = json.loads(down(scratch, "--to-version", "1", "--dry-run", "--format", "{{ json . }}").ok().out)
    same([*report], ["Planned", "Current", "Target", "Total", "Start", "End"], "keys of a dry run")
    report = json.loads(down(scratch, "--to-version", "1", "--format", "{{ json . }}").ok().quiet().out)
    same([*report], ["Planned", "Reverted", "Current", "Target", "Total", "Start", "End", "Status"], "keys")
    same(report["Planned"], [{"Name": "3_c.down.sql", "Version": "3", "Description": "c"},
                             {"Name": "2_b.down.sql", "Version": "2", "Description": "b"}], "Planned")
    same([file["Applied"] for file in report["Reverted"]],
         [["DROP TABLE c;"], ["DELETE FROM b;", "DROP TABLE b;"]], "Applied")
    same([report[key] for key in ("Current", "Target", "Total", "Status")], ["3", "1", 2, "APPLIED"], "rest")
    again = json.loads(down(scratch, "--to-version", "1", "--format", "{{ json . }}").ok().out)
    same([again.get(key) for key in ("Reverted", "Current", "Target", "Total", "Status")],
         [None, "1", "1", 0, "APPLIED"], "nothing left")


@test
def a_failed_down_is_in_its_report(scratch):
    applied(scratch, {**FILES, "2_b.down.sql": "DELETE FROM b;\nDROP TABLE nope;\n"})
    done = down(scratch, "2", "--format", "{{ json . }}")
    same((done.code, done.err), (1, ""), "status and stderr")
    report = json.loads(done.out)
    lacks(done.out, "APPLIED")
    contains(report["Error"], 'executing statement "DROP TABLE nope;" from version "2"')
    same(report["Reverted"][1]["Error"], {"Stmt": "DROP TABLE nope;", "Text": "no such table: nope"}, "Error")
    same(history(scratch), ["1", "2"], "history")
    same(tables(scratch, "app.db"), ["a", "b"], "tables")
    contains(down(scratch).fails("no such table: nope").out, "no such table: nope", "1 migration with errors")


@test
def bad_input_reverts_nothing(scratch):
    applied(scratch, {**FILES, "1_a.down.sql": "DROP TABLE 'a;\n"})
    os.remove(scratch.file_path("migrations", "2_b.down.sql"))
    cases = [
        (("0",), "cannot revert '0' migration files"),
        (("x",), 'invalid amount argument "x"'),
        (("4",), "cannot revert 4 migrations: 3 are applied"),
        (("--to-version", "9"), 'migration version "9" not found'),
        (("1", "--to-version", "1"), "mutually exclusive"),
        (("--to-version", "1", "--to-tag", "x"), "to-tag"),
        (("--to-tag", "x"), 'no checkpoint file has the tag "x"; the tags of the directory: none'),
        (("--to-tag", ""), "--to-tag cannot be empty"),
        (("1", "--to-tag", "x"), "an amount and --to-tag are mutually exclusive"),
        (("--on-unknown", "maybe"), "use fail, retry or skip"),
        (("2",), "--dev-url cannot be empty. See: https://atlasgo.io/atlas-schema/sql#dev-database"),
        (("2",), 'there is no file "2_b.down.sql"'),
        (("2",), "migrate set 1"),
        (("2", "--dev-url", "sqlite://dev?mode=memory"), "--dev-url"),
    ]
    for words, text in cases:
        done = down(scratch, *words).fails(text)
        same(done.out, "", f"stdout of {words}")
    write(scratch, {"2_b.down.sql": "DROP TABLE b;\n"})
    down(scratch, "3").fails('scanning statements that revert "1_a.up.sql"')
    scratch.write(os.path.join("migrations", "3_c.up.sql"), "SELECT 1;\n")
    down(scratch).fails("checksum mismatch")
    same(history(scratch), ["1", "2", "3"], "history")
    same(tables(scratch, "app.db"), ["a", "b", "c"], "tables")


def undone(up, down_script):
    return f"-- atlas:txtar\n\n-- migration.sql --\n{up}\n-- down.sql --\n{down_script}\n"


@test
def a_tag_names_the_state_of_a_checkpoint_file(scratch):
    files = {f"{n}_{n}.sql": undone(f"CREATE TABLE t{n} (id integer);", f"DROP TABLE t{n};") for n in (1, 2, 4, 5)}
    scratch.directory("migrations", files)
    apply = ("migrate", "apply", "--url", "sqlite://app.db")
    scratch.run(*apply).ok()
    scratch.directory("migrations", {"3_checkpoint.sql": "-- atlas:checkpoint v1\n\nCREATE TABLE t1 (id integer);\n"
                                                         "CREATE TABLE t2 (id integer);\n"})
    words = ("migrate", "down", "--url", "sqlite://app.db", "--to-tag")
    contains(scratch.run(*words, "v2").fails('no checkpoint file has the tag "v2"').err, 'the directory: "v1"')
    contains(scratch.run(*words, "v1", "--dry-run").ok().out, "Migrating down from version 5 to 2 (2 migrations in total)")
    report = json.loads(scratch.run(*words, "v1", "--format", "{{ json . }}").ok().quiet().out)
    same((report["Status"], report["Current"], report["Target"]), ("APPLIED", "5", "2"), "report")
    same((history(scratch), tables(scratch, "app.db")), (["1", "2"], ["t1", "t2"]), "what is left")
    scratch.run(*words, "v1").ok()
    same(history(scratch), ["1", "2"], "history")
    os.remove(scratch.file_path("app.db"))
    scratch.run(*apply).ok()  # begins with the checkpoint
    scratch.run(*words, "v1").ok()
    same((history(scratch), tables(scratch, "app.db")), (["3"], ["t1", "t2"]), "what is left")


@test
def a_tag_of_the_registry_names_the_state_to_go_back_to(scratch):
    scratch.server()
    first, second = (undone(f"CREATE TABLE {n} (id integer);", f"DROP TABLE {n};") for n in ("a", "b"))
    push(scratch, {"1_a.sql": first}, name="app:v1")
    push(scratch, {"1_a.sql": first, "2_b.sql": second}, name="app")
    words = ("--url", "sqlite://app.db", "--dir", "atlas://app")
    scratch.run("migrate", "apply", *words).ok()
    done = scratch.run("migrate", "down", *words, "--to-tag", "v1", "--dry-run").ok()
    contains(done.out, "Migrating down from version 2 to 1 (1 migration in total)", "DROP TABLE b;")
    scratch.run("migrate", "down", *words, "--to-tag", "v9", "--dry-run").fails("v9")
    same([v for v in history(scratch) if not v.startswith(".")], ["1", "2"], "history")
    scratch.run("migrate", "down", *words, "--to-tag", "v1").ok().quiet()
    same([v for v in history(scratch) if not v.startswith(".")], ["1"], "history")


@test
def the_version_that_a_project_applies_to_does_not_limit_down(scratch):
    applied(scratch, FILES)
    scratch.write("atlas.hcl", """env "local" {
  url = "sqlite://app.db"
  migration {
    dir        = "file://migrations?format=golang-migrate"
    to_version = "1"
  }
}
""")
    scratch.run("migrate", "down", "--env", "local").ok()
    same(history(scratch), ["1", "2"], "history")
    scratch.run("migrate", "down", "--env", "local", "--context", "{").fails("invalid --context")


@test
def statements_and_row_are_one_transaction_on_postgresql(scratch):
    database = PostgresDatabase(scratch)
    applied(scratch, {**FILES, "3_c.down.sql": "DROP TABLE c;\nDROP TABLE nope;\n"}, database.url)
    down(scratch, url=database.url).fails('table "nope" does not exist')
    same(database.sql("SELECT version, error FROM atlas_schema_revisions ORDER BY 1"),
         "1\t\n2\t\n3\t\n", "rows")
    same(database.sql("SELECT count(*) FROM c"), "0\n", "table")
    write(scratch, FILES)
    down(scratch, "--to-version", "1", url=database.url).ok().quiet()
    same(database.sql("SELECT version FROM atlas_schema_revisions"), "1\n", "rows")
    same(database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
         "a\natlas_schema_revisions\n", "tables")


@test
def a_concurrent_index_on_postgresql_is_dropped_outside_of_a_transaction(scratch):
    database = PostgresDatabase(scratch)
    scratch.directory("migrations", {
        "1_a.sql": "-- atlas:txmode none\n-- atlas:txtar\n\n-- migration.sql --\nCREATE TABLE a (id int);\n"
                   "CREATE INDEX CONCURRENTLY a_id ON a (id);\n-- down.sql --\n"
                   "DROP INDEX CONCURRENTLY a_id;\nDROP TABLE a;\nDROP TABLE nope;\n"})
    words = ("--url", database.url)
    scratch.run("migrate", "apply", *words).ok()
    scratch.run("migrate", "down", *words).fails('table "nope" does not exist')
    contains(database.sql("SELECT error FROM atlas_schema_revisions"),
             "rhumb: down statement 3 of 3 stopped, after h1:")
    database.sql("CREATE TABLE nope ()")
    contains(scratch.run("migrate", "down", *words).ok().out, "  -- 1 sql statement\n")
    same(database.sql("SELECT count(*) FROM atlas_schema_revisions"), "0\n", "rows")


@test
def a_down_that_failed_on_mariadb_goes_on_where_it_failed(scratch):
    database = MariaDatabase(scratch)
    applied(scratch, {**FILES, "3_c.down.sql": "DROP TABLE c;\nDROP TABLE nope;\n"}, database.url)
    down(scratch, url=database.url).fails("nope")
    row = database.sql("SELECT applied, total, error, error_stmt FROM atlas_schema_revisions WHERE version = 3")
    contains(row, "1\t1\trhumb: down statement 2 of 2 stopped, after h1:", "\tDROP TABLE nope;")
    apply = ("migrate", "apply", "--url", database.url, "--dir", DIRECTORY)
    contains(scratch.run(*apply).fails('version "3" is partly reverted').err, 'file "3_c.down.sql" failed;',
             "migrate down: go on")
    status = scratch.run("migrate", "status", "--url", database.url, "--dir", DIRECTORY).ok()
    contains(status.out, "ERROR: rhumb: down statement 2 of 2 stopped, after h1:", "nope")
    down(scratch, "--to-version", "3", url=database.url).fails('version "3" is partly reverted')
    database.sql("CREATE TABLE nope (id int)")
    contains(down(scratch, url=database.url).ok().quiet().out, "    -> DROP TABLE nope;\n",
             "  -- 1 sql statement\n")
    same(database.sql("SELECT version FROM atlas_schema_revisions ORDER BY 1"), "1\n2\n", "rows")
    scratch.run(*apply).ok()
    same(database.sql("SHOW TABLES LIKE 'c'"), "c\n", "table")


@test
def what_is_marked_is_hidden_on_the_way_back(scratch):
    scratch.directory("migrations", {
        "1_a.sql": "-- atlas:txmode none\n-- atlas:txtar\n\n-- migration.sql --\nCREATE TABLE a (t text);\n"
                   "-- down.sql --\n-- atlas:sensitive\nINSERT INTO a VALUES ('hunter2');\n\n"
                   "-- atlas:sensitive\nINSERT INTO nope VALUES ('hunter2');\n"})
    words = ("--url", "sqlite://app.db")
    scratch.run("migrate", "apply", *words).ok()
    for command in (("down", "--dry-run"), ("down",), ("down", "--format", "{{ json . }}"), ("status",), ("apply",),
                    ("status", "--format", "{{ json . }}")):
        done = scratch.run("migrate", *command, *words)
        lacks(done.out + done.err, "hunter2")
        true("INSERT INTO" in done.out or command in (("apply",), ("status",)), str(done))


# ---------------------------------------------------------------- killed on MariaDB

UP = ["CREATE TABLE thing (n int, note varchar(20)) ENGINE=InnoDB", "CREATE INDEX thing_n ON thing (n)",
      "CREATE TABLE other (id int) ENGINE=InnoDB", "INSERT INTO thing (n) VALUES (1), (2)"]
# What each statement leaves is counted, so that running it twice or never shows.
DOWN = [
    "INSERT INTO trace VALUES (1, 0)",
    "ALTER TABLE thing DROP COLUMN note",
    "INSERT INTO trace SELECT 2, 0 FROM (SELECT SLEEP(0.05)) pause",
    "DROP INDEX thing_n ON thing",
    "UPDATE trace SET hits = hits + 1 WHERE n = 1",
    "RENAME TABLE other TO another",
    "DELETE FROM thing WHERE n = 1",
    "DROP TABLE another",
    "INSERT INTO trace SELECT 3, count(*) FROM thing",
    "DROP TABLE thing",
    "INSERT INTO trace VALUES (4, 0)",
]
TRACE = "1\t1\n2\t0\n3\t1\n4\t0\n"


def script(statements):
    return ";\n".join(statements) + ";\n"


def is_reverted(database, what):
    same(database.sql("SELECT n, hits FROM trace ORDER BY n"), TRACE, f"trace, {what}")
    same(database.sql("SHOW TABLES"), "atlas_schema_revisions\ntrace\n", f"tables, {what}")
    same(database.sql("SELECT version, error FROM atlas_schema_revisions"), "1\t\n", f"rows, {what}")


def revert_killed(scratch, delay):
    """-> whether the run was still going when it was killed"""
    database = MariaDatabase(scratch)
    applied(scratch, {}, database.url)
    words = ("migrate", "down", "--url", database.url, "--dir", DIRECTORY, "--to-version", "1")
    child = scratch.start(*words)
    time.sleep(delay)
    was_running = child.poll() is None
    child.kill()
    scratch.finish(child)
    # The last statement of the killed run may still be going on: the lock waits for its session.
    scratch.run(*words, "--lock-timeout", "20s").ok()
    is_reverted(database, f"killed after {delay:.4f} s (seed {SEED})")
    return was_running


@test
def every_statement_takes_effect_once_wherever_a_down_on_mariadb_is_killed(scratch):
    write(scratch, {"1_trace.up.sql": "CREATE TABLE trace (n int, hits int) ENGINE=InnoDB;\n",
                    "2_thing.up.sql": script(UP), "2_thing.down.sql": script(DOWN)})
    database = MariaDatabase(scratch)
    applied(scratch, {}, database.url)
    begin = time.monotonic()
    down(scratch, url=database.url).ok()
    took = time.monotonic() - begin
    is_reverted(database, "a run that nobody kills")
    random.seed(SEED)
    kills = sum(revert_killed(scratch, took * (step + random.random()) / (2 * KILLS))
                for step in range(2 * KILLS))
    if kills == 0:
        raise AssertionError("no run was killed before its end")


@test
def an_unknown_outcome_of_a_down_on_mariadb_stops_the_next_run(scratch):
    database = MariaDatabase(scratch)
    applied(scratch, {"1_a.up.sql": "CREATE TABLE a (id int);\n", "1_a.down.sql": "DROP TABLE a;\n"
                      "DO SLEEP(1);\n"}, database.url)
    child = scratch.start("migrate", "down", "--url", database.url, "--dir", DIRECTORY)
    end = time.monotonic() + 20
    while "down statement 2 of 2" not in database.sql("SELECT error FROM atlas_schema_revisions"):
        if time.monotonic() > end:
            raise AssertionError("no intent of statement 2")
    child.kill()
    scratch.finish(child)
    again = down(scratch, "--lock-timeout", "20s", url=database.url)
    again.fails('outcome of statement 2 from file "1_a.down.sql" is unknown')
    contains(again.err, "cannot tell", "--on-unknown retry", "go on reverting")
    down(scratch, "--on-unknown", "skip", url=database.url).ok()
    same(database.sql("SELECT count(*) FROM atlas_schema_revisions"), "0\n", "rows")
