"""`migrate down` on a directory of the registry: reported, and approved where the repository asks for it."""

import json
import sqlite3

from fake_cloud import FakeServer
from harness import contains, lacks, matches, same, test, true
from scenes import push, tables

PROJECT = """\
env {
  name = atlas.env
  url  = "sqlite://app.db"
  migration {
    dir = "atlas://app"
  }
}
"""
JSON = ("--format", "{{ json . }}")


def file_of(table, down=None):
    down = f"DROP TABLE {table};" if down is None else down
    return f"-- atlas:txtar\n\n-- migration.sql --\nCREATE TABLE {table} (id integer);\n\n-- down.sql --\n{down}\n"


FILES = {f"{n}_{name}.sql": file_of(name) for n, name in ((1, "a"), (2, "b"), (3, "c"))}


def applied(scratch, files=None, protect=False):
    """A registry, its directory `app`, and app.db at the newest version. -> server"""
    server = scratch.server()
    push(scratch, files or FILES, name="app")
    scratch.write("atlas.hcl", PROJECT)
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    if protect:
        scratch.run("cloud", "repo", "update", "--slug", "app", "--protect-down").ok().quiet()
    return server


def down(scratch, *more, **options):
    return scratch.run("migrate", "down", "--env", "prod", *more, **options)


def bot(scratch, name, scopes):
    """A token of a new bot."""
    done = scratch.run("cloud", "token", "create", "--bot", name, "--scope", scopes).ok().quiet()
    return {"ATLAS_TOKEN": done.out.strip()}


def history(scratch):
    with sqlite3.connect(scratch.file_path("app.db")) as database:
        rows = database.execute("SELECT version FROM atlas_schema_revisions WHERE version NOT LIKE '.%'"
                                " ORDER BY version").fetchall()
    database.close()
    return [version for version, in rows]


def database(server):
    row, = server.api("{ databases { databases { status currentVersion envName } } }")["databases"]["databases"]
    return f"{row['envName']} {row['status']} {row['currentVersion']}"


def plan_of(done):
    """What a run that waits printed. -> (report, id of the plan)"""
    report = json.loads(done.out)
    return report, matches(report["URL"], r"/plans/(\d+)$")[1]


@test
def a_revert_that_nobody_protects_is_reported(scratch):
    server = applied(scratch)
    done = down(scratch).ok().quiet()
    contains(done.out, "Migrating down from version 3 to 2 (1 migration in total):", "    -> DROP TABLE c;")
    matches(done.out, rf"^{server.address}/deployments/2$")
    same((history(scratch), tables(scratch, "app.db")), (["1", "2"], ["a", "b"]), "database")
    same(database(server), "prod PENDING 2", "what the registry knows")
    event = server.api("{ migration(id: 2) { kind status fromVersion toVersion currentVersion log files { name "
                       "content applied } downPlan { id } } }")["migration"]
    same([event[key] for key in ("kind", "status", "fromVersion", "toVersion", "currentVersion", "downPlan")],
         ["DOWN", "PASSED", "3", "2", "2", None], "event")
    same([(file["name"], file["applied"]) for file in event["files"]], [("3_c.sql", 1)], "files")
    contains(event["log"], "  -- reverting version 3")
    report = json.loads(down(scratch, "2", *JSON).ok().quiet().out)
    same([report[key] for key in ("Current", "Target", "Total", "Status", "URL")],
         ["2", "", 2, "APPLIED", f"{server.address}/deployments/3"], "JSON")
    same(down(scratch).ok().quiet().out.splitlines()[0], "No migrations to revert", "nothing left")
    same([m["status"] for m in server.migrations()], ["NO_ACTION", "PASSED", "PASSED", "PASSED"], "events")


