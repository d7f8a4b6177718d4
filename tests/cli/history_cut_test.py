"""Real histories on PostgreSQL and MariaDB, under random kills of the run and random cuts of its connection.

RHUMB_CUTS says how many of each. Objects, rows and history must be those of a run that nobody disturbed, and of
runs that apply one file each. Every file counts itself at its start and its end in a table without any key, and
a server that keeps a log (tests/servers.py --log) tells how often each statement has taken effect. Where an
outcome stays unknown, the answer is what the database shows: its state is compared with that before and after
the statement.
"""

import json
import os
import random
import re
import signal
import subprocess
from collections import Counter

from cut_servers import Mariadb, Postgres, server_address
from cutting_proxy import Cut, CuttingProxy
from harness import SEED, Skipped, same, test
from kill_points import KillingCut
from postgres_catalog import describe
from real_history import OneSchema, Tenants
from server_log import SCHEMA, MariadbLog, PostgresLog, is_active

CUTS = int(os.environ.get("RHUMB_CUTS", "0"))
# About as many hit one history before it is complete.
CUTS_A_HISTORY = 12
# A procedure holds the usual delimiter.
PART = "-- atlas:delimiter \\n-- next\n\n"


def dump(engine, schema):
    """The objects of a schema, without its name."""
    if isinstance(engine, Postgres):
        return describe(engine.sql, schema)
    server = engine.database.server
    words = ["mariadb-dump", "--no-defaults", "--no-data", "--routines", "--skip-comments",
             "-h", server.hostname, "-P", str(server.port), "-u", server.username, schema]
    done = subprocess.run(words, env={**os.environ, "MYSQL_PWD": server.password}, text=True, capture_output=True,
                          check=True)
    return re.sub(r" AUTO_INCREMENT=\d+", "", done.stdout).replace(schema, SCHEMA)


def state(engine, schema):
    """Objects, and how many rows each table has; what was revised stands aside."""
    names = engine.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = "
                       f"'{schema}' AND table_type = 'BASE TABLE' AND table_name <> 'atlas_schema_revisions' ORDER BY 1")
    query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {schema}.{name}" for name in names.split())
    return dump(engine, schema), sorted(engine.sql(query).split("\n")) if query else []


def same_counts(got, want, what):
    same((dict(got - want), dict(want - got)), ({}, {}), f"{what}, too often and not often enough")


