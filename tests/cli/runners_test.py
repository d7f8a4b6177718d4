"""Many runners on one target: one works, the others wait or give up, and nothing is done twice.

RUNNERS of them start at random moments. On MariaDB without performance schema a holder is known by its session.
"""

import contextlib
import os
import random
import sqlite3
import time

from databases import MariaDatabase, PostgresDatabase
from harness import SEED, contains, matches, same, test, true, wait_for

RUNNERS = int(os.environ.get("RHUMB_RUNNERS", "20"))
FILES = range(10, 30)
# Long enough for the waiters to come before the holder is done.
MORE_FILES = range(10, 60)
START_SECONDS = 0.6
# From the kill to the next row of another runner; waiters ask again after two seconds at most.
TAKE_OVER_SECONDS = 20
HOLDER = r"\(held by (apply tester@\S+:\d+ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|session \d+ of \S+@\S+)\)"


ROW_SECONDS = 0.05


class Sqlite:
    counting = ("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {0}) "
                "SELECT {{n}} FROM c WHERE i = {0}")

    def __init__(self, scratch):
        self.scratch, self.url = scratch, "sqlite://app.db"
        self.slow_row = "INSERT INTO log " + self.counting.format(self.find_count())

    def find_count(self):
        """It cannot sleep: as far as this machine counts in the time of a row."""
        count = 80_000
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            begin = time.process_time()
            database.execute(self.counting.format(count).format(n=1)).fetchall()
            return max(count, int(count * ROW_SECONDS / (time.process_time() - begin)))

    def numbers(self):
        return [n for (n,) in self.scratch.query("app.db", "SELECT n FROM log ORDER BY n")]


class Postgres:
    slow_row = f"INSERT INTO log SELECT {{n}} FROM pg_sleep({ROW_SECONDS})"

    def __init__(self, scratch):
        self.database = PostgresDatabase(scratch)
        self.url = self.database.url

    def numbers(self):
        return [int(n) for n in self.database.sql("SELECT n FROM log ORDER BY n").split()]


class Mariadb(Postgres):
    slow_row = f"INSERT INTO log SELECT {{n}} FROM (SELECT SLEEP({ROW_SECONDS})) pause"

    def __init__(self, scratch):
        self.database = MariaDatabase(scratch)
        self.url = self.database.url


def write_files(scratch, target, numbers=FILES):
    """-> the numbers that a complete log holds, once each"""
    files = {f"{n}_f.sql": f"{target.slow_row.format(n=n)};\nINSERT INTO log VALUES ({n + 100});\n" for n in numbers}
    scratch.directory("migrations", {"01_log.sql": "CREATE TABLE log (n int);\n", **files})
    return sorted([*numbers, *(n + 100 for n in numbers)])


def apply(target, patience):
    return ("migrate", "apply", "--url", target.url, "--lock-timeout", patience)


def is_held(scratch, target):
    return scratch.run("migrate", "lock", "status", "--url", target.url).ok().out != "free\n"


def start_at_random(scratch, target, patiences, count=RUNNERS):
    """-> [(run, how long it waits for the lock)]"""
    generator = random.Random(SEED)
    moments = sorted(generator.uniform(0, START_SECONDS) for _ in range(count))
    begin, runs = time.monotonic(), []
    for moment in moments:
        time.sleep(max(0, begin + moment - time.monotonic()))
        patience = generator.choice(patiences)
        runs.append((scratch.start(*apply(target, patience)), patience))
    return runs


def outcome(done, patience):
    """-> `worked`, `waited`, `gave up`, or `gave up late` when the holder was gone before it could be named"""
    if "Migrating to version" in done.out:
        return done.ok() and "worked"
    if "No migration files to execute" in done.out:
        return done.ok() and "waited"
    done.fails("acquiring database lock: ")
    same(patience, "0s", f"patience of who gave up: {done}")
    if "(held by " not in done.err:
        return "gave up late"
    matches(done.err, HOLDER)
    return "gave up"


def one_works(scratch, target):
    want = write_files(scratch, target)
    runs = start_at_random(scratch, target, ("0s", "60s"))
    outcomes = [outcome(scratch.finish(run), patience) for run, patience in runs]
    same(outcomes.count("worked"), 1, f"runs that worked, of {outcomes} (seed {SEED})")
    true({"waited", "gave up"} <= set(outcomes) or RUNNERS < 20, f"some waited, some gave up: {outcomes}")
    true(outcomes.count("gave up late") <= 1, f"holders are named: {outcomes}")
    same(target.numbers(), want, "numbers, once each")