@test
def a_dry_run_asks_for_nothing_and_is_reported_as_one(scratch):
    server = applied(scratch, protect=True)
    contains(down(scratch, "--dry-run").ok().quiet().out, "DROP TABLE c;")
    report = json.loads(down(scratch, "--dry-run", *JSON).ok().quiet().out)
    same((report.get("Status"), "Reverted" in report), (None, False), "JSON of a dry run")
    same(history(scratch), ["1", "2", "3"], "history")
    same([m["status"] for m in server.migrations()], ["DRY_RUN", "DRY_RUN", "PASSED"], "events")
    same(database(server), "prod SYNCED 3", "what the registry knows")
    same(server.api("{ migratePlans { pageInfo { total } } }")["migratePlans"]["pageInfo"]["total"], 0, "plans")


@test
def a_protected_revert_waits_for_somebody_else(scratch):
    server = applied(scratch, protect=True)
    runner = bot(scratch, "runner", "dir:read,report:write")
    approver = bot(scratch, "approver", "plan:approve,cloud:read")
    done = down(scratch, *JSON, env=runner)
    same((done.code, done.err), (1, ""), "status and stderr")
    report, plan = plan_of(done)
    same([*report], ["Planned", "Current", "Target", "Total", "Start", "End", "URL", "Status"], "keys")
    same((report["Status"], report["URL"]), ("PENDING_USER", f"{server.address}/plans/{plan}"), "answer")
    same(plan_of(down(scratch, *JSON, env=runner))[1], plan, "the same plan again")
    text = down(scratch, env=runner)
    same((text.code, text.err), (1, ""), "status and stderr of the text")
    same(text.out, f"""Migrating down from version 3 to 2 (1 migration in total):

  -- reverting version 3
    -> DROP TABLE c;

To approve the plan visit: {server.address}/plans/{plan}
""", "text")
    same(history(scratch), ["1", "2", "3"], "history")
    same(len(server.migrations()), 1, "deployments while it waits")

    listed = scratch.run("cloud", "plan", "list", env=approver).ok().quiet().out
    contains(listed.splitlines()[1], plan, "app", "prod", "PENDING_USER", "3", "2", "runner")
    shown = scratch.run("cloud", "plan", "describe", "--id", plan, env=approver).ok().quiet().out
    contains(shown, "DROP TABLE c;", "3_c.sql", f"rhumb cloud plan approve --id {plan}")
    scratch.run("cloud", "plan", "approve", "--id", plan, env=runner).fails("plan:approve")
    done = scratch.run("cloud", "plan", "approve", "--id", plan, "--comment", "seen", env=approver).ok().quiet()
    contains(done.out, plan, "APPROVED")
    scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).fails("is APPROVED and cannot be approved")

    report = json.loads(down(scratch, *JSON, env=runner).ok().quiet().out)
    same((report["Status"], report["URL"]), ("APPLIED", f"{server.address}/plans/{plan}"), "after the approval")
    same((history(scratch), tables(scratch, "app.db")), (["1", "2"], ["a", "b"]), "database")
    event = server.api("{ migration(id: 2) { status downPlan { id status decisions { approved comment actor { name }"
                       " } } } }")["migration"]
    same(event["downPlan"], {"id": plan, "status": "APPLIED", "decisions": [
        {"approved": True, "comment": "seen", "actor": {"name": "approver"}}]}, "plan of the deployment")
    actions = [e["action"] for e in server.api("{ auditLog { entries { action } } }")["auditLog"]["entries"]]
    for action in ("policy.update", "down.request", "down.approve", "deployment.report"):
        true(action in actions, f"{action} in the audit log: {actions}")


@test
def who_asks_may_not_approve(scratch):
    applied(scratch, protect=True)
    _, plan = plan_of(down(scratch, *JSON))
    scratch.run("cloud", "plan", "approve", "--id", plan).fails('cannot be approved by "admin", who asked for it')
    scratch.run("cloud", "plan", "approve", "--id", "99").fails("plan not found")
    scratch.run("cloud", "plan", "approve", "--id", "x").fails("plan not found")
    scratch.run("cloud", "plan", "approve").fails('required flag(s) "id" not set')
    same(history(scratch), ["1", "2", "3"], "history")
    scratch.run("cloud", "repo", "update", "--slug", "app", "--self-approval").ok().quiet()
    scratch.run("cloud", "plan", "approve", "--id", plan).fails("who asked for it")
    scratch.run("cloud", "repo", "update", "--slug", "app", "--protect-down=false").ok().quiet()
    down(scratch).ok().quiet()
    same(history(scratch), ["1", "2"], "history")
    scratch.run("cloud", "plan", "list", "--status", "ABORTED").ok()


