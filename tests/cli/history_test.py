"""A real history of 26 versions: in one run, file by file, and under kills between and inside files.

A run that is killed may neither lose a statement nor execute one twice. Two things watch for that:
the objects and rows must be those of a plain SQLite that executed the same files, and every file gets
statements that count themselves in a table without any key.
"""

import os
import random
import re
import signal
import sqlite3
import time

from harness import SEED, contains, same, test, true
from real_history import authelia

KILLS = int(os.environ.get("RHUMB_KILLS", "30"))
MODES = ("file", "none", "all")
# A function that the application registers in its own SQLite.
OWN_FUNCTION = "BIN2B64"
COUNTER = "CREATE TABLE ran (file text NOT NULL, place text NOT NULL, cost integer);\n"
# Takes some milliseconds, so that kills land inside files too.
COUNT = ("INSERT INTO ran WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 8000)"
         " SELECT '{file}', '{place}', count(*) FROM c;\n")


def history(scratch):
    """The files under names of this layout, in `migrations`. -> {file name: text}"""
    files = {"0000_counter.sql": COUNTER}
    for name, (version, text) in authelia("sqlite").items():
        files[name] = (COUNT.format(file=version, place="first") + text.replace(OWN_FUNCTION, "hex")
                       + COUNT.format(file=version, place="last"))
    same(len(files), 27, "files")
    scratch.directory("migrations", files)
    return files


def content_of(scratch, database):
    """Objects by name and the number of rows of every table; the history table stands aside."""
    objects = scratch.query(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name <>"
                                      " 'atlas_schema_revisions' ORDER BY type, name")
    counts = {name: scratch.query(database, f'SELECT count(*) FROM "{name}"')[0][0]
              for kind, name, _, _ in objects if kind == "table"}
    ran = scratch.query(database, "SELECT file, place, count(*) FROM ran GROUP BY 1, 2 ORDER BY 1, 2")
    return {"objects": objects, "counts": counts, "ran": ran}


def plain(scratch, files):
    """What SQLite itself makes of the files."""
    with sqlite3.connect(scratch.file_path("plain.db")) as connection:
        for text in files.values():
            connection.executescript(text)
    connection.close()
    return content_of(scratch, "plain.db")


def check_database(scratch, database, files, want, what):
    got = content_of(scratch, database)
    same(got["ran"], [(name[:4], place, 1) for name in list(files)[1:] for place in ("first", "last")],
         f"{what}: how often the counting statements ran")
    same(got, want, f"{what}: objects and rows")
    with open(scratch.file_path("migrations", "atlas.sum"), encoding="utf-8") as f:
        sums = dict(re.findall(r"^(\S+) h1:(\S+)$", f.read(), re.M))
    rows = scratch.query(database, "SELECT version, applied = total, error, hash, partial_hashes FROM"
                                   " atlas_schema_revisions ORDER BY version")
    same([(v, done, error, digest) for v, done, error, digest, _ in rows],
         [(name[:4], 1, "", sums[name]) for name in files], f"{what}: history")
    same({bytes(p) if isinstance(p, bytes) else p.encode() for *_, p in rows}, {b"null"},
         f"{what}: hashes left behind")


def words(database, mode, *more):
    return ("migrate", "apply", *more, "--url", f"sqlite://{database}", "--dir", "file://migrations",
            "--tx-mode", mode)


@test
def one_run_gives_what_sqlite_itself_gives(scratch):
    files = history(scratch)
    want = plain(scratch, files)
    for mode in MODES:
        scratch.run(*words(f"{mode}.db", mode)).ok().quiet()
        check_database(scratch, f"{mode}.db", files, want, f"mode {mode}")
        done = scratch.run(*words(f"{mode}.db", mode)).ok().quiet()
        contains(done.out, "No migration files to execute")


@test
def file_by_file_gives_the_same(scratch):
    files = history(scratch)
    want = plain(scratch, files)
    for number in range(len(files)):
        scratch.run(*words("steps.db", "file", "1")).ok().quiet()
        applied, = scratch.query("steps.db", "SELECT count(*) FROM atlas_schema_revisions")
        same(applied, (number + 1,), "versions")
    check_database(scratch, "steps.db", files, want, "file by file")


class Killer:
    """Starts runs and kills them after random times; counts where the kills landed."""

    def __init__(self, scratch, generator, longest):
        self.scratch, self.random, self.longest = scratch, generator, longest
        self.kills = self.inside = self.unknown = 0

    def run_to_the_end(self, database, mode, until):
        """Runs `apply` again and again; at most `until` kills in all."""
        options = ()
        for _ in range(10 * until + 100):
            amount = self.random.choice(((), (), ("1",), ("3",)))
            child = self.scratch.start(*words(database, mode, *amount, *options))
            if self.kills < until:
                time.sleep(self.random.uniform(0, self.longest))
                child.send_signal(signal.SIGKILL)
            done = self.scratch.finish(child)
            options = ()
            if done.code == -signal.SIGKILL:
                self.kills += 1
                self.inside += os.path.exists(self.scratch.file_path(database + "-journal"))
            elif done.code == 1 and "is unknown: the run that started it" in done.err:
                contains(done.err, "--on-unknown retry", "--on-unknown skip", "migrate set")
                self.unknown += 1
                true("PRAGMA" in pending_statement(self.scratch, database), f"only a PRAGMA is unknown: {done}")
                options = ("--on-unknown", "retry")
            elif "No migration files to execute" in done.ok().out:
                return
        raise AssertionError(f"{database} was never complete")


def pending_statement(scratch, database):
    rows = scratch.query(database, "SELECT error_stmt FROM atlas_schema_revisions WHERE error LIKE 'rhumb: %'")
    return rows[0][0] if rows else ""


@test
def kills_lose_nothing_and_repeat_nothing(scratch):
    files = history(scratch)
    want = plain(scratch, files)
    started = time.monotonic()
    scratch.run(*words("time.db", "file")).ok()
    killer = Killer(scratch, random.Random(SEED), longest=time.monotonic() - started)
    number = 0
    while killer.kills < KILLS:
        database, mode = f"killed{number}.db", MODES[number % len(MODES)]
        killer.run_to_the_end(database, mode, until=min(KILLS, killer.kills + 10))
        check_database(scratch, database, files, want, f"mode {mode} after {killer.kills} kills")
        number += 1
    true(killer.inside > 0 or KILLS < 20, "a kill landed inside a transaction")
