"""A file of mixed DDL and data on MariaDB, killed before, inside and after every statement of it.

No transaction covers such a file. The next run has to find out by itself what was done: every statement
may take effect once only, and none may be lost.
"""

import os
import random
import re
import subprocess
import time
import urllib.parse
import uuid

from harness import SEED, Skipped, contains, same, test, wait_for

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


class Database:
    """A database of its own on the server of the tests."""

    def __init__(self, scratch):
        server = os.environ.get("RHUMB_TEST_MARIADB")
        if not server:
            raise Skipped("RHUMB_TEST_MARIADB names no server (tests/servers.py)")
        self.server = urllib.parse.urlsplit(server)
        self.name = "rhumb_cli_" + uuid.uuid4().hex[:12]
        self.url = self.server._replace(path="/" + self.name).geturl()
        self.sql(f"CREATE DATABASE {self.name}", database="")
        scratch.stack.callback(lambda: self.sql(f"DROP DATABASE {self.name}", database=""))

    def sql(self, text, database=None):
        """Bare rows."""
        words = ["mariadb", "--no-defaults", "-h", self.server.hostname, "-P", str(self.server.port),
                 "-u", urllib.parse.unquote(self.server.username or ""), "-N", "-B", "-e", text]
        database = self.name if database is None else database
        environment = {**os.environ, "MYSQL_PWD": urllib.parse.unquote(self.server.password or "")}
        done = subprocess.run([*words, *([database] if database else [])], env=environment, text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{text}: {done.stderr}")
        return done.stdout


def content_of(database):
    return database.sql("SELECT n FROM log ORDER BY n; SELECT count(*) FROM another")


def kill_and_go_on(scratch, mode, delay):
    """-> whether the run was still going when it was killed"""
    database = Database(scratch)
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
    database = Database(scratch)
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
    database = Database(scratch)
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
