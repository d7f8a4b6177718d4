"""Promotion policies: what they refuse, permits, and clients that do not ask."""

import json
import time
from datetime import datetime, timedelta, timezone

from harness import ADMIN_TOKEN, contains, lacks, matches, same, test, true, wait_for
from recording_proxy import RecordingProxy
from scenes import push, send_report, tables

PROJECT = """\
env {
  name = atlas.env
  migration {
    dir = "atlas://app"
  }
}
"""
STAGES = """\
stage "staging" {
  env = ["staging"]
}
stage "production" {
  env      = ["prod", "prod-*"]
  requires = ["staging"]
}
"""
FIRST_COME = STAGES.replace('  requires = ["staging"]\n', "")
FILES = {f"{n}_{name}.sql": f"CREATE TABLE {name} (id integer);\n" for n, name in ((1, "a"), (2, "b"), (3, "c"))}
BLOCKED = '"migrate apply" was blocked by registry policy "production": '
NOT_PASSED = BLOCKED + "version {} has not passed in staging ({} databases)"


def set_policy(scratch, text=STAGES, repo="app"):
    scratch.write("promotion.hcl", text)
    return scratch.run("cloud", "policy", "set", "--repo", repo, "--file", "promotion.hcl").ok().quiet()


def guarded(scratch, text=STAGES, project=PROJECT):
    """A registry with the directory `app` under a policy. -> server"""
    server = scratch.server()
    push(scratch, FILES, name="app")
    scratch.write("atlas.hcl", project)
    set_policy(scratch, text)
    return server


def apply(scratch, place, *more, database=None, **options):
    return scratch.run("migrate", "apply", "--env", place, "--url", f"sqlite://{database or place}.db", *more, **options)


def protect(scratch, env="prod"):
    scratch.run("cloud", "env", "update", "--name", env, "--protected").ok().quiet()


def audit(server, action):
    """The entries of that action."""
    document = "query A($input: AuditLogInput) { auditLog(input: $input) { entries { action object before after } } }"
    return server.api(document, {"input": {"actions": [action]}})["auditLog"]["entries"]


def violations(server):
    """Of every deployment, the newest first: the messages it is flagged with."""
    found = server.migrations("id policyViolations { policy message violation }")
    return [[reason["message"] for reason in event["policyViolations"]] for event in found]


def stages_with(more):
    return STAGES.replace('  requires = ["staging"]\n', f'  requires = ["staging"]\n{more}\n')


