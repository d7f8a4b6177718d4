"""A run that was killed between the intent and the outcome of a statement, and what the next one says of it."""

import sqlite3

from harness import contains, same, test
from scenes import tables

FILES = {"1_a.sql": "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\n"}
INTENT = ("rhumb: statement 2 of 3 started at 2026-01-02T03:04:05Z by"
          " apply ann@host:7 since 2026-01-02T03:04:00Z, ")


def stopped_at_the_second(scratch, outcome):
    """The database of a run that was killed after it wrote the intent of statement 2."""
    scratch.directory("whole", FILES)
    scratch.directory("broken", {"1_a.sql": FILES["1_a.sql"].replace("TABLE b", "TABEL b")})
    run(scratch, "broken").fails("syntax error")
    with sqlite3.connect(scratch.file_path("app.db")) as database:
        database.execute("UPDATE atlas_schema_revisions SET error = ?", (INTENT + outcome,))
    database.close()


def run(scratch, directory, *more):
    return scratch.run("migrate", "apply", "--url", "sqlite://app.db", "--dir", f"file://{directory}",
                       "--tx-mode", "none", *more)


@test
def a_provable_outcome_is_settled_and_told(scratch):
    stopped_at_the_second(scratch, "commits with its outcome")
    done = run(scratch, "whole").ok()
    same(done.err, 'statement 2 of "1_a.sql", started at 2026-01-02T03:04:05Z by apply ann@host:7 since'
                   " 2026-01-02T03:04:00Z, was not applied, it is run again\n", "stderr")
    same(tables(scratch, "app.db"), ["a", "b", "c"], "tables")


@test
def an_unknown_outcome_waits_for_the_person(scratch):
    stopped_at_the_second(scratch, "outcome unknown")
    done = run(scratch, "whole").fails('outcome of statement 2 from file "1_a.sql" is unknown')
    contains(done.err, 'table "b" does not exist', "--on-unknown retry", "--on-unknown skip", "migrate set")
    same(tables(scratch, "app.db"), ["a"], "tables")
    same(run(scratch, "whole", "--on-unknown", "retry").ok().err, "", "stderr of a choice")
    same(tables(scratch, "app.db"), ["a", "b", "c"], "tables")