class Disturber:
    """Applies one history again and again, each time to a new database."""

    def __init__(self, scratch, history, mode):
        self.scratch, self.history, self.engine, self.mode = scratch, history, history.engine, mode
        self.random = random.Random(SEED)
        self.kills = self.cuts = self.unknown = self.went_on = self.databases = 0
        self.log = (PostgresLog if isinstance(self.engine, Postgres) else MariadbLog)(self.engine)
        proxy = CuttingProxy(server_address(self.engine))
        name, schemas = self.new_database()
        self.plan = self.planned(schemas[0])
        self.finish(self.start(name, proxy.port)).ok()
        proxy.close()
        self.turns, self.want = proxy.turns, self.content(schemas[0])
        self.effective = self.log.effective(schemas[0]) if self.log.is_kept else None
        if self.log.is_kept and isinstance(self.engine, Postgres):  # MariaDB rewrites what it logs
            same_counts(self.effective, Counter(text for texts in self.plan.values() for text in texts
                                                if is_active(text)), "statements in the log")
        self.check(schemas, "an undisturbed run")

    def new_database(self):
        """-> name, schemas"""
        self.databases += 1
        name = f"{self.engine.database.name}_{self.mode}_{self.databases}"
        self.log = type(self.log)(self.engine)
        return name, self.history.make(name)

    def start(self, name, port, *more):
        return self.scratch.start("migrate", "apply", *self.history.words(name, port), "--tx-mode", self.mode,
                                  "--lock-timeout", "20s", *more)

    def finish(self, child):
        return self.scratch.finish(child, seconds=300)

    def content(self, schema):
        return (*state(self.engine, schema), self.engine.sql(self.history.rows.format(schema=schema)),
                self.engine.sql(f"SELECT file, place, count(*) FROM {schema}.ran GROUP BY 1, 2 ORDER BY 1, 2"))

    def check(self, schemas, what):
        for schema in schemas:
            same(self.content(schema), self.want, f"{self.mode}, {what}, {schema} (seed {SEED})")
            if self.log.is_kept:
                same_counts(self.log.effective(schema), self.effective, f"{self.mode}, {what}, {schema}: statements")

    def file_by_file(self):
        name, schemas = self.new_database()
        for _ in self.history.files:
            self.finish(self.start(name, server_address(self.engine)[1], "1")).ok()
        self.check(schemas, "file by file")

    def next_disturbance(self, most):
        """A kill or a cut at a random turn, as long as there have not been enough of them."""
        kinds = [kind for kind, count in ((KillingCut, self.kills), (Cut, self.cuts)) if count < most]
        if not kinds:
            return None
        return self.random.choice(kinds)(turn=self.random.randint(1, 2 * self.turns // CUTS_A_HISTORY),
                                         when=self.random.choice(("before", "sent", "answered")))

    def run_once(self, name, most, options):
        """-> the run, whether it was disturbed"""
        cut = self.next_disturbance(most)
        proxy = CuttingProxy(server_address(self.engine), cut, only_that_line=self.random.random() < 0.3)
        child = self.start(name, proxy.port, *options)
        if isinstance(cut, KillingCut):
            cut.child = child
        done = self.finish(child)
        proxy.close()
        was_killed = done.code == -signal.SIGKILL
        self.kills += was_killed
        self.cuts += proxy.was_cut and not was_killed
        self.went_on += proxy.was_cut and done.code == 0
        return done, proxy.was_cut

    def run_to_the_end(self, most):
        (name, schemas), options = self.new_database(), ()
        for _ in range(20 * CUTS_A_HISTORY + 2 * most):
            done, was_disturbed = self.run_once(name, most, options)
            options = ()
            if "is unknown: the run that started it" in done.err:
                options = ("--on-unknown", self.look(schemas))
            elif done.out.count("No migration files to execute") == len(schemas) and not was_disturbed:
                return self.check(schemas, f"{self.kills} kills and {self.cuts} cuts")
        raise AssertionError(f"{name} was never complete: {done}")

    def look(self, schemas):
        """Whether the statement in question has run, as the database shows."""
        self.unknown += 1
        self.engine.wait_for_quiet()
        schema, version, applied = self.find_unknown(schemas)
        found = state(self.engine, schema)
        before, after = self.states_around(schema, version, int(applied))
        if before == after:
            return self.look_into_log(schema, version, int(applied))
        if found != before:
            same(found, after, f"{schema}: what follows statement {applied} of {version} is neither undone nor done")
        return "retry" if found == before else "skip"

    def look_into_log(self, schema, version, applied):
        """Of a statement that nobody can see; without a log it does no harm to run it again."""
        if not self.log.is_kept:
            return "retry"
        texts = [text for planned in self.plan.values() for text in planned]
        place = sum(len(planned) for other, planned in self.plan.items() if other < version) + applied
        text = self.log.words(texts[place])
        earlier = [self.log.words(other) for other in texts[:place]].count(text)
        return "skip" if self.log.effective(schema)[text] > earlier else "retry"

    def find_unknown(self, schemas):
        """The first, which is the one that the run has come to."""
        own_table = "SELECT count(*) FROM information_schema.tables WHERE table_schema = '{}' AND table_name = " \
                    "'atlas_schema_revisions'"
        for schema in schemas:
            if self.engine.sql(own_table.format(schema)).strip() == "1":
                row = self.engine.sql(f"SELECT version, applied FROM {schema}.atlas_schema_revisions WHERE error LIKE "
                                      "'rhumb: %unknown'").split()
                if row:
                    return schema, *row
        raise AssertionError("no row with an unknown outcome")

    def apply_one(self, name, folder, *more):
        return self.scratch.run("migrate", "apply", "--url", self.engine.url(name, server_address(self.engine)[1]),
                                "--dir", f"file://{folder}", "--tx-mode", self.mode, *more).ok()

    def states_around(self, schema, version, applied):
        """What a schema looks like before and after a statement of a version."""
        versions = [name.split("_")[0] for name in self.history.files]
        before = versions[versions.index(version) - 1]
        return [self.state_with(before, version, self.plan[version][:count]) for count in (applied, applied + 1)]

    def planned(self, name):
        """-> {version: the statements that an empty schema would get}, without its name"""
        done = self.apply_one(name, self.history.directory(name), "--dry-run", "--format", "{{ json . }}")
        return {file["Version"]: [text.replace(name, SCHEMA) for text in file["Applied"]]
                for file in json.loads(done.out)["Applied"]}

    def schema_at(self, version):
        self.databases += 1
        name = f"{self.engine.database.name}_{self.mode}_{self.databases}"
        self.engine.make_schema(name)
        self.apply_one(name, self.history.directory(name), "--to-version", version)
        return name

    def state_with(self, before, version, statements):
        name = self.schema_at(before)
        folder = f"part_of_{name}"
        texts = "\n-- next\n".join(statements).replace(SCHEMA, name)
        self.scratch.directory(folder, {f"{version}_part.sql": PART + texts + "\n"})
        self.apply_one(name, folder, "--allow-dirty")
        return state(self.engine, name)


def disturb(scratch, history, modes):
    if not CUTS:
        raise Skipped("RHUMB_CUTS says how often to kill and to cut")
    for mode in modes:
        disturber = Disturber(scratch, history, mode)
        counted = [line for line in disturber.want[3].split("\n") if line]
        same((len(counted), {line.split("\t")[2] for line in counted}), (2 * (len(history.files) - 1), {"1"}),
             "files that counted themselves")
        disturber.file_by_file()
        most = -(-CUTS // len(modes))
        while min(disturber.kills, disturber.cuts) < most:
            disturber.run_to_the_end(most)
        logged = f"{sum(disturber.effective.values())} statements in the log" if disturber.log.is_kept else "no log"
        print(f"  mode {mode}: {disturber.kills} kills, {disturber.cuts} cuts in {disturber.turns} turns, "
              f"{disturber.went_on} runs went on to their end, {disturber.unknown} outcomes were unknown, {logged}",
              flush=True)


@test
def postgres_with_random_kills_and_cuts(scratch):
    disturb(scratch, OneSchema(scratch, Postgres(scratch), "postgres"), ("file", "none", "all"))


@test
def mariadb_with_random_kills_and_cuts(scratch):
    disturb(scratch, OneSchema(scratch, Mariadb(scratch), "mysql"), ("file", "none"))


@test
def six_schemas_of_postgres_with_random_kills_and_cuts(scratch):
    disturb(scratch, Tenants(scratch, Postgres(scratch)), ("file", "none"))