def moment(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


@test
def a_version_goes_on_where_all_of_the_stage_before_has_it(scratch):
    server = guarded(scratch)
    apply(scratch, "prod").fails(NOT_PASSED.format(3, "0/0"))
    same(tables(scratch, "prod.db"), [], "tables")
    same([(m["status"], m["version"]) for m in server.migrations()], [("FAILED", "3")], "reports")
    same(violations(server), [[]], "a run that was refused violates nothing")
    apply(scratch, "staging", database="one").ok().quiet()
    apply(scratch, "staging", "--to-version", "2", database="two").ok().quiet()
    apply(scratch, "prod").fails(NOT_PASSED.format(3, "1/2"))
    apply(scratch, "prod", "--to-version", "2").ok().quiet()
    same(tables(scratch, "prod.db"), ["a", "b"], "tables")
    apply(scratch, "staging", database="two").ok().quiet()
    apply(scratch, "prod").ok().quiet()
    same(tables(scratch, "prod.db"), ["a", "b", "c"], "tables")
    same([reason for event in violations(server) for reason in event], [], "violations")
    same(len(audit(server, "policy.block")), 2, "refusals in the audit log")


@test
def the_same_number_with_other_content_is_refused(scratch):
    guarded(scratch)
    apply(scratch, "staging").ok().quiet()
    push(scratch, {**FILES, "3_c.sql": "CREATE TABLE other (id integer);\n"}, name="app")
    apply(scratch, "prod").fails(BLOCKED + "version 3 has other content than what passed in staging (1/1 databases)")
    apply(scratch, "prod", "--to-version", "2").ok().quiet()
    push(scratch, {**FILES, "4_d.sql": "CREATE TABLE d (id integer);\n"}, name="app")
    apply(scratch, "prod", "--to-version", "3").ok().quiet()
    apply(scratch, "prod").fails(NOT_PASSED.format(4, "0/1"))
    scratch.run("migrate", "apply", "--env", "prod", "--url", "sqlite://cut.db",
                "--dir", "atlas://app?version=3").ok().quiet()


@test
def a_version_soaks(scratch):
    guarded(scratch, stages_with('  soak = "1h"'))
    apply(scratch, "staging").ok().quiet()
    matches(apply(scratch, "prod").fails(BLOCKED).err,
            r"version 3 has been in staging for \d+s, 1h are required$")
    set_policy(scratch, stages_with('  soak = "1s"'))
    time.sleep(1.1)
    apply(scratch, "prod").ok().quiet()


@test
def a_freeze_stops_everything_but_an_override(scratch):
    until = moment(hours=2)
    server = guarded(scratch, stages_with(f"""\
  freeze {{
    from   = "{moment(hours=-1)}"
    until  = "{until}"
    reason = "sale"
  }}"""))
    apply(scratch, "staging").ok().quiet()
    frozen = f"deployments to production are frozen until {until}: sale"
    apply(scratch, "prod").fails(BLOCKED + frozen)
    token = scratch.run("cloud", "token", "create", "--bot", "ci", "--scope",
                        "dir:read,report:write").ok().quiet().out.strip()
    ci = {"ATLAS_TOKEN": token}
    urgent = ("--override-reason", "the shop is down")
    apply(scratch, "prod", *urgent, env=ci).fails('permission "deployer-override" is required')
    same(tables(scratch, "prod.db"), [], "tables")
    done = apply(scratch, "prod", *urgent).ok()
    same(done.err, f'Warning: registry policy "production": {frozen}\n', "stderr")
    entry, = audit(server, "policy.override")
    contains(json.dumps(entry["after"]), "the shop is down", "sale")
    same(violations(server)[0], [], "an override is no violation")
    set_policy(scratch, stages_with(f"""\
  on_violation = WARN
  freeze {{
    weekly = "Mon 00:00 - Sun 23:59"
  }}
  freeze {{
    weekly = "Sun 00:00 - Mon 00:00"
  }}"""))
    contains(apply(scratch, "prod", database="prod-two").ok().err,
             'Warning: registry policy "production": deployments to production are frozen until ')


def freeze(weekly):
    return stages_with(f'  freeze {{\n    weekly = "{weekly}"\n  }}')


@test
def a_weekly_freeze_follows_the_clocks_of_a_zone(scratch):
    # All but the last minute of a week.
    always = "Mon 00:00 - Sun 23:59 {}"
    guarded(scratch, freeze(always.format("Asia/Kolkata")))
    apply(scratch, "staging").ok().quiet()
    matches(apply(scratch, "prod").fails(BLOCKED).err,
            r"are frozen until \d{4}-\d\d-\d\dT18:29:00Z \(\d{4}-\d\d-\d\d 23:59 in Asia/Kolkata\)$")
    check = ("cloud", "policy", "check", "--repo", "app", "--env", "prod", "--version", "3")
    matches(scratch.run(*check).out, r"FAIL  production: .* until \S+Z \(\S+ 23:59 in Asia/Kolkata\)$")
    contains(scratch.run("cloud", "policy", "show", "--repo", "app").ok().out, f'weekly = "{always.format("Asia/Kolkata")}"')
    scratch.write("bad.hcl", freeze(always.format("asia/kolkata")))
    scratch.run("cloud", "policy", "set", "--repo", "app", "--file", "bad.hcl").fails(
        'stage "production": time zone "asia/kolkata" is none; write one such as "Europe/Berlin"; did you mean '
        '"Asia/Kolkata"?')


@test
def a_freeze_whose_zone_is_gone_holds(scratch):
    far = (datetime.now(timezone.utc) + timedelta(days=3)).strftime("%a")
    server = guarded(scratch, freeze(f"{far} 11:00 - {far} 12:00 Europe/Berlin"))
    apply(scratch, "staging").ok().quiet()
    server.stop()
    scratch.environment["TZDIR"] = scratch.file_path("none")
    server.start()
    apply(scratch, "prod").fails(
        BLOCKED + f'deployments to production are frozen, since it cannot be told when "{far} 11:00 - {far} 12:00 '
        f'Europe/Berlin" is: time zone "Europe/Berlin" cannot be read: there is no directory '
        f'{scratch.file_path("none")}; install the package tzdata')
    scratch.run("cloud", "policy", "set", "--repo", "app", "--file", "promotion.hcl").fails("install the package tzdata")
    set_policy(scratch, freeze(f"{far} 11:00 - {far} 12:00"))
    apply(scratch, "prod").ok().quiet()


@test
def approvals_are_of_one_content(scratch):
    guarded(scratch, stages_with("  approvals = 1"))
    apply(scratch, "staging").ok().quiet()
    apply(scratch, "prod").fails(BLOCKED + "version 3 has 0 of 1 approvals for production")
    approve = ("cloud", "policy", "approve", "--repo", "app", "--stage", "production", "--version")
    scratch.run(*approve, "3").fails('version 3 cannot be approved by "admin", who pushed it')
    token = scratch.run("cloud", "token", "create", "--bot", "lead", "--scope", "plan:approve").ok().out.strip()
    done = scratch.run(*approve, "3", "--comment", "seen", env={"ATLAS_TOKEN": token}).ok().quiet()
    contains(done.out, "1 of 1")
    scratch.run(*approve, "3", env={"ATLAS_TOKEN": token}).fails("has approved version 3 for production already")
    scratch.run(*approve, "9", env={"ATLAS_TOKEN": token}).fails("version 9 is not in the latest state")
    apply(scratch, "prod").ok().quiet()


WAITING = """query W($input: WaitingVersionsInput) { waitingVersions(input: $input) {
  versions { repo stage version approvals needed envs approvedBy { name } pushedBy { name } since }
  pageInfo { total endCursor hasNextPage } } }"""


@test
def versions_that_wait_are_listed(scratch):
    server = guarded(scratch, stages_with("  approvals = 2"))
    listed = scratch.run("cloud", "policy", "waiting").ok().quiet().out.splitlines()
    same(listed[0].split(), ["REPO", "STAGE", "ENVS", "VERSION", "APPROVALS", "PUSHED", "BY", "SINCE"], "header")
    same(listed[1].split()[:-1], ["app", "production", "prod,prod-*", "3", "0", "of", "2", "admin"], "row")
    lead = {"ATLAS_TOKEN": scratch.run("cloud", "token", "create", "--bot", "lead", "--scope",
                                       "plan:approve,cloud:read").ok().out.strip()}
    scratch.run("cloud", "policy", "approve", "--repo", "app", "--stage", "production", "--version", "3", env=lead).ok()
    said = server.api(WAITING)["waitingVersions"]
    version, = said["versions"]
    matches(version.pop("since"), r"^\d{4}-\d\d-\d\dT")
    same(version, {"repo": "app", "stage": "production", "version": "3", "approvals": 1, "needed": 2,
                   "envs": ["prod", "prod-*"], "approvedBy": [{"name": "lead"}], "pushedBy": {"name": "admin"}}, "version")
    push(scratch, FILES, name="web")
    scratch.run("cloud", "policy", "set", "--repo", "web", "--file", "promotion.hcl").ok().quiet()
    first = server.api(WAITING, {"input": {"page": {"pageSize": 1}}})["waitingVersions"]
    same([version["repo"] for version in first["versions"]], ["web"], "what was pushed last comes first")
    same((first["pageInfo"]["total"], first["pageInfo"]["hasNextPage"]), (2, True), "page")
    after = {"pageSize": 1, "after": first["pageInfo"]["endCursor"]}
    second = server.api(WAITING, {"input": {"page": after}})["waitingVersions"]
    same([version["repo"] for version in second["versions"]], ["app"], "next page")
    same(second["pageInfo"]["hasNextPage"], False, "last page")
    contains(scratch.run("cloud", "policy", "waiting", "--env", "prod-eu", "--repo", "web", env=lead).ok().quiet().out, "web")
    same(scratch.run("cloud", "policy", "waiting", "--env", "staging").ok().quiet().out,
         "No version waits for an approval.\n", "of a stage that takes none")
    same(scratch.run("cloud", "policy", "waiting", "--repo", "nobody").ok().out, "No version waits for an approval.\n", "nobody")
    contains(scratch.run("cloud", "policy", "waiting", "--format", "{{ json . }}").ok().out, '"Needed":2')
    ci = {"ATLAS_TOKEN": scratch.run("cloud", "token", "create", "--bot", "ci", "--scope", "report:write").ok().out.strip()}
    scratch.run("cloud", "policy", "waiting", env=ci).fails('permission "cloud:read" is required')
    set_policy(scratch, FIRST_COME.replace('["prod", "prod-*"]', '["prod", "prod-*"]\n  approvals = 0'))
    same(scratch.run("cloud", "policy", "waiting", "--repo", "app").ok().out, "No version waits for an approval.\n", "none taken")


@test
def a_protected_environment_takes_runs_with_permits(scratch):
    server = guarded(scratch)
    protect(scratch)
    apply(scratch, "staging").ok().quiet()
    apply(scratch, "prod").ok().quiet()
    same(violations(server)[0], [], "a run with a permit")
    now = moment()
    report = {"projectName": "default", "envName": "prod", "dirName": "app", "atlasVersion": "v0.29.0",
              "target": {"id": "stock", "schema": "main", "url": "sqlite://stock.db"},
              "startTime": now, "endTime": now, "fromVersion": "", "toVersion": "3", "currentVersion": "3",
              "files": [{"name": "3_c.sql", "content": "", "startTime": now, "endTime": now, "skipped": 0,
                         "applied": 1, "checks": []}], "log": ""}
    status, reply = send_report(server, report)
    same((status, "errors" in reply), (200, False), "a client that skips the check")
    same(violations(server)[0], ['the run in "prod" was not let in: it has no permit'], "flags")
    entry, = audit(server, "deployment.policy_violation")
    contains(json.dumps(entry["after"]), "it has no permit")
    same([m["status"] for m in server.migrations()][0], "PASSED", "and stored")


@test
def a_permit_outlives_the_registry(scratch):
    server = guarded(scratch, FIRST_COME)
    protect(scratch)
    push(scratch, {**FILES, "4_d.sql": "INSERT INTO c WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                       " WHERE i < 4000000) SELECT max(i) FROM n;\n"}, name="app")
    proxy = RecordingProxy(server, features=True)
    through = {"ATLAS_CLOUD_URL": proxy.endpoint}
    child = scratch.start("migrate", "apply", "--env", "prod", "--url", "sqlite://prod.db", env=through)
    wait_for(lambda: any(b"checkDeployment" in body for body in proxy.bodies), "the question")
    time.sleep(0.3)
    same(server.stop(), 0, "exit of the registry")
    done = scratch.finish(child)
    same((done.code, len(scratch.spool())), (0, 1), f"the run goes on, its report waits: {done}")
    server.start()
    scratch.run("cloud", "report", "flush", env=through).ok()
    same((violations(server), tables(scratch, "prod.db")), ([[]], ["a", "b", "c"]), "flags, and tables")


@test
def a_permit_is_used_again_while_the_registry_is_away(scratch):
    server = guarded(scratch, FIRST_COME)
    protect(scratch)
    apply(scratch, "prod", "1").ok().quiet()
    scratch.query("prod.db", "CREATE TABLE b (id integer)")
    apply(scratch, "prod").fails("table b already exists")
    same(server.stop(), 0, "exit of the registry")
    scratch.query("prod.db", "DROP TABLE b")
    done = apply(scratch, "prod", "--allow-stale").ok()
    contains(done.err, "Warning: the registry does not answer; this run has the permit that it gave earlier")
    apply(scratch, "prod", "--allow-stale", database="another").fails(
        "the registry could not be asked whether this may be deployed")
    same(tables(scratch, "another.db"), [], "tables")
    server.start()
    scratch.run("cloud", "report", "flush").ok()
    same([reason for event in violations(server) for reason in event], [], "violations")


@test
def without_an_answer_the_project_decides(scratch):
    local = """\
env {
  name = atlas.env
  migration {
    dir    = "file://migrations"
    report = true
    repo {
      name = "app"
    }
    %s
  }
}
"""
    server = guarded(scratch)
    scratch.directory("migrations", FILES)
    apply(scratch, "staging").ok().quiet()
    apply(scratch, "prod", database="known").ok().quiet()
    same(server.stop(), 0, "exit of the registry")
    unasked = "the registry could not be asked whether this may be deployed"
    apply(scratch, "prod", "--allow-stale").fails(unasked, "policy_unreachable")
    scratch.write("atlas.hcl", PROJECT.replace('app"\n', 'app"\n    policy_unreachable = "WARN"\n'))
    contains(apply(scratch, "prod", "--allow-stale", database="warned").ok().err, f"Warning: {unasked}")
    scratch.write("atlas.hcl", local % "")
    contains(apply(scratch, "prod", database="local").ok().err, f"Warning: {unasked}")
    scratch.write("atlas.hcl", local % "policy_unreachable = FAIL")
    apply(scratch, "prod", database="strict").fails(unasked)
    same(tables(scratch, "strict.db"), [], "tables")


@test
def nobody_asks_where_there_is_no_policy(scratch):
    server = scratch.server()
    push(scratch, FILES, name="app")
    scratch.write("atlas.hcl", PROJECT)
    proxy = RecordingProxy(server, features=True)
    through = {"ATLAS_CLOUD_URL": proxy.endpoint}

    def requests(*more, database):
        proxy.bodies.clear()
        apply(scratch, "prod", *more, database=database, env=through).ok().quiet()
        return [matches(body.decode(), r'"query":"\w+ (\w+)')[1] for body in proxy.bodies]

    same(requests(database="a"), ["Bot", "dirState", "ReportMigration"], "without a policy")
    set_policy(scratch, FIRST_COME)
    same(requests(database="b"), ["Bot", "dirState", "checkDeployment", "ReportMigration"], "with one")
    same(requests(database="b"), ["Bot", "dirState", "ReportMigration"], "with nothing to do")
    same(requests("--dry-run", database="c"), ["Bot", "dirState", "ReportMigration"], "of a dry run")
    scratch.run("cloud", "policy", "rm", "--repo", "app").ok().quiet()
    same(requests(database="d"), ["Bot", "dirState", "ReportMigration"], "without it again")


@test
def a_run_over_several_targets_asks_once(scratch):
    project = """\
env "prod" {
  for_each = toset(["amber", "birch", "cedar"])
  url      = "sqlite://${each.value}.db"
  migration {
    dir = "atlas://app"
  }
}
env "staging" {
  url = "sqlite://staging.db"
  migration {
    dir = "atlas://app"
  }
}
"""
    server = guarded(scratch, project=project)
    proxy = RecordingProxy(server, features=True)

    def questions(*more):
        proxy.bodies.clear()
        done = scratch.run("migrate", "apply", *more, env={"ATLAS_CLOUD_URL": proxy.endpoint})
        return done, [json.loads(body)["variables"]["input"] for body in proxy.bodies if b"checkDeployment" in body]

    done, asked = questions("--env", "prod", "--continue-on-error")
    done.fails("3 of 3 targets failed", NOT_PASSED.format(3, "0/0"))
    same(len(asked), 1, "questions of a run that is refused")
    scratch.run("migrate", "apply", "--env", "staging").ok().quiet()
    done, asked = questions("--env", "prod", "1")
    same((done.ok().err, len(asked)), ("", 1), "questions where nobody needs a permit")
    protect(scratch)
    done, asked = questions("--env", "prod", "1")
    same((done.ok().err, len(asked)), ("", 1), "questions where everybody needs a permit")
    same([target["url"] for target in asked[0]["targets"]],
         ["sqlite://amber.db", "sqlite://birch.db", "sqlite://cedar.db"], "targets")
    scratch.write("atlas.hcl", project.replace('"cedar"', '"cedar", "dogwood"'))
    done, asked = questions("--env", "prod")
    same((done.ok().err, len(asked)), ("", 2), "questions with a target that nobody has heard of")
    same([reason for event in violations(server) for reason in event], [], "violations")
    same(server.api("{ databases { databases { name currentVersion } } }")["databases"]["databases"].__len__(), 5,
         "databases")


@test
def reasons_are_explained(scratch):
    server = guarded(scratch)
    protect(scratch)
    apply(scratch, "staging", "--to-version", "2", database="one").ok().quiet()
    check = ("cloud", "policy", "check", "--repo", "app", "--env")
    done = scratch.run(*check, "prod", "--version", "3")
    same((done.code, done.err), (1, ""), "status and stderr")
    same(done.out, """version 3 of "app" may not be deployed to "prod"

  FAIL  production: version 3 has not passed in staging (0/1 databases)
        one.db of staging is at version 2
""", "text")
    same(scratch.run(*check, "prod", "--version", "2").ok().quiet().out,
         'version 2 of "app" may be deployed to "prod"\n', "text")
    scratch.directory("changed", {**FILES, "2_b.sql": "CREATE TABLE x (id integer);\n"})
    contains(scratch.run(*check, "prod", "--version", "2", "--dir", "file://changed").out,
             "version 2 has other content than what passed in staging (1/1 databases)",
             "one.db of staging ran another content of it")
    done = scratch.run(*check, "prod", "--version", "3", "--format", "{{ json . }}")
    contains(done.out, '"Policy":"production"', '"Violation":"FAIL"')
    scratch.run(*check, "prod").fails('required flag(s) "version" not set')
    same(audit(server, "policy.block"), [], "asking is no deployment")


@test
def policies_are_read_and_set(scratch):
    scratch.server()
    push(scratch, FILES, name="app")
    same(scratch.run("cloud", "policy", "list").ok().quiet().out, "No policies found.\n", "none")
    scratch.run("cloud", "policy", "show", "--repo", "app").fails('no policy found for "app"')
    contains(set_policy(scratch, stages_with('  coverage = "50%"\n  soak = "90m"')).out, "app", "2")
    shown = scratch.run("cloud", "policy", "show", "--repo", "app").ok().quiet().out
    same(shown, """stage "staging" {
  env = ["staging"]
}
stage "production" {
  env      = ["prod", "prod-*"]
  requires = ["staging"]
  coverage = "50%"
  soak     = "1h30m"
}
""", "show")
    listed = scratch.run("cloud", "policy", "list").ok().quiet().out.splitlines()
    same(listed[0].split(), ["POLICY", "REPO", "STAGE", "ENVS", "REQUIRES", "COVERAGE", "SOAK", "APPROVALS",
                             "FREEZES", "ON", "VIOLATION"], "header")
    same(listed[2].split(), ["1", "app", "production", "prod,prod-*", "staging", "50%", "1h30m", "0", "0", "FAIL"],
         "row")
    scratch.write("bad.hcl", 'stage "a" {\n  env = ["x"]\n  soak = "a day"\n}\n')
    scratch.run("cloud", "policy", "set", "--repo", "app", "--file", "bad.hcl").fails(
        'stage "a": soak "a day" is none')
    scratch.write("bad.hcl", 'stage "a" {\n  envs = ["x"]\n}\n')
    scratch.run("cloud", "policy", "set", "--repo", "app", "--file", "bad.hcl").fails(
        'bad.hcl:2,3-7: Unsupported argument; An argument named "envs" is not expected here. Did you mean "env"?')
    scratch.run("cloud", "policy", "set", "--repo", "nobody", "--file", "promotion.hcl").fails('dir "nobody" not found')
    scratch.run("cloud", "policy", "set", "--file", "promotion.hcl").ok().quiet()
    contains(scratch.run("cloud", "policy", "list").ok().out, "(every other)")
    contains(scratch.run("cloud", "policy", "list", "--format", "{{ json . }}").ok().out, '"Stage":"production"')
    scratch.run("cloud", "policy", "rm", "--repo", "app").ok().quiet()
    scratch.run("cloud", "policy", "rm", "--repo", "app").fails('no policy found for "app"')
    scratch.run("cloud", "policy", "rm", "--id", "2").ok().quiet()
    scratch.run("cloud", "policy", "rm").fails("one of --repo and --id is required")
    token = scratch.run("cloud", "token", "create", "--bot", "ci", "--scope", "report:write,cloud:read").ok().out.strip()
    scratch.run("cloud", "policy", "set", "--repo", "app", "--file", "promotion.hcl", env={"ATLAS_TOKEN": token}).fails(
        'permission "admin" is required')
    scratch.run("cloud", "env", "update", "--name", "prod", "--protected", env={"ATLAS_TOKEN": token}).fails(
        'permission "admin" is required')


@test
def environments_are_listed_and_changed(scratch):
    scratch.server()
    same(scratch.run("cloud", "env", "list").ok().quiet().out, "No environments found.\n", "none")
    scratch.run("cloud", "env", "update", "--name", "prod", "--protected", "--rank", "2").ok().quiet()
    scratch.run("cloud", "env", "update", "--name", "staging", "--rank", "1").ok().quiet()
    rows = [line.split() for line in scratch.run("cloud", "env", "list").ok().quiet().out.splitlines()]
    same(rows, [["NAME", "RANK", "PROTECTED", "DATABASES", "FAILED", "PENDING", "EPHEMERAL", "HOURS"],
                ["staging", "1", "false", "0", "0", "0", "-"], ["prod", "2", "true", "0", "0", "0", "-"]], "list")
    scratch.run("cloud", "env", "update", "--name", "prod", "--protected=false").ok().quiet()
    lacks(scratch.run("cloud", "env", "list").ok().out, "true")
    scratch.run("cloud", "env", "update", "--name", "prod").fails("nothing to change")


@test
def waiting_for_a_version(scratch):
    server = scratch.server()
    scratch.write("atlas.hcl", PROJECT)
    wait = ("cloud", "wait", "--repo", "app", "--env", "prod")

    def ended(done, code, *parts):
        same(done.code, code, f"exit status of {done}")
        contains(done.out + done.err, *parts)

    ended(scratch.run(*wait, "--version", "3", "--timeout", "0s"), 2, "Waiting: ", "Error: timed out: ", '"app"')
    child = scratch.start(*wait, "--tag", "v3", "--timeout", "60s")
    push(scratch, FILES, name="app")
    push(scratch, FILES, name="app:v3")
    ended(scratch.run(*wait, "--version", "3", "--timeout", "0s"), 2, 'no database of "prod" is known yet')
    apply(scratch, "prod", "--to-version", "2").ok().quiet()
    apply(scratch, "prod", database="two").ok().quiet()
    ended(scratch.run(*wait, "--version", "3", "--timeout", "0s"), 2,
          'timed out: 1 of 2 databases of "prod" have version 3')
    apply(scratch, "prod").ok().quiet()
    ended(scratch.finish(child), 0, '2 of 2 databases of "prod" have version 3')
    done = scratch.run(*wait, "--version", "2", "--timeout", "0s").ok().quiet()
    same(done.out, '2 of 2 databases of "prod" have version 2\n', "stdout")
    push(scratch, {**FILES, "4_d.sql": "CREATE TABLE d (id integer);\n"}, name="app")
    scratch.query("prod.db", "CREATE TABLE d (id integer)")
    apply(scratch, "prod").fails("table d already exists")
    ended(scratch.run(*wait, "--version", "4", "--fail-fast"), 3, "0 of 2 databases", "1 failed",
          "the last deployment of a database failed")
    ended(scratch.run(*wait, "--version", "4", env={"ATLAS_TOKEN": "wrong"}), 1, "Error: Unauthorized")
    token = scratch.run("cloud", "token", "create", "--bot", "ci", "--scope", "report:write").ok().out.strip()
    ended(scratch.run(*wait, "--version", "3", env={"ATLAS_TOKEN": token}), 1, 'permission "cloud:read" is required')
    scratch.run(*wait).fails("one of --version and --tag is required")
    scratch.run("cloud", "wait", "--version", "3").fails('required flag(s)')
    true(server.process.poll() is None, "the registry is there")


@test
def waiting_outlives_a_restart(scratch):
    server = scratch.server()
    push(scratch, FILES, name="app")
    scratch.write("atlas.hcl", PROJECT)
    same(server.stop(), 0, "exit of the registry")
    child = scratch.start("cloud", "wait", "--repo", "app", "--env", "prod", "--version", "3", "--timeout", "60s")
    time.sleep(1)
    server.start()
    apply(scratch, "prod").ok().quiet()
    done = scratch.finish(child)
    same(done.code, 0, f"exit status of {done}")
    contains(done.err, "Waiting: ")
    true(ADMIN_TOKEN not in done.err, "no token in the output")


@test
def one_version_on_its_way(scratch):
    server = guarded(scratch)
    push(scratch, FILES, name="app:v3")
    apply(scratch, "staging").ok().quiet()
    apply(scratch, "prod", "--to-version", "2").ok().quiet()
    trace = server.api("""{ trace(input: {repo: "app", tag: "v3"}) { version repo { slug } pushes { tag version } ciRuns { id }
        environments { name total reached failed firstAt migrations { status version } } } }""")["trace"]
    same((trace["version"], trace["repo"]["slug"], trace["ciRuns"]), ("3", "app", []), "version")
    same([push["tag"] for push in trace["pushes"]], ["latest", "v3"], "pushes")
    reached = {env["name"]: (env["reached"], env["total"], [m["version"] for m in env["migrations"]], bool(env["firstAt"]))
               for env in trace["environments"]}
    same(reached, {"staging": (1, 1, ["3"], True), "prod": (0, 1, [], False)}, "environments")
    same(server.api('{ trace(input: {repo: "nobody", version: "3"}) { version } }')["trace"], None, "unknown")
    for wrong in ('version: "3", tag: "v3"', 'repo: "app"'):
        text = wrong if "repo" in wrong else f'repo: "app", {wrong}'
        _, reply = server.post({"query": f"{{ trace(input: {{{text}}}) {{ version }} }}"})
        contains(reply["errors"][0]["message"], "exactly one of version and tag must be given")
