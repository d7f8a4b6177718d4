"""No literal of a reported run reaches a request, the spool, or the folder of the registry.

Literals begin and end with a mark that nothing else contains, so a piece of one is found as well, be it
plain, in hexadecimal or in base64. Statements are random.
"""

import base64
import os
import random
import string

from harness import SEED, contains, same, test, true
from recording_proxy import RecordingProxy
from scenes import LOCAL_PROJECT, apply

STATEMENTS = int(os.environ.get("RHUMB_STATEMENTS", "20000"))
STATEMENTS_PER_FILE = 1000
MARK = "Zq7xWv9k"


def forms_of_mark():
    """The mark as bytes may carry it."""
    raw = MARK.encode()
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        forms.add(encoded[(shift * 4 + 2) // 3:(shift + len(raw)) * 4 // 3])
    return forms


FORMS = forms_of_mark()


def check_clean(data, what):
    data = data if isinstance(data, bytes) else data.encode()
    for form in FORMS:
        at = data.find(form)
        if at >= 0:
            raise AssertionError(f"a literal is in {what}: {data[max(0, at - 160):at + 160]!r}")


def check_folder(folder, what):
    for parent, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(parent, name), "rb") as f:
                check_clean(f.read(), f"{what} {name}")


class Statements:
    """Random statements that SQLite executes, full of literals."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.made = 0

    def word(self):
        return "".join(self.random.choices(string.ascii_letters + string.digits, k=12))

    def literal(self, in_comment=False):
        # Whatever a value may hold, between the marks.
        odd = ["''", "''''", "\\", "\\''", '"', "`", ";", "--", "$$", "é", "\u2028", "😀", "<&>",
               "{\"pw\":\"", "%s", "(", "]"]
        odd += [] if in_comment else ["/*", "*/", "\n", "\r\n", "\n\n-- atlas:sensitive\n"]
        inner = self.word().join(self.random.choices(odd, k=self.random.randrange(3)))
        return f"'{MARK}{self.word()}{inner}{self.word()}{MARK}{self.random.choice(['', '', chr(92)])}'"

    def blob(self):
        letters = (MARK + self.word() + MARK).encode().hex()
        return f"{self.random.choice('xX')}'{self.random.choice([letters, letters.upper()])}'"

    def next(self):
        self.made += 1
        n, lit, blob = self.made, self.literal, self.blob
        value = self.literal(in_comment=True)
        return self.random.choice([
            lambda: f"INSERT INTO t (a, b) VALUES ({lit()}, {blob()});",
            lambda: f"INSERT INTO t VALUES ({lit()},{lit()}),({lit()},NULL) ;",
            lambda: f"UPDATE t SET a = {lit()} WHERE b = {blob()} OR a LIKE {lit()} ESCAPE '\\';",
            lambda: f"DELETE FROM t WHERE a IN ({lit()}, {lit()}, lower({lit()}));",
            lambda: f"INSERT INTO t SELECT {lit()} || {lit()}, CAST({lit()} AS blob) WHERE {lit()}<>{lit()};",
            lambda: f"CREATE VIEW v{n} AS SELECT {lit()} AS \"x;'\", [a] FROM t WHERE a = {lit()};\n"
                    f"DROP VIEW v{n};",
            lambda: f"CREATE TABLE t{n} (a text DEFAULT {lit()} CHECK (a <> {lit()}), `b;` text DEFAULT ({lit()}));\n"
                    f"DROP TABLE t{n};",
            lambda: f"CREATE TRIGGER r{n} AFTER DELETE ON t BEGIN INSERT INTO t VALUES ({lit()}, {lit()});\n"
                    f"  SELECT CASE WHEN {lit()} GLOB {lit()} THEN {lit()} END;\nEND;\nDROP TRIGGER r{n};",
            lambda: f"-- was {value} before\nUPDATE t SET a = {value};",
            lambda: f"INSERT INTO t /* instead of {value}; */ VALUES ({value}, 'x') -- {value}\n;",
            lambda: f"WITH c(x) AS (VALUES ({lit()}), ({lit()})) INSERT INTO t SELECT x, {lit()} FROM c;",
            lambda: f"SELECT printf({lit()}, -1e3, .5, 0x1F, {blob()}), {lit()} COLLATE NOCASE, '';",
        ])()


def project(scratch, files):
    scratch.directory("migrations", files)
    scratch.write("atlas.hcl", LOCAL_PROJECT)


def many_files(generator):
    files = {"00000_t.sql": "CREATE TABLE t (a text, b blob);\n"}
    for number in range(STATEMENTS // STATEMENTS_PER_FILE):
        lines = ["DELETE FROM t;"] + [generator.next() for _ in range(STATEMENTS_PER_FILE)]
        files[f"{number + 1:05}_many.sql"] = "\n".join(lines) + "\n"
    return files


@test
def no_literal_leaves_the_machine(scratch):
    server = scratch.server()
    proxy = RecordingProxy(server)
    scratch.stack.callback(proxy.close)
    scratch.environment["ATLAS_CLOUD_URL"] = proxy.endpoint
    files = many_files(Statements(SEED))
    project(scratch, files)
    apply(scratch, "prod.db").ok().quiet()
    apply(scratch, "dry.db", "--dry-run").ok().quiet()
    true(sum(map(len, proxy.bodies)) > 20 * STATEMENTS, "the bodies went through the proxy")
    for body in proxy.bodies:
        check_clean(body, "a request")
    events = server.migrations("status log error files { name content error { stmt text } }")
    same([event["status"] for event in events], ["DRY_RUN", "PASSED"], "deployments")
    for event in events:
        check_clean(repr(event), "an answer of the registry")
    for got in events[1]["files"]:
        same(got["content"].count("\n"), files[got["name"]].count("\n"), f"lines of {got['name']}")
    contains(events[1]["files"][1]["content"], "(sensitive)")
    server.stop()
    check_folder(server.data, "the folder of the registry")
    done = apply(scratch, "late.db").ok()
    check_clean(done.err, "stderr")
    same(len(scratch.spool()), 1, "spooled reports")
    check_folder(os.path.join(scratch.home, ".atlas"), "the spool")


FAILING = {
    "a missing table": lambda s: f"INSERT INTO nowhere VALUES ({s.literal()});",
    "a syntax error at a literal": lambda s: f"INSERT INTO t VALUES ({s.literal()} {s.literal()});",
    "a check that quotes its text": lambda s: (lambda v: f"CREATE TABLE c (a text CHECK (a <> {v}));\n"
                                               f"INSERT INTO c VALUES ({v});")(s.literal()),
    "a trigger that raises a text": lambda s: "CREATE TRIGGER r BEFORE INSERT ON t BEGIN\n  SELECT RAISE(ABORT,"
                                              f" {s.literal()});\nEND;\nINSERT INTO t VALUES ({s.literal()}, 1);",
    "a blob that is none": lambda s: f"INSERT INTO t VALUES (X'zz{MARK}{s.word()}{MARK}', 1);",
    "a quote left open": lambda s: f"SELECT 1;\nINSERT INTO t VALUES ('{MARK}{s.word()}{MARK}, 1);",
    "a parenthesis left open": lambda s: f"INSERT INTO t VALUES ({s.literal()}, ({s.literal()};",
    "a broken JSON": lambda s: f"SELECT json_extract({s.literal()}, {s.literal()});",
    "a pattern of a marked file": lambda s: f"-- atlas:sensitive\n\nINSERT INTO nowhere VALUES ({s.literal()});",
    "a file that cannot be attached": lambda s: f"ATTACH '/none/{MARK}{s.word()}{MARK}' AS other;",
    "a collation": lambda s: f"SELECT {s.literal()} COLLATE nothing;",
}


@test
def no_literal_is_in_the_report_of_a_failure(scratch):
    server = scratch.server()
    proxy = RecordingProxy(server)
    scratch.stack.callback(proxy.close)
    scratch.environment["ATLAS_CLOUD_URL"] = proxy.endpoint
    generator = Statements(SEED)
    for number, (name, make) in enumerate(FAILING.items()):
        migrations = {"1_t.sql": "CREATE TABLE t (a text, b blob);\n", "2_bad.sql": make(generator) + "\n"}
        scratch.directory(f"bad{number}", migrations)
        scratch.write("atlas.hcl", LOCAL_PROJECT.replace("file://migrations", f"file://bad{number}"))
        seen = len(proxy.bodies)
        apply(scratch, f"bad{number}.db").fails()
        for body in proxy.bodies[seen:]:
            check_clean(body, f"a request of {name}")
    same({event["status"] for event in server.migrations()}, {"FAILED"}, "statuses")
    server.stop()
    check_folder(server.data, "the folder of the registry")


@test
def a_check_of_an_earlier_run_does_not_tell_its_literal(scratch):
    server = scratch.server()
    value = Statements(SEED).literal(in_comment=True)
    project(scratch, {"1_c.sql": f"CREATE TABLE s (a text);\nINSERT INTO s VALUES ({value});\n"
                                 f"CREATE TABLE c (a text CHECK (a <> {value}));\n"})
    apply(scratch, "prod.db").ok()
    scratch.directory("migrations", {"2_i.sql": "INSERT INTO c SELECT a FROM s;\n"})
    done = apply(scratch, "prod.db").fails("CHECK constraint failed: a <> '", MARK)
    same(done.out.count("CHECK constraint failed"), 1, "times the terminal tells it")
    event = server.migrations("log error files { content error { stmt text } }")[0]
    contains(event["error"], "CHECK constraint failed")
    check_clean(repr(event), "the report")
