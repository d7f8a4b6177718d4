"""A real history of 26 versions on PostgreSQL and MariaDB, under random cuts of the connection.

RHUMB_CUTS says how many, on each. Schema, rows and history must be those of a run that nobody disturbed;
every file counts itself at its start and its end in a table without any key. Where an outcome stays
unknown, the answer is what the database shows: its state is compared with that before and after the
statement.
"""

import json
import os
import random
import re
import subprocess

from cut_servers import HISTORY, Mariadb, Postgres, server_address
from cutting_proxy import Cut, CuttingProxy
from harness import SEED, Skipped, same, test, true
from real_history import authelia

CUTS = int(os.environ.get("RHUMB_CUTS", "0"))
# About as many cuts hit one history before it is complete.
CUTS_A_HISTORY = 12
COUNTER = "CREATE TABLE ran (file varchar(20), place varchar(20));\n"
# A procedure holds the usual delimiter.
PART = "-- atlas:delimiter \\n-- next\n\n"
COUNT = "INSERT INTO ran VALUES ('{file}', '{place}');\n"


def history(scratch, folder):
    if not CUTS:
        raise Skipped("RHUMB_CUTS says how often to cut")
    files = {"0000_counter.sql": COUNTER}
    for name, (version, text) in authelia(folder).items():
        files[name] = COUNT.format(file=version, place="first") + text + COUNT.format(file=version, place="last")
    scratch.directory(folder, files)
    return files


def dump(engine, schema):
    """The schema as the server's own tool writes it, without its name."""
    server = engine.database.server
    if isinstance(engine, Postgres):
        words = ["pg_dump", "--schema-only", "-n", schema, "-d", engine.database.psql_url]
        environment = os.environ
    else:
        words = ["mariadb-dump", "--no-defaults", "--no-data", "--routines", "--skip-comments",
                 "-h", server.hostname, "-P", str(server.port), "-u", server.username, schema]
        environment = {**os.environ, "MYSQL_PWD": server.password}
    text = subprocess.run(words, env=environment, text=True, capture_output=True, check=True).stdout
    text = re.sub(r"^(--|\\(un)?restrict ).*\n", "", text, flags=re.M)
    return re.sub(r" AUTO_INCREMENT=\d+", "", text).replace(schema, "SCHEMA")


def state(engine, schema):
    """Tables and how many rows each has; what was revised stands aside."""
    text = dump(engine, schema)
    names = sorted(set(re.findall(r"^CREATE TABLE (?:SCHEMA\.)?[`\"]?(\w+)", text, re.M)) - {"atlas_schema_revisions"})
    counts = [engine.sql(f"SELECT count(*) FROM {schema}.{name}").strip() for name in names]
    return text, dict(zip(names, counts))


class Cutter:
    def __init__(self, scratch, engine, folder, mode):
        self.scratch, self.engine, self.folder, self.mode = scratch, engine, folder, mode
        self.random = random.Random(SEED)
        self.cuts = self.unknown = self.went_on = self.schemas = 0
        self.undisturbed, self.turns = self.new_schema(), 0
        proxy = CuttingProxy(server_address(engine))
        self.apply(self.undisturbed, proxy.port).ok()
        proxy.close()
        self.turns, self.want = proxy.turns, self.content(self.undisturbed)

    def new_schema(self):
        self.schemas += 1
        name = f"{self.engine.database.name}_{self.mode}_{self.schemas}"
        self.engine.make_schema(name)
        return name

    def apply(self, schema, port, *more):
        return self.scratch.run("migrate", "apply", "--url", self.engine.url(schema, port), "--dir",
                                f"file://{self.folder}", "--tx-mode", self.mode, "--lock-timeout", "20s", *more)

    def content(self, schema):
        return (*state(self.engine, schema), self.engine.sql(HISTORY.format(schema=schema)),
                self.engine.sql(f"SELECT file, place, count(*) FROM {schema}.ran GROUP BY 1, 2 ORDER BY 1, 2"))

    def run_to_the_end(self, cuts_max):
        schema, options = self.new_schema(), ()
        for _ in range(10 * CUTS_A_HISTORY + cuts_max):
            cut = None
            if self.cuts < cuts_max:
                cut = Cut(turn=self.random.randint(1, 2 * self.turns // CUTS_A_HISTORY),
                          when=self.random.choice(("before", "sent", "answered")))
            proxy = CuttingProxy(server_address(self.engine), cut, only_that_line=self.random.random() < 0.3)
            done = self.apply(schema, proxy.port, *options)
            proxy.close()
            self.cuts += proxy.was_cut
            self.went_on += proxy.was_cut and done.code == 0
            options = ()
            if "is unknown: the run that started it" in done.err:
                options = ("--on-unknown", self.look(schema))
            elif "No migration files to execute" in done.out and not proxy.was_cut:
                same(self.content(schema), self.want, f"{self.mode}, {self.cuts} cuts (seed {SEED})")
                return
        raise AssertionError(f"{schema} was never complete: {done}")

    def look(self, schema):
        """Whether the statement in question has run, as the database shows."""
        self.unknown += 1
        self.engine.wait_for_quiet()
        version, applied = self.engine.sql(f"SELECT version, applied FROM {schema}.atlas_schema_revisions WHERE error "
                                           "LIKE 'rhumb: %'").split()
        found = state(self.engine, schema)
        before, after = self.states_around(version, int(applied))
        true(found in (before, after), f"statement {applied} + 1 of {version} is neither done nor undone")
        return "retry" if found == before else "skip"

    def states_around(self, version, applied):
        """What a database looks like before and after a statement of a version."""
        schema, port = self.new_schema(), server_address(self.engine)[1]
        self.apply(schema, port, "--to-version", f"{int(version) - 1:04}").ok()
        planned = json.loads(self.apply(schema, port, "1", "--dry-run", "--format", "{{ json . }}").ok().out)
        statements = planned["Applied"][0]["Applied"]
        return [self.state_with(version, statements[:count]) for count in (applied, applied + 1)]

    def state_with(self, version, statements):
        schema, port = self.new_schema(), server_address(self.engine)[1]
        self.apply(schema, port, "--to-version", f"{int(version) - 1:04}").ok()
        folder = f"part_{self.schemas}"
        self.scratch.directory(folder, {f"{version}_part.sql": PART + "\n-- next\n".join(statements) + "\n"})
        self.scratch.run("migrate", "apply", "--url", self.engine.url(schema, port), "--dir", f"file://{folder}",
                         "--tx-mode", "none", "--allow-dirty").ok()
        return state(self.engine, schema)


def cut_history(scratch, engine, folder, modes):
    files = history(scratch, folder)
    for mode in modes:
        cutter = Cutter(scratch, engine, folder, mode)
        same(cutter.want[3], "".join(f"{name[:4]}\t{place}\t1\n" for name in list(files)[1:]
                                     for place in ("first", "last")), "an undisturbed run")
        while cutter.cuts < CUTS // len(modes):
            cutter.run_to_the_end(CUTS // len(modes))
        print(f"  mode {mode}: {cutter.cuts} cuts, {cutter.went_on} runs went on to their end, {cutter.unknown} "
              "outcomes were unknown", flush=True)


@test
def postgres_with_random_cuts(scratch):
    cut_history(scratch, Postgres(scratch), "postgres", ("file", "none", "all"))


@test
def mariadb_with_random_cuts(scratch):
    cut_history(scratch, Mariadb(scratch), "mysql", ("file", "none"))
