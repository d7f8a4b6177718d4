"""Runs whose connection to a real server is cut: at every statement boundary, and around every COMMIT.

Every statement takes effect once, and the history is that of a run that nobody disturbed. Where the
outcome of a statement stays unknown, the test answers with what the database shows.
"""

import os
import random
import re
import signal
import time

from cut_servers import HISTORY, Mariadb, Postgres, server_address
from cutting_proxy import Cut, CuttingProxy
from harness import SEED, contains, lacks, same, test, true, wait_for

CUTS = int(os.environ.get("RHUMB_CUTS", "0"))
CUTS_SAMPLE = int(os.environ.get("RHUMB_CUT_SAMPLE", "8"))
RUNS_MAX = 6
def files_of(engine, mode):
    """Every statement leaves a number, so that running it twice or never shows."""
    alone = "-- atlas:txmode none\n\n" if mode == "file" else ""
    third = [engine.unknown.format(n=3), "INSERT INTO ran VALUES (4)", engine.concurrent,
             engine.unknown.format(n=5), "INSERT INTO ran VALUES (6)"]
    if mode == "all":
        third.remove(engine.concurrent)
    # A block of MariaDB holds the usual delimiter.
    return {"1_a.sql": "CREATE TABLE ran (n int);\n",
            "2_b.sql": "INSERT INTO ran VALUES (1);\nCREATE TABLE b (id int);\nINSERT INTO ran VALUES (2);\n",
            "3_c.sql": "-- atlas:delimiter \\n\\n\n" + (alone or "\n") + "\n\n".join(third) + "\n",
            "4_d.sql": "INSERT INTO ran VALUES (7);\nINSERT INTO ran VALUES (8);\n"}


class Cutter:
    """Runs one directory again and again, each time into an empty schema and with another cut."""

    def __init__(self, scratch, engine, mode):
        self.scratch, self.engine, self.mode = scratch, engine, mode
        self.runs = self.unknown = self.finished_by_itself = 0
        self.folder = f"migrations_{mode}"
        scratch.directory(self.folder, files_of(engine, mode))
        self.turns, self.want = self.run(None)

    def words(self, schema, port):
        return ("migrate", "apply", "--url", self.engine.url(schema, port), "--dir", f"file://{self.folder}",
                "--tx-mode", self.mode)

    def run(self, cut, only_that_line=False):
        """-> (turns, content and history) of a run through the proxy, and of those that end its work"""
        self.runs += 1
        schema = f"{self.engine.database.name}_{self.mode}_{self.runs}"
        self.engine.make_schema(schema)
        proxy = CuttingProxy(server_address(self.engine), cut, only_that_line)
        try:
            first = self.scratch.run(*self.words(schema, proxy.port))
            turns = proxy.turns
            true(cut is None or proxy.was_cut or first.code == 0, f"{cut}: {first}")
            self.finished_by_itself += cut is not None and first.code == 0
            self.end_work(schema, proxy.port, first, cut)
        finally:
            proxy.close()
        return turns, self.content(schema)

    def end_work(self, schema, port, done, cut):
        said = [str(done)]
        for _ in range(RUNS_MAX):
            if "No migration files to execute" in done.out:
                return
            options = ()
            if "is unknown: the run that started it" in done.err:
                self.unknown += 1
                options = ("--on-unknown", self.look(schema))
            done = self.scratch.run(*self.words(schema, port), "--lock-timeout", "20s", *options)
            said.append(str(done))
        raise AssertionError(f"{cut}: the work does not end:\n" + "\n".join(said))

    def look(self, schema):
        """What the database says about the statement in question."""
        self.engine.wait_for_quiet()
        statement = self.engine.sql(f"SELECT error_stmt FROM {schema}.atlas_schema_revisions WHERE error LIKE 'rhumb: %'")
        number = re.search(r"VALUES \((\d+)\)", statement)
        true(number is not None, f"the catalog decides about everything else: {statement}")
        found = self.engine.sql(f"SELECT count(*) FROM {schema}.ran WHERE n = {number[1]}").strip()
        return "retry" if found == "0" else "skip"

    def content(self, schema):
        ran = self.engine.sql(f"SELECT n FROM {schema}.ran ORDER BY n")
        tables = self.engine.sql(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'"
                                 " ORDER BY 1")
        return ran, tables, self.engine.sql(HISTORY.format(schema=schema))

    def check(self, cut, only_that_line=False):
        _, content = self.run(cut, only_that_line)
        same(content, self.want, f"{self.mode}, {cut}, only that line: {only_that_line}")