@test
def an_aborted_plan_stops_the_run(scratch):
    server = applied(scratch, protect=True)
    approver = bot(scratch, "approver", "plan:approve,cloud:read")
    _, plan = plan_of(down(scratch, *JSON))
    contains(scratch.run("cloud", "plan", "abort", "--id", plan, "--comment", "no", env=approver).ok().out, "ABORTED")
    done = down(scratch, *JSON).fails("migration plan was aborted")
    same((plan_of(done)[1], json.loads(done.out)["Status"]), (plan, "ABORTED"), "JSON")
    lacks(done.out, '"Error"')
    contains(down(scratch).fails("migration plan was aborted").out, f"{server.address}/plans/{plan}")
    scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).fails("is ABORTED")
    same(history(scratch), ["1", "2", "3"], "history")
    same(len(server.migrations()), 1, "deployments")
    same(plan_of(down(scratch, "2", *JSON))[1] != plan, True, "another revert is another plan")


@test
def what_changes_after_the_approval_needs_a_new_one(scratch):
    applied(scratch, protect=True)
    approver = bot(scratch, "approver", "plan:approve,cloud:read")

    def approve(*more):
        report, plan = plan_of(down(scratch, *more, *JSON))
        same(report["Status"], "PENDING_USER", "status")
        scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).ok().quiet()
        return plan

    first = approve()
    push(scratch, {**FILES, "3_c.sql": file_of("c", "DELETE FROM c;\nDROP TABLE c;")}, name="app")
    second = approve()
    true(second != first, "a script that changed is another plan")
    push(scratch, {**FILES, "4_d.sql": file_of("d")}, name="app")
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    down(scratch, "--to-version", "3", *JSON)
    scratch.run("cloud", "plan", "approve", "--id", "3", env=approver).ok().quiet()
    down(scratch, "--to-version", "3").ok().quiet()
    same(history(scratch), ["1", "2", "3"], "history")
    report, again = plan_of(down(scratch, *JSON))
    same((report["Status"], again in (first, second)), ("PENDING_USER", False), "the database has moved since")
    same(history(scratch), ["1", "2", "3"], "history")


@test
def the_same_revert_is_asked_for_each_time(scratch):
    applied(scratch, protect=True)
    approver = bot(scratch, "approver", "plan:approve,cloud:read")
    plans = []
    for _ in range(2):
        _, plan = plan_of(down(scratch, *JSON))
        plans.append(plan)
        scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).ok().quiet()
        down(scratch).ok().quiet()
        scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    same(len(set(plans)), 2, f"plans {plans}")
    same(history(scratch), ["1", "2", "3"], "history")


@test
def a_report_waits_while_the_registry_is_away(scratch):
    """It stops between the answer about the approval and the report."""
    server = applied(scratch)
    asked = []

    def answer(request, body):
        text = body.decode()
        asked.append(text)
        if "ReportMigrationDown" in text:
            return 503, "away"
        status, reply = server.post(json.loads(text))
        return status, json.dumps(reply), {"X-Registry-Features": "ext"}

    front = FakeServer(scratch, answer)
    done = down(scratch, env={"ATLAS_CLOUD_URL": f"{front.url}/query"}).ok()
    contains(done.err, "Error: ", "503")
    same((history(scratch), tables(scratch, "app.db")), (["1", "2"], ["a", "b"]), "database")
    same(len(scratch.spool()), 1, "spooled reports")
    same(database(server), "prod SYNCED 3", "what the registry knows so far")
    contains(scratch.run("cloud", "report", "show", env={"ATLAS_CLOUD_URL": f"{front.url}/query"}).ok().out,
             "reportMigrationDown")
    same(scratch.run("cloud", "report", "flush").ok().quiet().out, "1 report delivered, 0 left\n", "flush")
    same(database(server), "prod PENDING 2", "what it knows then")
    same(server.migrations("kind status")[0], {"kind": "DOWN", "status": "PASSED"}, "event")
    words = ["me {", "dirState(", "protectedFlows", "migrateTargetByExtID", "reportMigrationDown"]
    for word, text in zip(words, asked):
        contains(text, word)
    true(all("reportMigrationDown" in text for text in asked[4:]), "requests after the run")


