"""One run over several databases: what goes on, what is shown, and two runners at once."""

import fcntl
import json
import struct
import time

from harness import contains, lacks, matches, same, test, wait_for
from scenes import FIRST, FIRST_VERSION, SECOND, SECOND_VERSION, push, revisions, tables

F_OFD_SETLK = 37  # Linux, fcntl(2)

PROJECT = """\
env "production" {
  for_each = toset(["amber", "birch", "cedar"])
  url      = "sqlite://${each.value}.db"
  migration {
    dir = "atlas://myapp"
  }
}
"""


def three_tenants(scratch):
    """The second of three databases has a table that a migration wants to make."""
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", PROJECT)
    scratch.query("birch.db", "CREATE TABLE orders (id integer)")
    return server


def apply_all(scratch, *more):
    return scratch.run("migrate", "apply", "--env", "production", "--allow-dirty", *more)


@test
def goes_on_after_a_failing_tenant(scratch):
    server = three_tenants(scratch)
    done = apply_all(scratch, "--continue-on-error").fails("table orders already exists")
    matches(done.out, rf"^{server.address}/(dirs/\d+/)?deployments/sets/\d+$")
    same(revisions(scratch, "amber.db"), revisions(scratch, "cedar.db"), "histories of the good ones")
    same([r[0] for r in revisions(scratch, "birch.db")], [FIRST_VERSION], "history of the failed one")
    row = scratch.run("cloud", "migration", "list").ok().out.splitlines()[1]
    matches(row, r"^1 +myapp +MIGRATION_DIRECTORY +production +\(multiple\) +2/3 +20260514083000 +FAILED$")
    contains(scratch.run("cloud", "migration", "describe", "--id", "1").ok().out, "Targets       2/3 succeeded")
    databases = scratch.run("cloud", "database", "list", "--format",
                            "{{ range .Databases }}{{ .Name }} {{ .Status }} {{ .CurrentVersion }}\n{{ end }}")
    same(databases.ok().out.split("\n")[:3],
         [f"amber.db SYNCED {SECOND_VERSION}", f"birch.db FAILED {FIRST_VERSION}",
          f"cedar.db SYNCED {SECOND_VERSION}"], "databases")
    scratch.query("birch.db", "DROP TABLE orders")
    apply_all(scratch).ok().quiet()
    same([m["status"] for m in server.migrations()], ["PASSED", "FAILED"], "sets")


@test
def stops_at_the_first_failure_by_default(scratch):
    server = three_tenants(scratch)
    apply_all(scratch).fails("table orders already exists")
    same(tables(scratch, "amber.db"), ["orders", "users"], "the first tenant")
    same(tables(scratch, "cedar.db"), [], "the last tenant, never opened")
    event, = server.migrations("status targetsSucceeded targetsTotal notStarted"
                               " targets { migrations { databaseName status } }")
    same((event["status"], event["targetsSucceeded"], event["targetsTotal"]), ("FAILED", 1, 3), "set")
    same(sorted((t["databaseName"], t["status"]) for t in event["targets"]["migrations"]),
         [("amber.db", "PASSED"), ("birch.db", "FAILED")], "entries")
    contains(str(event["notStarted"]), "cedar.db")


@test
def a_run_is_shown_while_it_goes_on(scratch):
    """The third tenant's lock is held by somebody else; meanwhile the set has two of three."""
    server = three_tenants(scratch)
    scratch.query("birch.db", "DROP TABLE orders")
    scratch.query("cedar.db", "CREATE TABLE t (id integer)")
    with open(scratch.file_path("cedar.db.atlas-lock"), "w", encoding="utf-8") as held:
        fcntl.fcntl(held, F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))
        child = scratch.start("migrate", "apply", "--env", "production", "--allow-dirty",
                              "--lock-timeout", "30s")
        fields = "status targetsSucceeded targetsTotal"
        running = {"status": "RUNNING", "targetsSucceeded": 2, "targetsTotal": 3}
        wait_for(lambda: server.migrations(fields) == [running], "a set that is two thirds done")
    scratch.finish(child).ok().quiet()
    done = {"status": "PASSED", "targetsSucceeded": 3, "targetsTotal": 3}
    same(server.migrations(fields), [done], "the set when it is over")


@test
def target_picks_tenants(scratch):
    server = three_tenants(scratch)
    apply_all(scratch, "--target", "cedar").ok().quiet()
    same([tables(scratch, f"{name}.db") for name in ("amber", "cedar")], [[], ["orders", "users"]],
         "tables")
    same([m["databaseName"] for m in server.migrations()], ["cedar.db"], "a deployment of its own")
    apply_all(scratch, "--target", "[ac]*").ok().quiet()
    same(tables(scratch, "amber.db"), ["orders", "users"], "tables")
    apply_all(scratch, "--target", "elm").fails('no target matching "elm" in env "production"')
    scratch.run("migrate", "status", "--env", "production").fails('multiple envs found for "production"')
    status = scratch.run("migrate", "status", "--env", "production", "--target", "cedar").ok().quiet()
    contains(status.out, "OK", SECOND_VERSION)
    status = scratch.run("migrate", "status", "--env", "production", "--target", "*", "--format", "{{ .Status }}")
    same(status.ok().quiet().out, "OK\nPENDING\nOK", "one output a target, each on a line of its own")


