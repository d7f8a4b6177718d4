"""A file of mixed DDL and data on MariaDB, killed before, inside and after every statement of it.

No transaction covers such a file. The next run has to find out by itself what was done: every statement
may take effect once only, and none may be lost.
"""

import os
import random
import re
import time

from databases import MariaDatabase
from harness import SEED, contains, same, test, wait_for

# What each statement leaves is counted, so that running it twice or never shows.
STATEMENTS = [
    "CREATE TABLE log (n int) ENGINE=InnoDB",
    "INSERT INTO log VALUES (1)",
    "ALTER TABLE log ADD COLUMN note varchar(20)",
    "INSERT INTO log (n) SELECT 2 FROM (SELECT SLEEP(0.05)) pause",
    "CREATE INDEX log_n ON log (n)",
    "UPDATE log SET note = CONCAT(COALESCE(note, ''), 'x') WHERE n = 1",
    "CREATE TABLE other (id int PRIMARY KEY AUTO_INCREMENT) ENGINE=InnoDB",
    "INSERT INTO other VALUES (NULL)",
    "ALTER TABLE log DROP COLUMN note",
    "INSERT INTO log (n) VALUES (3)",
    "RENAME TABLE other TO another",
    "DELETE FROM log WHERE n = 1",
]
WANT = "2\n3\n1\n"
KILLS = int(os.environ.get("RHUMB_KILLS", "12"))


def content_of(database):
    return database.sql("SELECT n FROM log ORDER BY n; SELECT count(*) FROM another")


def kill_and_go_on(scratch, mode, delay):
    """-> whether the run was still going when it was killed"""
    database = MariaDatabase(scratch)
    child = scratch.start("migrate", "apply", "--url", database.url, "--tx-mode", mode)
    time.sleep(delay)
    was_running = child.poll() is None
    child.kill()
    scratch.finish(child)
    # The last statement of the killed run may still be going on: the lock waits for its session.
    scratch.run("migrate", "apply", "--url", database.url, "--tx-mode", mode, "--lock-timeout", "20s").ok()
    same(content_of(database), WANT, f"mode {mode}, killed after {delay:.4f} s (seed {SEED})")
    rows = database.sql("SELECT applied, total, error FROM atlas_schema_revisions")
    same(rows, f"{len(STATEMENTS)}\t{len(STATEMENTS)}\t\n", "row")
    return was_running


@test
def every_statement_takes_effect_once_wherever_a_run_on_mariadb_is_killed(scratch):
    scratch.directory("migrations", {"1_mixed.sql": ";\n".join(STATEMENTS) + ";\n"})
    database = MariaDatabase(scratch)
    begin = time.monotonic()
    scratch.run("migrate", "apply", "--url", database.url).ok()
    took = time.monotonic() - begin
    same(content_of(database), WANT, "a run that nobody kills")
    kills = 0
    random.seed(SEED)
    for mode in ("file", "none"):
        for step in range(KILLS):
            kills += kill_and_go_on(scratch, mode, took * (step + random.random()) / KILLS)
    if kills == 0:
        raise AssertionError("no run was killed before its end")


@test
def an_unknown_outcome_on_mariadb_stops_the_next_run(scratch):
    database = MariaDatabase(scratch)
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\nDO SLEEP(5);\n"})
    child = scratch.start("migrate", "apply", "--url", database.url)
    wait_for(lambda: re.search(r"statement 2 of 2 .*outcome unknown",
                               database.sql("SELECT error FROM atlas_schema_revisions"))
             if database.sql("SHOW TABLES LIKE 'atlas_schema_revisions'") else None, "intent 2")
    child.kill()
    scratch.finish(child)
    again = scratch.run("migrate", "apply", "--url", database.url, "--lock-timeout", "20s")
    again.fails('outcome of statement 2 from file "1_a.sql" is unknown')
    contains(again.err, "cannot tell", "--on-unknown retry")
    scratch.run("migrate", "apply", "--url", database.url, "--on-unknown", "skip").ok()
    same(database.sql("SELECT applied, total FROM atlas_schema_revisions"), "2\t2\n", "row")