def cut_everywhere(scratch, engine):
    for mode in ("file", "none", "all"):
        cutter = Cutter(scratch, engine, mode)
        same(cutter.want[0], "".join(f"{n}\n" for n in range(1, 9)), "numbers of a run that nobody disturbs")
        cuts = [(turn, when) for turn in range(1, cutter.turns + 1) for when in ("before", "answered")]
        for turn, when in cuts if CUTS else random.Random(SEED).sample(cuts, CUTS_SAMPLE):
            cutter.check(Cut(turn=turn, when=when), only_that_line=turn % 2 == 0)
        if CUTS:
            print(f"  mode {mode}: {len(cuts)} cuts at {cutter.turns} turns, {cutter.finished_by_itself} runs "
                  f"went on to their end, {cutter.unknown} outcomes were unknown", flush=True)


@test
def postgres_cut_at_statement_boundaries(scratch):
    cut_everywhere(scratch, Postgres(scratch))


@test
def mariadb_cut_at_statement_boundaries(scratch):
    cut_everywhere(scratch, Mariadb(scratch))


class Commit:
    """A run of two files that loses its connection at a COMMIT."""

    FILES = {"1_a.sql": "CREATE TABLE ran (n int);\n", "2_b.sql": "INSERT INTO ran VALUES (1);\n",
             "3_c.sql": "INSERT INTO ran VALUES (2);\n"}

    def __init__(self, scratch, engine, cut, first="", **options):
        self.scratch, self.engine, self.schema = scratch, engine, engine.database.name + "_commit"
        scratch.directory("migrations", {**self.FILES, "1_a.sql": self.FILES["1_a.sql"] + first})
        engine.make_schema(self.schema)
        self.proxy = CuttingProxy(server_address(engine), cut, **options)
        scratch.stack.callback(self.proxy.close)

    def words(self, *more, port=None):
        return ("migrate", "apply", "--url", self.engine.url(self.schema, port or self.proxy.port), *more)

    def run(self, *more, **options):
        return self.scratch.run(*self.words(*more, **options))

    def history(self):
        return self.engine.sql(f"SELECT version, applied, error FROM {self.schema}.atlas_schema_revisions ORDER BY 1")

    def ran(self):
        return self.engine.sql(f"SELECT n FROM {self.schema}.ran ORDER BY n")


LOST = {"Postgres": "pq: server closed the connection unexpectedly", "Mariadb": "Lost connection to server"}
DONE = "1\t1\t\n2\t1\t\n3\t1\t\n"


def commit_that_never_came(scratch, engine):
    """The driver's words, and nothing of the file is there."""
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", nth=2))
    done = commit.run()
    done.fails(f"Error: {LOST[type(engine).__name__]}")
    lacks(done.err, "unknown")
    same((commit.history(), commit.ran()), ("1\t1\t\n", ""), "history and rows")
    commit.run().ok().quiet()
    same((commit.history(), commit.ran()), (DONE, "1\n2\n"), "history and rows in the end")