def holder_is_killed(scratch, target):
    """Killed with half a file done; one of the waiters finds the lock free and ends the work."""
    want = write_files(scratch, target, MORE_FILES)
    holder = scratch.start(*apply(target, "0s"))
    wait_for(lambda: is_held(scratch, target), "the holder is at work")
    runs = start_at_random(scratch, target, ("60s",), count=RUNNERS // 4)
    true(holder.poll() is None, "the holder still works")
    before = len(target.numbers())
    holder.kill()
    scratch.finish(holder)
    wait_for(lambda: len(target.numbers()) > before + 1, "another one works", TAKE_OVER_SECONDS)
    outcomes = [outcome(scratch.finish(run), patience) for run, patience in runs]
    same(outcomes.count("worked"), 1, f"runs that worked after the kill, of {outcomes} (seed {SEED})")
    same(target.numbers(), want, "numbers, once each")


@test
def of_many_runners_on_sqlite_one_works(scratch):
    one_works(scratch, Sqlite(scratch))


@test
def of_many_runners_on_postgres_one_works(scratch):
    one_works(scratch, Postgres(scratch))


@test
def of_many_runners_on_mariadb_one_works(scratch):
    one_works(scratch, Mariadb(scratch))


@test
def a_killed_runner_on_sqlite_is_replaced_at_once(scratch):
    holder_is_killed(scratch, Sqlite(scratch))


@test
def a_killed_runner_on_postgres_is_replaced_at_once(scratch):
    holder_is_killed(scratch, Postgres(scratch))


@test
def a_killed_runner_on_mariadb_is_replaced_at_once(scratch):
    holder_is_killed(scratch, Mariadb(scratch))


@test
def tenants_of_one_mariadb_server_never_wait_for_each_other(scratch):
    slow, quick = Mariadb(scratch), Mariadb(scratch)
    scratch.directory("slow", {"1_slow.sql": "CREATE TABLE log (n int);\nDO SLEEP(10);\n"})
    holder = scratch.start(*apply(slow, "0s"), "--dir", "file://slow")
    wait_for(lambda: is_held(scratch, slow), "held")
    one_works(scratch, quick)
    true(holder.poll() is None, "the other tenant still has its lock")
    scratch.run(*apply(slow, "0s"), "--dir", "file://slow").fails("acquiring database lock: ")
    holder.kill()


# ---------------------------------------------------------------- a concurrent index

# Every row that is read for the index takes its time.
SLOW_INDEX = ("CREATE TABLE t (n int);\nINSERT INTO t SELECT generate_series(1, 40);\n"
              "CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
              "'BEGIN PERFORM pg_sleep(0.01); RETURN n; END';\n")
BUILDING = "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database()"


def waits_for_an_index(scratch, *lock_mode):
    target = Postgres(scratch)
    scratch.directory("migrations", {
        "1_t.sql": SLOW_INDEX,
        "2_index.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON t (slow(n));\n"})
    builder = scratch.start(*apply(target, "0s"), *lock_mode)
    wait_for(lambda: target.database.sql(BUILDING) == "1\n", "the index is being built")
    waiter = scratch.start(*apply(target, "60s"), *lock_mode)
    contains(scratch.finish(builder, seconds=30).ok().out, "2 migrations")
    contains(scratch.finish(waiter, seconds=30).ok().out, "No migration files to execute")
    same(target.database.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t\n", "valid")


@test
def a_runner_that_waits_on_postgres_does_not_keep_an_index_from_being_built(scratch):
    waits_for_an_index(scratch)


@test
def a_runner_that_waits_for_a_lease_does_not_keep_an_index_from_being_built(scratch):
    waits_for_an_index(scratch, "--lock-mode", "lease")


def nothing_to_do_beside_a_holder(scratch, target):
    """Whoever has something to do waits for the holder, and nobody else."""
    scratch.directory("migrations", {"01_log.sql": "CREATE TABLE log (n int);\n"})
    scratch.run(*apply(target, "10s")).ok()
    scratch.directory("more", {"01_log.sql": "CREATE TABLE log (n int);\n",
                               "02_slow.sql": target.slow_row.format(n=1).replace("0.05", "30") + ";\n"})
    holder = scratch.start(*apply(target, "10s"), "--dir", "file://more")
    wait_for(lambda: scratch.run("migrate", "lock", "status", "--url", target.url).ok().out != "free\n", "held")
    done = scratch.run(*apply(target, "0s")).ok()
    contains(done.out, "No migration files to execute")
    scratch.run(*apply(target, "0s"), "--dir", "file://more").fails("acquiring database lock")
    holder.kill()
    scratch.finish(holder)


@test
def nothing_to_do_waits_for_nobody_on_postgres(scratch):
    nothing_to_do_beside_a_holder(scratch, Postgres(scratch))


@test
def nothing_to_do_waits_for_nobody_on_mariadb(scratch):
    nothing_to_do_beside_a_holder(scratch, Mariadb(scratch))
