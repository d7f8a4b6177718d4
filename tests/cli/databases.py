"""Databases of their own for single tests, on the servers that tests/servers.py started."""

import os
import subprocess
import threading
import time
import urllib.parse
import uuid

import servers
from harness import Skipped


def meanwhile(database, delay, sql):
    """Runs SQL in a session of its own after a while. -> the thread"""
    def work():
        time.sleep(delay)
        database.sql(sql)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def hold(database, sql):
    """As meanwhile, at once; when this returns the SQL has what it locks first."""
    thread = meanwhile(database, 0, sql)
    time.sleep(0.4)
    return thread


class MariaDatabase:
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


class PostgresDatabase:
    """A database of its own on the server of the tests."""

    def __init__(self, scratch):
        server = os.environ.get("RHUMB_TEST_POSTGRES")
        if not server:
            raise Skipped("RHUMB_TEST_POSTGRES names no server (tests/servers.py)")
        self.server = urllib.parse.urlsplit(server)
        self.name = "rhumb_cli_" + uuid.uuid4().hex[:12]
        own = self.server._replace(path="/" + self.name)
        self.psql_url = own.geturl()
        # Bound to its schema, so that the revisions table is there as well.
        self.url = own._replace(query=own.query + "&search_path=public").geturl()
        self.sql(f"CREATE DATABASE {self.name}", url=server)
        scratch.stack.callback(lambda: self.sql(f"DROP DATABASE {self.name} WITH (FORCE)", url=server))

    def sql(self, text, url=None):
        """Bare rows."""
        done = subprocess.run(["psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", url or self.psql_url,
                               "-c", text], text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{text}: {done.stderr}")
        return done.stdout


class PooledDatabase(PostgresDatabase):
    """A database of its own that is also reached through a connection pooler, by `pooled`."""

    def __init__(self, scratch, pool_mode="transaction", pool_size=5):
        if not servers.Pgbouncer.is_installed():
            raise Skipped("pgbouncer is not installed (tools/setup test)")
        super().__init__(scratch)
        pooler = servers.Pgbouncer(self.server.geturl(), pool_mode, pool_size)
        pooler.start()
        scratch.stack.callback(pooler.stop)
        self.pooled = pooler.url(self.name)
