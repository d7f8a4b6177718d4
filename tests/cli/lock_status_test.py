"""`migrate lock status`: free, or who holds the lock, on every engine."""

import os
import re
import signal
import subprocess
import time
import urllib.parse
import uuid

from harness import Skipped, contains, same, test, wait_for

SQLITE_PAUSE = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
                " SELECT max(i) FROM n;\n")


def status(scratch, url, *more):
    return scratch.run("migrate", "lock", "status", "--url", url, *more).ok().quiet().out


# As the lock names it; without performance schema, MariaDB knows only the session.
HOLDER = r"apply tester@\S+:{} since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n"
SESSION = r"session \d+ of \S+@\S+\n"


def watch(scratch, url, pause, holder=HOLDER, other=None):
    """The lock before, during and after a run that is killed in its only statement; `other` asks for
    a lock that this run does not hold."""
    scratch.directory("migrations", {"1_pause.sql": pause})
    same(status(scratch, url), "free\n", "before any run")
    child = scratch.start("migrate", "apply", "--url", url)
    held = wait_for(lambda: status(scratch, url).replace("free\n", ""), "held")
    if not re.fullmatch(holder.format(child.pid), held):
        raise AssertionError(f"holder: {held!r}, of process {child.pid}")
    if other:
        same(status(scratch, url, *other), "free\n", "the lock of another name or schema")
    child.kill()
    scratch.finish(child)
    wait_for(lambda: status(scratch, url) == "free\n", "free again")


def run_quietly(words, **options):
    done = subprocess.run(words, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stderr}")


@test
def the_holder_is_named_on_sqlite(scratch):
    same(status(scratch, "sqlite://app.db"), "free\n", "of no database")
    same(os.listdir(scratch.path), ["home"], "files")
    watch(scratch, "sqlite://app.db", SQLITE_PAUSE)


def postgres_database(scratch):
    """The URL of a new database, dropped with the scratch folder."""
    server = os.environ.get("RHUMB_TEST_POSTGRES")
    if not server:
        raise Skipped("RHUMB_TEST_POSTGRES names no server (tests/servers.py)")
    name = "rhumb_cli_" + uuid.uuid4().hex[:12]
    psql = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", server, "-c"]
    run_quietly([*psql, f"CREATE DATABASE {name}"])
    scratch.stack.callback(run_quietly, [*psql, f"DROP DATABASE {name} WITH (FORCE)"])
    return server.replace("/postgres?", f"/{name}?") + "&search_path=public"


@test
def the_holder_is_named_on_postgres(scratch):
    watch(scratch, postgres_database(scratch), "SELECT pg_sleep(3);\n", other=["--revisions-schema", "other"])


@test
def an_interrupt_ends_the_wait_on_postgres(scratch):
    url = postgres_database(scratch)
    scratch.directory("migrations", {"1_pause.sql": "SELECT pg_sleep(60);\n"})
    holder = scratch.start("migrate", "apply", "--url", url)
    wait_for(lambda: status(scratch, url) != "free\n", "held")
    waiter = scratch.start("migrate", "apply", "--url", url, "--lock-timeout", "60s")
    time.sleep(0.5)
    same(waiter.poll(), None, "exit of the waiting run")
    waiter.send_signal(signal.SIGTERM)
    scratch.finish(waiter, seconds=10).fails("acquiring database lock: interrupted")
    holder.kill()
    scratch.finish(holder)


@test
def the_holder_is_named_on_mariadb(scratch):
    server = os.environ.get("RHUMB_TEST_MARIADB")
    if not server:
        raise Skipped("RHUMB_TEST_MARIADB names no server (tests/servers.py)")
    parts = urllib.parse.urlsplit(server)
    name = "rhumb_cli_" + uuid.uuid4().hex[:12]
    mariadb = ["mariadb", "--no-defaults", "-h", parts.hostname, "-P", str(parts.port), "-u",
               urllib.parse.unquote(parts.username or ""), "-e"]
    password = {"env": {**os.environ, "MYSQL_PWD": urllib.parse.unquote(parts.password or "")}}
    run_quietly([*mariadb, f"CREATE DATABASE {name}"], **password)
    scratch.stack.callback(lambda: run_quietly([*mariadb, f"DROP DATABASE {name}"], **password))
    watch(scratch, parts._replace(path="/" + name).geturl(), "SELECT SLEEP(3);\n", rf"{HOLDER}|{SESSION}",
          other=["--lock-name", "another"])


@test
def mistakes_name_the_next_step(scratch):
    scratch.run("migrate", "lock", "status").fails('required flag(s) "url" not set')
    scratch.run("migrate", "lock", "status", "--url", "sqlit://x").fails('unknown driver "sqlit"')
    scratch.run("migrate", "lock", "status", "x", "--url", "sqlite://x").fails("accepts 0 arg(s), received 1")
    scratch.run("migrate", "lock", "bogus").fails('unknown command "bogus" for')
    contains(scratch.run("migrate", "lock").ok().out, "status")
    contains(scratch.run("migrate", "lock", "status", "--help").ok().out, "'free'", "No lock is taken")
    scratch.write("atlas.hcl", 'env "prod" {\n  url = "sqlite://app.db"\n}\n')
    same(scratch.run("migrate", "lock", "status", "--env", "prod").ok().out, "free\n", "with an environment")
