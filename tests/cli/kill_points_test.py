"""A file of many kinds of statements that no transaction covers, killed before, inside and after each of them.

Wherever the row of the run and the catalog prove what was done, the next run goes on by itself; where they do
not, it executes nothing, names the statement and says what the catalog shows. In the end everything has been
done once. RHUMB_KILL_POINTS is the number of statements.
"""

import os
import signal

from cut_servers import HISTORY, server_address
from cutting_proxy import CuttingProxy
from databases import PostgresDatabase
from harness import contains, lacks, matches, same, test, true, wait_for
from kill_points import Kill, MariadbServer, PostgresServer

STATEMENTS = int(os.environ.get("RHUMB_KILL_POINTS", "10"))
ROUND = 20
UNPROVED_PLACE = 7
PROVED_MIN = 0.95
MOMENTS = ("before", "sent", "answered")
# What row and catalog cannot prove: one in a round.
MARIADB_UNPROVED = ["ALTER TABLE t{r} MODIFY n bigint", "CREATE OR REPLACE VIEW v{r} AS SELECT n + 1 AS m FROM t{r}",
                    "GRANT SELECT ON t{r} TO {user}", "CALL p{r}()", "TRUNCATE TABLE t{r}"]
MARIADB_ROUND = [
    "CREATE TABLE t{r} (id int PRIMARY KEY AUTO_INCREMENT, n int)",
    "INSERT INTO t{r} (id, n) VALUES (1, 1), (2, 2), (3, 3)",
    "ALTER TABLE t{r} ADD COLUMN note varchar(20)",
    "CREATE INDEX t{r}_n ON t{r} (n)",
    "CREATE PROCEDURE p{r}() INSERT INTO t{r} (n) VALUES (9)",
    "CREATE VIEW v{r} AS SELECT n FROM t{r}",
    None,
    "UPDATE t{r} SET n = n + 1",
    "CREATE TRIGGER g{r} BEFORE INSERT ON t{r} FOR EACH ROW SET NEW.note = 'g'",
    "DROP TRIGGER g{r}",
    "INSERT INTO t{r} (n) SELECT n + 10 FROM t{r}",
    "DELETE FROM t{r} WHERE n > 10 ORDER BY n LIMIT 1",
    "ALTER TABLE t{r} DROP INDEX t{r}_n",
    "ALTER TABLE t{r} ADD CONSTRAINT c{r} UNIQUE (id, n)",
    "ALTER TABLE t{r} RENAME COLUMN note TO remark",
    "DROP VIEW v{r}",
    "DROP PROCEDURE p{r}",
    "RENAME TABLE t{r} TO w{r}",
    "REPLACE INTO w{r} (id, n) VALUES (1, 77)",
    "CREATE TABLE x{r} (n int)|DROP TABLE x{before}",
]
POSTGRES_UNPROVED = ["DO 'BEGIN INSERT INTO t{r} (n) VALUES (9); END'", "SELECT setval('t{r}_id_seq', 100)",
                     "CALL q{r}()", "REINDEX INDEX CONCURRENTLY t{r}_n", "VACUUM t{r}"]
POSTGRES_ROUND = [
    "CREATE TABLE t{r} (id serial PRIMARY KEY, n int)",
    "INSERT INTO t{r} (n) VALUES (1), (2), (3)",
    "CREATE INDEX CONCURRENTLY t{r}_n ON t{r} (n)",
    "ALTER TABLE t{r} ADD COLUMN note text",
    "CREATE PROCEDURE q{r}() LANGUAGE sql AS 'INSERT INTO t{r} (n) VALUES (9)'",
    "CREATE VIEW v{r} AS SELECT n FROM t{r}",
    None,
    "UPDATE t{r} SET n = n + 1",
    "CREATE UNIQUE INDEX CONCURRENTLY t{r}_id ON t{r} (id, n)",
    "DROP INDEX CONCURRENTLY t{r}_n",
    "INSERT INTO t{r} (n) SELECT n + 10 FROM t{r}",
    "DELETE FROM t{r} WHERE n > 10",
    "COMMENT ON TABLE t{r} IS 'of round {r}'",
    "ALTER TABLE t{r} ADD CONSTRAINT c{r} CHECK (n > 0)",
    "GRANT SELECT ON t{r} TO PUBLIC",
    "DROP VIEW v{r}",
    "ALTER TABLE t{r} RENAME TO w{r}",
    "CREATE TYPE e{r} AS ENUM ('a', 'b')",
    "TRUNCATE w{r}",
    "INSERT INTO w{r} (n) VALUES (77)",
]


def statements_of(round_, unproved, **names):
    """-> so many statements"""
    texts = []
    for number in range(STATEMENTS):
        r = number // ROUND
        text = round_[number % ROUND] or unproved[r % len(unproved)]
        text = text.split("|")[r % 2] if "|" in text else text
        texts.append(text.format(r=r, before=r - 1, **names) + ";")
    return texts


