"""PostgreSQL and MariaDB on this machine: files to apply, nothing to do, and what that costs the server.

The servers are those of the tests: they do not wait for the disk, so that what is measured is the client, the
protocol and the work of the statements.
"""

import os
import subprocess
import sys
import urllib.parse

from harness import (ROOT, RHUMB, Row, Timing, clean_env, command, interleave, ms, other, run_once, say,
                     write_migrations)

sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 (needs the path above)

MANY = 1_000
APPLIED = 5_000
FEW = 100
IDLE_SECONDS_MAX = 0.020


def three_statements(number):
    return (f"CREATE TABLE t{number} (id integer PRIMARY KEY, name varchar(40) NOT NULL);\n"
            f"CREATE INDEX t{number}_name ON t{number} (name);\n"
            f"INSERT INTO t{number} (id, name) VALUES (1, 'first of {number}');\n")


def no_table(number):
    return f"SELECT {number};\n"


class Engine:
    """A server, and its own client for scripts and questions."""

    def __init__(self, url):
        self.server = urllib.parse.urlsplit(url)
        self.env = self.password_env(urllib.parse.unquote(self.server.password))

    def url(self, database, scheme=None):
        return self.server._replace(path="/" + database, scheme=scheme or self.server.scheme).geturl()

    def ask(self, sql, database=None):
        run_once([*self.client(database or self.home), *self.say(sql)], env=self.env)

    def make(self, database):
        self.ask(f"DROP DATABASE IF EXISTS {database}")
        self.ask(f"CREATE DATABASE {database}")