@test
def without_the_word_of_the_registry_nothing_is_reverted(scratch):
    server = applied(scratch)
    for broken in ("protectedFlows", "migrateTargetByExtID"):
        def answer(_, body, broken=broken):
            if broken in body.decode():
                return 200, '{"errors":[{"message":"broken"}]}'
            status, reply = server.post(json.loads(body))
            return status, json.dumps(reply)
        front = FakeServer(scratch, answer)
        done = down(scratch, env={"ATLAS_CLOUD_URL": f"{front.url}/query"})
        if broken == "protectedFlows":
            done.fails("asking the registry whether this revert needs an approval", "broken")
            same(history(scratch), ["1", "2", "3"], "history")
        else:
            done.ok().quiet()
            same(history(scratch), ["1", "2"], "history")
    same([m["status"] for m in server.migrations()], ["PASSED", "PASSED"], "events")


@test
def clients_of_other_registries_see_what_they_wait_for(scratch):
    """A server that knows the published operations only: the order of requests, each plan asked for once."""
    server = applied(scratch)
    content = server.api('{ dirState(input: {slug: "app"}) { content } }')["dirState"]["content"]
    plan = {"status": None}
    asked = []

    def answer(_, body):
        text = json.loads(body)["query"]
        word = next(w for w in ("query Bot", "query dirState", "protectedFlows", "migratePlanByExtID", "migrateTargetByExtID",
                                "mutation CreateMigrateDownPlan", "mutation ReportMigrationDown") if w in text)
        asked.append(word)
        data = {"query Bot": {"me": {"name": "a8m", "org": "graph"}},
                "query dirState": {"dirState": {"content": content}},
                "protectedFlows": {"dir": {"protectedFlows": {"migrateDown": True}}},
                "migrateTargetByExtID": {"migrateTargetByExtID": None},
                "migratePlanByExtID": {"migratePlanByExtID": plan["status"] and {"url": "http://x/p", "status": plan["status"]}},
                "mutation CreateMigrateDownPlan": {"createMigrateDownPlan": {"url": "http://x/p"}},
                "mutation ReportMigrationDown": {"reportMigrationDown": {"url": "http://x/r"}}}[word]
        return 200, json.dumps({"data": data})

    front = {"ATLAS_CLOUD_URL": FakeServer(scratch, answer).url}
    start = ["query Bot", "query dirState", "protectedFlows", "migrateTargetByExtID", "migratePlanByExtID"]
    for status, code, err, more in ((None, 1, "", ["mutation CreateMigrateDownPlan"]), ("PENDING_USER", 1, "", []),
                                    ("ABORTED", 1, "Error: migration plan was aborted\n", []),
                                    ("APPROVED", 0, "", ["mutation ReportMigrationDown"])):
        plan["status"] = status
        asked.clear()
        done = down(scratch, *JSON, env=front)
        same((done.code, done.err, asked), (code, err, start + more), f"answer to {status}")
        want = {None: "PENDING_USER", "APPROVED": "APPLIED"}.get(status, status)
        same((json.loads(done.out)["Status"], json.loads(done.out)["URL"]), (want, "http://x/p"), f"JSON of {status}")
    same(history(scratch), ["1", "2"], "history")
    plan["status"] = "APPLIED"
    done = down(scratch, *JSON, env=front).ok()
    contains(done.err, "Warning: the registry has this revert as done", "nothing was reverted")
    same((json.loads(done.out)["Status"], history(scratch)), ("APPLIED", ["1", "2"]), "applied before")


