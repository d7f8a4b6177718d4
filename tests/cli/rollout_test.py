"""`check` and `rollout` blocks of the project file: what they refuse, and what they let start when."""

import json

from harness import contains, lacks, matches, same, test
from scenes import FIRST, LOCAL_PROJECT, SECOND, SECOND_VERSION, apply, push, tables

CHECKS = """
check "migrate_apply" {
  allow "hotfix" {
    condition = getenv("HOTFIX") == "1"
  }
  deny "one file at a time" {
    condition = length(self.planned_migration.files) > 1
    message   = "${length(self.planned_migration.files)} files up to ${self.planned_migration.target_version}"
  }
}
"""
BLOCKED = ('"migrate apply" was blocked by pre-execution check (deny rule: "one file at a time" at line: 16): '
           f"2 files up to {SECOND_VERSION}")

ROLLOUT = """
deployment "staged" {
  variable "tenant" {
    type = string
  }
  group "rest" {
    match      = var.tenant != "canary"
    parallel   = 4
    on_error   = %s
    depends_on = [group.canary]
  }
  group "canary" {}
}
env "prod" {
  for_each = toset(["amber", "birch", "canary", "dune"])
  url      = "sqlite://${each.value}.db"
  migration {
    dir = "atlas://myapp"
  }
  rollout {
    deployment = deployment.staged
    vars = {
      tenant = each.value
    }
  }
}
"""
TARGETS = ("amber", "birch", "canary", "dune")


@test
def a_deny_stops_the_run_before_the_first_statement(scratch):
    server = scratch.server()
    scratch.directory("migrations", {**FIRST, **SECOND})
    scratch.write("atlas.hcl", LOCAL_PROJECT + CHECKS)
    apply(scratch, "prod.db", "--dry-run").fails(BLOCKED)
    apply(scratch, "prod.db").fails(BLOCKED)
    same(tables(scratch, "prod.db"), [], "tables")
    same([m["status"] for m in server.migrations()], ["FAILED", "DRY_RUN"], "reports")
    done = apply(scratch, "prod.db", "--format", "{{ json . }}")
    same((done.code, done.err), (1, ""), "exit and stderr with a format")
    contains(json.loads(done.out)["Error"], BLOCKED)
    apply(scratch, "prod.db", "1").ok().quiet()
    apply(scratch, "other.db", env="other").fails(BLOCKED)
    scratch.environment["HOTFIX"] = "1"
    apply(scratch, "other.db").ok().quiet()
    same(tables(scratch, "other.db"), ["orders", "users"], "tables after the allow")


def staged(scratch, on_error):
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", ROLLOUT % on_error)
    return server


def apply_all(scratch, *more):
    return scratch.run("migrate", "apply", "--env", "prod", "--allow-dirty", *more)


def migrated(scratch):
    return [name for name in TARGETS if "users" in tables(scratch, f"{name}.db")]


@test
def the_canary_goes_first(scratch):
    server = staged(scratch, "FAIL")
    apply_all(scratch).ok().quiet()
    same(migrated(scratch), list(TARGETS), "migrated")
    event, = server.migrations("status targets { migrations { id databaseName status } }")
    order = sorted(event["targets"]["migrations"], key=lambda m: int(m["id"]))
    same([m["databaseName"] for m in order], ["canary.db", "amber.db", "birch.db", "dune.db"], "order")


@test
def nothing_follows_a_failing_canary(scratch):
    server = staged(scratch, "CONTINUE")
    scratch.query("canary.db", "CREATE TABLE orders (id integer)")
    apply_all(scratch).fails("table orders already exists")
    same([tables(scratch, f"{name}.db") for name in ("amber", "birch", "dune")], [[], [], []], "tables")
    event, = server.migrations("status targetsSucceeded targetsTotal notStarted")
    same((event["status"], event["targetsSucceeded"], event["targetsTotal"]), ("FAILED", 0, 4), "set")
    contains(str(event["notStarted"]), "amber.db", "birch.db", "dune.db")
    apply_all(scratch, "--continue-on-error").fails("table orders already exists")
    same([name for name in TARGETS if "orders" in tables(scratch, f"{name}.db")], list(TARGETS), "all")


@test
def a_group_says_what_a_failure_means(scratch):
    for on_error, want in (("FAIL", []), ("CONTINUE", ["dune"])):
        for name in TARGETS:
            scratch.query(f"{name}.db", "DROP TABLE IF EXISTS orders")
            scratch.query(f"{name}.db", "DROP TABLE IF EXISTS users")
            scratch.query(f"{name}.db", "DROP TABLE IF EXISTS atlas_schema_revisions")
        if on_error == "FAIL":
            staged(scratch, on_error)
        scratch.write("atlas.hcl", ROLLOUT % on_error)
        scratch.query("birch.db", "CREATE TABLE orders (id integer)")
        done = apply_all(scratch).fails("table orders already exists")
        lacks(done.err, "targets failed")
        same([n for n in ("dune",) if "orders" in tables(scratch, f"{n}.db")], want, f"after birch, {on_error}")


@test
def a_rollout_that_leaves_a_target_out_does_not_start(scratch):
    staged(scratch, "FAIL")
    scratch.write("atlas.hcl", (ROLLOUT % "FAIL").replace('group "canary" {}', 'group "canary" {\n    match = false\n  }'))
    done = apply_all(scratch).fails('target "canary": no group of deployment "staged" takes it')
    matches(done.err, r"\AError: .*\n\Z")