class Postgres(Engine):
    title, client_name, home = "PostgreSQL", "psql", "postgres"
    begin = "BEGIN;\n"
    revisions = "atlas_schema_revisions.atlas_schema_revisions"

    @staticmethod
    def password_env(password):
        return {"PGPASSWORD": password}

    @staticmethod
    def client_program():
        """The program itself: Debian's `psql` is a script in Perl that looks for it."""
        return os.path.join(servers.Postgres.find_bin_folder(), "psql")

    def client(self, database):
        return [self.client_program(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.server.hostname, "-p", self.server.port,
                "-U", "postgres", "-d", database]

    @staticmethod
    def say(sql):
        return ["-c", sql]

    @staticmethod
    def read(script):
        return ["-f", script]

    def prepare(self):
        """The log is for counting only."""
        self.ask("ALTER ROLE postgres SET log_min_duration_statement = -1")

    def count_requests(self, run):
        self.ask("ALTER ROLE postgres RESET log_min_duration_statement")
        try:
            return counted(os.environ["RHUMB_TEST_POSTGRES_LOG"], run, lambda line: "  statement: " in line or "  execute " in line)
        finally:
            self.prepare()


class Mariadb(Engine):
    title, client_name, home = "MariaDB", "mariadb", ""
    begin = "START TRANSACTION;\n"
    revisions = "atlas_schema_revisions"

    @staticmethod
    def password_env(password):
        return {"MYSQL_PWD": password}

    def client(self, database):
        return ["mariadb", "--no-defaults", "-h", self.server.hostname, "-P", self.server.port, "-u", "root",
                *([database] if database else [])]

    @staticmethod
    def say(sql):
        return ["-e", sql]

    @staticmethod
    def read(script):
        return ["-e", f"source {script}"]

    def prepare(self):
        pass

    def count_requests(self, run):
        self.ask("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1")
        try:
            run()
            return self.tell("SELECT COUNT(*) FROM mysql.general_log WHERE command_type IN ('Query', 'Prepare', "
                             "'Execute') AND thread_id <> CONNECTION_ID()")
        finally:
            self.ask("SET GLOBAL general_log = 0")

    def tell(self, sql):
        done = subprocess.run([*map(str, self.client("")), "-N", "-B", "-e", sql], env={**os.environ, **self.env},
                              check=True, capture_output=True, text=True)
        return int(done.stdout)


def counted(log, run, is_request):
    """How many requests a run has added to a server's log."""
    before = os.path.getsize(log)
    run()
    with open(log, encoding="utf-8", errors="replace") as lines:
        lines.seek(before)
        return sum(map(is_request, lines))


def apply(files, engine, database, *more):
    return [RHUMB, "migrate", "apply", "--dir", f"file://{files}", "--url", engine.url(database), *more]


def dbmate(files, engine, database):
    program = other("dbmate")
    scheme = "mysql" if engine.server.scheme == "mariadb" else None
    return program and [program, "--no-dump-schema", "--migrations-dir", files, "--url",
                        engine.url(database, scheme), "migrate"]


def write_for_dbmate(folder, files):
    folder.mkdir(exist_ok=True)
    for path in files.glob("*.sql"):
        (folder / path.name).write_text(f"-- migrate:up\n{path.read_text()}\n-- migrate:down\n")
    return folder


def on_new_database(engine, database, arguments, env):
    return command(*arguments, env=env, before=lambda: engine.make(database))


def measure_apply(engine, folder, files, layouts, env, rounds):
    script = folder / "all.sql"
    script.write_text("".join(engine.begin + path.read_text() + "COMMIT;\n" for path in sorted(files.glob("*.sql"))))
    contenders = {"rhumb": on_new_database(engine, "ours", apply(files, engine, "ours"), env)}
    client = [*engine.client("theirs"), *engine.read(script)]
    contenders[engine.client_name] = on_new_database(engine, "theirs", client, engine.env)
    rival = dbmate(layouts, engine, "rival")
    if rival:
        contenders["dbmate"] = on_new_database(engine, "rival", rival, env)
    timings = interleave(contenders, rounds, warmups=0)
    ours = timings.pop("rhumb")
    fastest = min(timing.median for timing in timings.values())
    return Row(f"{engine.title}: apply {MANY:,} files of 3 statements", str(ours), beside(timings),
               "below the fastest", ours.median < fastest)


def beside(rivals: dict[str, Timing]):
    return ", ".join(f"{name} {timing}" for name, timing in rivals.items())


def measure_idle(engine, folder, count, env, rounds):
    """Nothing to do and the status, with so many applied files; the client's question is the least that can be asked.
    -> timings by contender, requests of a run that has nothing to do"""
    files, database = folder / f"idle-{count}", f"idle_{count}"
    write_migrations(files, count, no_table)
    engine.make(database)
    run_once(apply(files, engine, database, "--tx-mode", "none"), env=env)
    client = [*engine.client(database), *engine.say(f"SELECT version FROM {engine.revisions} ORDER BY version")]
    contenders = {"rhumb": command(*apply(files, engine, database), env=env),
                  "status": command(RHUMB, "migrate", "status", "--dir", f"file://{files}", "--url",
                                    engine.url(database), env=env),
                  engine.client_name: command(*client, env=engine.env)}
    rival = dbmate(write_for_dbmate(folder / f"dbmate-{count}", files), engine, f"rival_{count}")
    if rival:
        engine.make(f"rival_{count}")
        run_once(rival, env=env)
        contenders["dbmate"] = command(*rival, env=env)
    timings = interleave(contenders, 3 * rounds)
    return timings, engine.count_requests(lambda: run_once(apply(files, engine, database), env=env))


def idle_row(engine, count, timings, requests, goal, met):
    rivals = {f"{engine.client_name} reading the versions": timings[engine.client_name]}
    rivals |= {name: timing for name, timing in timings.items() if name == "dbmate"}
    return Row(f"{engine.title}: nothing to do, {count:,} applied files",
               f"{timings['rhumb']}; status {timings['status']}; {requests} requests to the server",
               beside(rivals), goal, met)


def measure_engine(engine, folder, files, layouts, env, rounds):
    folder.mkdir()
    engine.prepare()
    yield measure_apply(engine, folder, files, layouts, env, rounds)
    _timings, few = measure_idle(engine, folder, FEW, env, 1)
    timings, requests = measure_idle(engine, folder, MANY, env, rounds)
    yield idle_row(engine, MANY, timings, requests, f"at most {ms(IDLE_SECONDS_MAX)}",
                   timings["rhumb"].median <= IDLE_SECONDS_MAX)
    timings, requests = measure_idle(engine, folder, APPLIED, env, rounds)
    yield idle_row(engine, APPLIED, timings, requests, f"as many requests as with {FEW} files", requests == few)


def measure(folder, rounds):
    env = clean_env(folder)
    files = folder / "files"
    write_migrations(files, MANY, three_statements)
    layouts = write_for_dbmate(folder / "dbmate", files)
    for kind, engine_type in (("postgres", Postgres), ("mariadb", Mariadb)):
        with servers.running([kind], keeps_log=kind == "postgres") as values:
            if not values:
                say(f"  {engine_type.title} is not installed, and left out")
                continue
            os.environ.update({name: value for name, value in values.items() if name.endswith("_LOG")})
            engine = engine_type(values[f"RHUMB_TEST_{kind.upper()}"])
            yield from measure_engine(engine, folder / kind, files, layouts, env, rounds)