@test
def versions_that_the_directory_no_longer_holds_come_from_the_registry(scratch):
    server = applied(scratch)
    push(scratch, {"1_a.sql": FILES["1_a.sql"], "2_b.sql": FILES["2_b.sql"], "4_d.sql": file_of("d")}, name="app",
         directory="other")
    contains(down(scratch, "2", "--dry-run").ok().quiet().out, "DROP TABLE c;", "DROP TABLE b;")
    down(scratch, "2").ok().quiet()
    same((history(scratch), tables(scratch, "app.db")), (["1"], ["a"]), "database")
    same(database(server), "prod PENDING 1", "what the registry knows")
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    push(scratch, {"1_a.sql": FILES["1_a.sql"]}, name="app", directory="first")
    with sqlite3.connect(scratch.file_path("app.db")) as connection:
        connection.execute("UPDATE atlas_schema_revisions SET hash = 'other' WHERE version = '4'")
    connection.close()
    down(scratch).fails('migration version "4" not found')
    same(history(scratch), ["1", "2", "4"], "history")


@test
def a_run_without_an_environment_is_held_and_filed_as_well(scratch):
    server = applied(scratch, protect=True)
    words = ("migrate", "down", "--url", "sqlite://app.db", "--dir", "atlas://app")
    approver = bot(scratch, "approver", "plan:approve,cloud:read")
    _, plan = plan_of(scratch.run(*words, *JSON))
    scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).ok().quiet()
    scratch.run(*words).ok().quiet()
    same(database(server), "prod PENDING 2", "what the registry knows")


@test
def values_do_not_leave_with_plan_and_report(scratch):
    server = applied(scratch, {**FILES, "3_c.sql": file_of("c", "DELETE FROM a WHERE id = 'amber';\nDROP TABLE c;")},
                     protect=True)
    approver = bot(scratch, "approver", "plan:approve,cloud:read")
    report, plan = plan_of(down(scratch, *JSON))
    true(report["Status"] == "PENDING_USER", "it waits")
    scratch.run("cloud", "plan", "approve", "--id", plan, env=approver).ok().quiet()
    down(scratch).ok().quiet()
    said = server.api("{ migratePlans { plans { files { stmts } migration { log files { content } } } } }")
    lacks(json.dumps(said), "amber")
    contains(json.dumps(said), "(sensitive)")


@test
def settings_of_a_repository(scratch):
    server = applied(scratch)
    flows = 'query q { repo(input: {slug: "app"}) { protectedFlows { migrateDown approvals selfApproval expiryHours } } }'

    def read():
        return [*server.api(flows)["repo"]["protectedFlows"].values()]

    same(read(), [False, 1, False, 72], "as it comes")
    scratch.run("cloud", "repo", "update", "--slug", "app", "--protect-down", "--approvals", "2", "--plan-expiry",
                "48h").ok().quiet()
    same(read(), [True, 2, False, 48], "changed")
    scratch.run("cloud", "repo", "update", "--slug", "app", "--protect-down=false").ok().quiet()
    same(read(), [False, 2, False, 48], "only what was said")
    for words, text in ((("--slug", "nope", "--protect-down"), "repository not found"),
                        (("--slug", "app"), "nothing to change"),
                        (("--slug", "app", "--approvals", "0"), "must be from 1 to 100"),
                        (("--slug", "app", "--plan-expiry", "90m"), "whole hours"),
                        (("--protect-down",), 'required flag(s) "slug" not set')):
        scratch.run("cloud", "repo", "update", *words).fails(text)
    reader = bot(scratch, "reader", "cloud:read")
    scratch.run("cloud", "repo", "update", "--slug", "app", "--protect-down", env=reader).fails('permission "admin"')