@test
def every_tenant_is_one_document_of_json(scratch):
    three_tenants(scratch)
    done = apply_all(scratch, "--continue-on-error", "--format", "{{ json . }}")
    same((done.code, done.err), (1, ""), "exit code and stderr")
    documents = [json.loads(line) for line in done.out.splitlines() if line]
    same(len(documents), 3, "documents")
    same(["Error" in d for d in documents], [False, True, False], "documents with an error")
    contains(documents[1]["Error"], "table orders already exists")


@test
def a_tenant_that_cannot_be_opened_does_not_stop_the_others(scratch):
    server = three_tenants(scratch)
    scratch.write("atlas.hcl", PROJECT.replace('"sqlite://${each.value}.db"',
                                               'each.value == "birch" ? "sqlite://none/x.db" : "sqlite://${each.value}.db"'))
    apply_all(scratch, "--continue-on-error").fails("unable to open database file")
    event, = server.migrations("status targetsSucceeded targetsTotal")
    same((event["status"], event["targetsSucceeded"], event["targetsTotal"]), ("FAILED", 2, 3), "set")
    done = apply_all(scratch, "--continue-on-error", "--format", "{{ json . }}")
    same((done.code, done.err), (1, ""), "exit code and stderr")
    failed = json.loads(done.out.splitlines()[1])
    same((failed["Driver"], failed["URL"]["Host"], failed["Dir"]), ("sqlite", "none", "atlas://myapp"), "target")
    contains(failed["Error"], "unable to open database file")
    lacks(failed["Start"], "1970")


@test
def an_environment_without_tenants_is_an_error_unless_allowed(scratch):
    scratch.write("atlas.hcl", PROJECT.replace('["amber", "birch", "cedar"]', "[]"))
    apply_all(scratch).fails('env "production" not defined in config file')
    same(apply_all(scratch, "--allow-empty-targets").ok().quiet().out, "", "stdout")
    scratch.run("migrate", "apply", "--env", "other", "--allow-empty-targets").fails('env "other" not defined')


SLOW = ("CREATE TABLE slow (n integer);\nINSERT INTO slow WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL"
        " SELECT n + 1 FROM c WHERE n < %d) SELECT count(*) FROM c;\n")


def start_slow_run(scratch):
    """A run that holds its database for some seconds."""
    child = scratch.start("migrate", "apply", "--url", "sqlite://one.db", "--dir", "file://slow")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if "holder" in open(scratch.file_path("one.db.atlas-lock"), encoding="utf-8").read():
                return child
        except OSError:
            pass
        time.sleep(0.01)
    raise AssertionError("the first run never took its lock")


@test
def a_second_runner_waits_and_finds_nothing_to_do(scratch):
    scratch.directory("slow", {"1_slow.sql": SLOW % 3_000_000})
    first = start_slow_run(scratch)
    second = scratch.run("migrate", "apply", "--url", "sqlite://one.db", "--dir", "file://slow",
                         "--lock-timeout", "60s")
    contains(second.ok().out, "No migration files to execute")
    scratch.finish(first).ok()
    same(scratch.query("one.db", "SELECT n FROM slow"), [(3_000_000,)], "inserted once")


@test
def a_second_runner_that_may_not_wait_names_the_holder(scratch):
    scratch.directory("slow", {"1_slow.sql": SLOW % 10_000_000})
    first = start_slow_run(scratch)
    second = scratch.run("migrate", "apply", "--url", "sqlite://one.db", "--dir", "file://slow",
                         "--lock-timeout", "100ms")
    second.fails("acquiring database lock: ", "held by apply tester@", f":{first.pid} since 2")
    lacks(second.out, "Migrating")
    first.kill()
    scratch.finish(first)
    third = scratch.run("migrate", "status", "--url", "sqlite://one.db", "--dir", "file://slow").ok()
    contains(third.out, "PENDING")


@test
def tenants_never_wait_for_each_other(scratch):
    scratch.directory("slow", {"1_slow.sql": SLOW % 10_000_000})
    first = start_slow_run(scratch)
    scratch.directory("quick", FIRST)
    scratch.run("migrate", "apply", "--url", "sqlite://two.db", "--dir", "file://quick",
                "--lock-timeout", "0s").ok().quiet()
    same(first.poll(), None, "exit of the slow run, still working")
    first.kill()
    scratch.finish(first)