class Killer:
    """Goes through the statements of one file in three schemas, one for each moment of the kill."""

    def __init__(self, scratch, engine, statements):
        self.scratch, self.engine, self.statements = scratch, engine, statements
        self.states = {}  # around what cannot be proved, by the number of statements that are done
        self.proved = self.unproved = self.inside = 0
        scratch.directory("migrations", {"1_mixed.sql": "\n".join(statements) + "\n"})

    def new_schema(self, name):
        schema = f"{self.engine.database.name}_{name}"
        self.engine.make_schema(schema)
        return schema

    def apply(self, schema, port, *more):
        return self.scratch.start("migrate", "apply", "--url", self.engine.url(schema, port), "--tx-mode", "none",
                                  "--lock-timeout", "20s", *more)

    def undisturbed(self):
        schema = self.new_schema("whole")
        self.scratch.finish(self.apply(schema, server_address(self.engine)[1])).ok().quiet()
        return self.content(schema)

    def content(self, schema):
        return self.engine.state(schema), self.engine.sql(HISTORY.format(schema=schema))

    def go_through(self, moment):
        """-> content after a kill at every statement"""
        schema = self.new_schema(moment)
        for number, statement in enumerate(self.statements, 1):
            kill = Kill(self.engine, schema, statement, moment)
            done = self.run(schema, number - 1, moment, kill)
            true(done.code == -signal.SIGKILL, f"killed at statement {number}, {moment}: {done}")
            self.inside += kill.was_inside
            if moment == "before" and {number, number - 1} & self.cannot_be_proved():
                self.states[number - 1] = self.engine.state(schema)
        self.run(schema, len(self.statements), moment).ok()
        if moment == "before":
            self.states[len(self.statements)] = self.engine.state(schema)
        return self.content(schema)

    def cannot_be_proved(self):
        return {number for number in range(1, len(self.statements) + 1) if number % ROUND == UNPROVED_PLACE}

    def run(self, schema, killed, moment, kill=None):
        """Goes on after the run that was killed at a statement."""
        done = self.run_once(schema, kill)
        if killed == 0:
            return done
        if "is unknown: the run that started it" not in done.err:
            true(killed not in self.cannot_be_proved(), f"statement {killed} cannot be proved: {done}")
            self.proved += 1
            matches(done.err, rf'^statement {killed} of "1_mixed.sql", started .* (it is run again|counts as applied)$')
            return done
        true(killed in self.cannot_be_proved(), f"statement {killed} can be proved: {done}")
        self.unproved += 1
        done.fails(f'outcome of statement {killed} from file "1_mixed.sql" is unknown', "\n  database: ")
        lacks(done.out, "Migrating to version")
        return self.run_once(schema, kill, "--on-unknown", self.look(schema, killed, moment))

    def run_once(self, schema, kill, *more):
        proxy = CuttingProxy(server_address(self.engine), kill)
        child = self.apply(schema, proxy.port, *more)
        if kill:
            kill.child = child
        done = self.scratch.finish(child)
        proxy.close()
        return done

    def look(self, schema, number, moment):
        """What the database shows of a statement whose outcome cannot be proved."""
        if moment == "before":
            return "retry"
        self.engine.wait_for_quiet()
        found, before, after = self.engine.state(schema), self.states[number - 1], self.states[number]
        if found != before:
            same(found, after, f"statement {number}, {moment}, is neither undone nor done")
        return "retry" if found == before else "skip"


def kill_everywhere(scratch, engine, statements):
    killer = Killer(scratch, engine, statements)
    want = killer.undisturbed()
    for moment in MOMENTS:
        same(killer.go_through(moment), want, f"killed at every statement, {moment}")
    total = killer.proved + killer.unproved
    print(f"  {len(statements)} statements, {total} kills ({killer.inside} inside of a statement): {killer.proved} "
          f"proved, {killer.unproved} not, {100 * killer.proved / total:.1f} %", flush=True)
    true(killer.proved >= PROVED_MIN * total or STATEMENTS < ROUND, f"proved {killer.proved} of {total}")


@test
def a_file_on_postgres_is_killed_at_every_statement(scratch):
    kill_everywhere(scratch, PostgresServer(scratch), statements_of(POSTGRES_ROUND, POSTGRES_UNPROVED))


@test
def a_file_on_mariadb_is_killed_at_every_statement(scratch):
    engine = MariadbServer(scratch)
    user = engine.make_user()
    kill_everywhere(scratch, engine, statements_of(MARIADB_ROUND, MARIADB_UNPROVED, user=user))


SLOW_COMMIT = ("CREATE TABLE ran (n int);\nCREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
               "pg_sleep(1.5); RETURN NULL; END $$;\nCREATE CONSTRAINT TRIGGER slow AFTER INSERT ON ran DEFERRABLE "
               "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow();\n")


@test
def a_commit_on_postgres_that_goes_on_after_its_run_was_killed_is_waited_for(scratch):
    """The row that tells of it is part of the transaction, so it must not be read before the end of that."""
    for mode in ("file", "none"):
        database = PostgresDatabase(scratch)
        scratch.directory("migrations", {"1_a.sql": SLOW_COMMIT, "2_b.sql": "INSERT INTO ran VALUES (1);\n"})
        words = ("migrate", "apply", "--url", database.url, "--tx-mode", mode)
        child = scratch.start(*words)
        wait_for(lambda: database.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                                      "state = 'active' AND query = 'COMMIT'") == "1\n", "the commit")
        child.kill()
        scratch.finish(child)
        contains(scratch.run(*words, "--lock-timeout", "20s").ok().quiet().out, "No migration files to execute")
        same(database.sql("SELECT n FROM ran"), "1\n", f"rows, mode {mode}")
