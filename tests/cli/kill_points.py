"""Runs that are killed at an exact statement: before the server has it, while it is at it, or once it has answered.

A proxy waits for the statement in the words of the protocol. For a kill inside of it, something that the
statement needs is locked by another session until the process is gone.
"""

import contextlib
import os
import re
import struct
import subprocess
import threading
import time
import urllib.parse

from cut_servers import Mariadb, Postgres
from cutting_proxy import Cut
from postgres_catalog import describe

BLOCKED_SECONDS_MAX = 0.4
# The statement goes on this long after its run is gone, so that the next run finds the server still at it.
ORPHAN_SECONDS = 0.2


class Session:
    """A session of another program, kept open: takes statements until it is closed."""

    def __init__(self, words, environment=None):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, env=environment)

    def run(self, sql):
        """Waits until it has been executed. `SELECT 'done'` is answered after it."""
        self.process.stdin.write(f"{sql};\nSELECT 'done';\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.strip() == "done":
                return
            raise AssertionError(f"{sql}: {line}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def sums(engine, schema):
    """How many rows every table has, and the sum of their numbers."""
    names = engine.sql(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' AND "
                       "table_type = 'BASE TABLE' AND table_name <> 'atlas_schema_revisions' ORDER BY 1").split()
    query = " UNION ALL ".join(f"SELECT '{name}', count(*), sum(n) FROM {schema}.{name}" for name in names)
    return engine.sql(query) if query else ""


class MariadbServer(Mariadb):
    """A global read lock stops whatever changes something."""

    blocked = ("SELECT count(*) FROM information_schema.processlist WHERE db LIKE '{name}%' AND state LIKE "
               "'Waiting for%lock%'")

    def client(self, program, *words):
        """-> words and environment of a program of the server's"""
        server = self.database.server
        return ([program, "--no-defaults", "-h", server.hostname, "-P", str(server.port), "-u", server.username, *words],
                {**os.environ, "MYSQL_PWD": urllib.parse.unquote(server.password)})

    def make_user(self):
        """-> a user, as GRANT names it"""
        self.sql(f"CREATE USER {self.database.name}")
        self.scratch.stack.callback(self.sql, f"DROP USER {self.database.name}")
        return self.database.name

    def said(self, statement):
        return b"\x03" + statement.encode()

    def other_session(self):
        return Session(*self.client("mariadb", "-N", "-B", "--unbuffered"))

    def block(self, schema, statement):
        return "FLUSH TABLES WITH READ LOCK"

    def is_blocked(self):
        return self.sql(self.blocked.format(name=self.database.name)).strip() != "0"

    def state(self, schema):
        """Objects with their definitions, who may do what, rows by their sums."""
        words, environment = self.client("mariadb-dump", "--no-data", "--routines", "--skip-comments",
                                         f"--ignore-table={schema}.atlas_schema_revisions", schema)
        dump = subprocess.run(words, env=environment, text=True, capture_output=True, check=True).stdout
        rights = self.sql(f"SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE "
                          f"table_schema = '{schema}' ORDER BY 1, 2")
        return re.sub(r" AUTO_INCREMENT=\d+", "", dump).replace(schema, "SCHEMA"), rights, sums(self, schema)


class PostgresServer(Postgres):
    """The tables, and what every definition is written to, are locked by another transaction."""

    blocked = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
               "AND backend_type = 'client backend'")
    tables = ("DO $$ DECLARE r regclass; BEGIN FOR r IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = "
              "'{schema}'::regnamespace AND relname <> 'atlas_schema_revisions' LOOP EXECUTE format("
              "'LOCK TABLE %s IN {mode} MODE', r); END LOOP; END $$")

    def said(self, statement):
        text = statement.encode() + b"\0"
        return b"Q" + struct.pack(">I", len(text) + 4) + text

    def other_session(self):
        return Session(["psql", "-qAtX", self.database.psql_url])

    def block(self, schema, statement):
        """What works concurrently stops in its middle, when it waits for those who use the table."""
        if "CONCURRENTLY" in statement:
            return "BEGIN; " + self.tables.format(schema=schema, mode="ROW EXCLUSIVE")
        # Tables first, as others that are at work take their locks.
        return ("BEGIN; " + self.tables.format(schema=schema, mode="EXCLUSIVE")
                + "; LOCK TABLE pg_class, pg_type, pg_proc, pg_description IN EXCLUSIVE MODE")

    def is_blocked(self):
        return self.sql(self.blocked).strip() != "0"

    def state(self, schema):
        return describe(self.sql, schema), sums(self, schema)


class KillingCut(Cut):
    """Kills the process as well."""

    child = None

    def happens(self, line):
        self.child.kill()


class Kill(KillingCut):
    """Kills the process that says a statement. `when`: `before` the server has it, when it was `sent` and the server
    is at work, or when it is `answered`."""

    def __init__(self, engine, schema, statement, when):
        super().__init__(text=engine.said(statement), when=when)
        self.engine, self.schema, self.statement = engine, schema, statement
        self.blocker = None
        self.was_inside = False

    def begins(self, line):
        if self.when == "sent":
            self.blocker = self.engine.other_session()
            self.blocker.run(self.engine.block(self.schema, self.statement))

    def happens(self, line):
        if self.when == "sent":
            self.was_inside = self._waits_for_the_block()
        super().happens(line)
        if self.blocker:
            threading.Timer(ORPHAN_SECONDS if self.was_inside else 0, self.blocker.close).start()

    def _waits_for_the_block(self):
        end = time.monotonic() + BLOCKED_SECONDS_MAX
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError):
                if self.engine.is_blocked():
                    return True
        return False