def commit_whose_answer_was_lost(scratch, engine, only_that_line):
    """The row tells that it was committed, and the run goes on."""
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", nth=2, when="answered"), only_that_line=only_that_line)
    done = commit.run().ok()
    same(done.err, 'the connection was lost during the commit of version "2", which was committed\n', "stderr")
    contains(done.out, "3 migrations")
    same((commit.history(), commit.ran()), (DONE, "1\n2\n"), "history and rows")


def all_files_in_one_commit(scratch, engine, when, code):
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", when=when))
    same(commit.run("--tx-mode", "all").code, code, f"exit, {when}")
    commit.run("--tx-mode", "all").ok()
    same((commit.history(), commit.ran()), (DONE, "1\n2\n"), "history and rows")


def commit_that_nobody_can_ask_about(scratch, engine):
    """The database is away; the person stops the run that waits for it."""
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", nth=2, when="answered"), stays_down=True)
    child = scratch.start(*commit.words())
    wait_for(lambda: commit.proxy.was_cut, "the cut")
    time.sleep(0.5)
    true(child.poll() is None, f"the run waits: {child.poll() is not None and scratch.finish(child)}")
    child.send_signal(signal.SIGTERM)
    done = scratch.finish(child, seconds=20)
    done.fails('sql/migrate: commit of version "2" is unknown: ' + LOST[type(engine).__name__],
               "the next run reads from the history whether it was committed")
    commit.run(port=server_address(engine)[1]).ok()
    same((commit.history(), commit.ran()), (DONE, "1\n2\n"), "history and rows")


def commits(scratch, make_engine):
    commit_that_never_came(scratch, make_engine(scratch))
    for only_that_line in (True, False):
        commit_whose_answer_was_lost(scratch, make_engine(scratch), only_that_line)
    commit_that_nobody_can_ask_about(scratch, make_engine(scratch))


@test
def a_commit_on_postgres_that_is_cut(scratch):
    commits(scratch, Postgres)
    all_files_in_one_commit(scratch, Postgres(scratch), "before", 1)
    all_files_in_one_commit(scratch, Postgres(scratch), "answered", 0)


@test
def a_commit_on_mariadb_that_is_cut(scratch):
    commits(scratch, Mariadb)


@test
def a_commit_that_goes_on_after_the_cut(scratch):
    """The server is still at work: the run waits for the end of that session before it reads the row."""
    engine = Postgres(scratch)
    slow = ("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; "
            "END $$;\nCREATE CONSTRAINT TRIGGER slow AFTER INSERT ON ran DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "WHEN (NEW.n = 1) EXECUTE FUNCTION slow();\n")
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", nth=2, when="sent"), first=slow)
    started = time.monotonic()
    done = commit.run().ok()
    contains(done.err, "which was committed")
    true(time.monotonic() - started > 1.5, "waited")
    same(commit.ran(), "1\n2\n", "rows")


def down_is_cut(scratch, engine, when):
    """-> the run"""
    commit = Commit(scratch, engine, Cut(text=b"COMMIT", when=when))
    scratch.directory("migrations", {name: f"-- atlas:txtar\n\n-- migration.sql --\n{text}-- down.sql --\n"
                                           f"DELETE FROM ran WHERE n = {n - 1};\n"
                                     for n, (name, text) in enumerate(Commit.FILES.items(), 1)})
    direct = server_address(engine)[1]
    commit.run(port=direct).ok()
    done = scratch.run("migrate", "down", "--url", engine.url(commit.schema, commit.proxy.port), "--to-version", "1")
    if done.code != 0:
        scratch.run("migrate", "down", "--url", engine.url(commit.schema, direct), "--to-version", "1").ok()
    same((commit.history(), commit.ran()), ("1\t1\t\n", ""), f"history and rows, {when}")
    return done


@test
def a_revert_that_is_cut_at_its_commit(scratch):
    for engine in (Postgres, Mariadb):
        down_is_cut(scratch, engine(scratch), "before").fails(LOST[engine.__name__])
        contains(down_is_cut(scratch, engine(scratch), "answered").ok().err, "which was committed")
