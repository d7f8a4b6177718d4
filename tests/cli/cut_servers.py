"""The servers of the tests as runs see them through a proxy that cuts their connections."""

import urllib.parse

from databases import MariaDatabase, PostgresDatabase
from harness import wait_for

HISTORY = ("SELECT version, description, type, applied, total, error, error_stmt, hash, partial_hashes "
           "FROM {schema}.atlas_schema_revisions ORDER BY version")


class Engine:
    """A database of the test, and more of them, or schemas in it, for single runs."""

    def wait_for_quiet(self):
        """Until no session is at work but that of the test."""
        wait_for(lambda: self.sql(self.sessions).strip() == "0", "nobody else is at work")


class Postgres(Engine):
    """Every run has a schema of its own in one database."""

    unknown = "DO $$ BEGIN INSERT INTO ran VALUES ({n}); END $$"
    concurrent = "CREATE INDEX CONCURRENTLY ran_n ON ran (n)"
    sessions = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                "pg_backend_pid()")

    def __init__(self, scratch):
        self.database = PostgresDatabase(scratch)
        self.sql = self.database.sql

    def make_schema(self, name):
        self.sql(f"CREATE SCHEMA {name}")

    def url(self, schema, port):
        url = urllib.parse.urlsplit(self.database.psql_url)
        host = f"{url.username}:{url.password}@127.0.0.1:{port}"
        return url._replace(netloc=host, query=f"{url.query}&search_path={schema}&application_name={schema}").geturl()


class Mariadb(Engine):
    unknown = "BEGIN NOT ATOMIC INSERT INTO ran VALUES ({n}); END"
    concurrent = "CREATE INDEX ran_n ON ran (n)"
    sessions = "SELECT count(*) FROM information_schema.processlist WHERE db LIKE '{name}%' AND id <> connection_id()"

    def __init__(self, scratch):
        self.database = MariaDatabase(scratch)
        self.sessions = self.sessions.format(name=self.database.name)
        self.scratch = scratch

    def sql(self, text):
        return self.database.sql(text)

    def make_schema(self, name):
        self.sql(f"CREATE DATABASE {name}")
        self.scratch.stack.callback(self.sql, f"DROP DATABASE {name}")

    def url(self, schema, port):
        url = self.database.server
        return url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{port}", path="/" + schema).geturl()


def server_address(engine):
    return engine.database.server.hostname, engine.database.server.port
