"""The way of the documentation: push a directory, deploy it by `atlas://`, see the deployment."""

import json

from harness import contains, lacks, matches, same, test
from scenes import (FIRST, FIRST_VERSION, FULL_TAG, REGISTRY_PROJECT, SECOND, SECOND_VERSION,
                    SHORT_TAG, apply, push, revisions, tables)


@test
def deploys_a_registry_directory_and_reports(scratch):
    server = scratch.server(token="")
    address = push(scratch, {**FIRST, **SECOND})
    matches(address, rf"^{server.address}/dirs/\d+/tags/\d+$")
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    done = apply(scratch, "prod.db").ok().quiet()
    contains(done.out, "Migrating to version 20260514083000 (2 migrations in total):",
             "-- migrating version 20260512141500", "-> INSERT INTO users (name) VALUES ('amber');")
    matches(done.out, rf"^{server.address}/(dirs/\d+/)?deployments/\d+$")
    same(tables(scratch, "prod.db"), ["orders", "users"], "tables")
    event, = server.migrations("status version envName databaseName repoName type"
                               " targetsTotal fromVersion toVersion log files { name content applied }")
    same([event[k] for k in ("status", "version", "envName", "databaseName", "repoName", "type",
                             "targetsTotal", "toVersion")],
         ["PASSED", SECOND_VERSION, "prod", "prod.db", "myapp", "MIGRATION_DIRECTORY", None, SECOND_VERSION],
         "the deployment")
    same([(f["name"], f["applied"]) for f in event["files"]],
         [("20260512141500_users.sql", 1), ("20260514083000_orders.sql", 2)], "its files")
    contains(event["files"][1]["content"], "VALUES ((sensitive))")
    lacks(event["log"] + event["files"][1]["content"], "amber")


@test
def deploys_a_version_by_short_and_full_tag(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    push(scratch, FIRST, name=f"myapp:{FULL_TAG}")
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    for database, tag in (("short.db", SHORT_TAG), ("full.db", FULL_TAG)):
        apply(scratch, database, "--dir", f"atlas://myapp?tag={tag}").ok().quiet()
        same(tables(scratch, database), ["users"], f"tables of {tag}")
    apply(scratch, "latest.db").ok().quiet()
    same(tables(scratch, "latest.db"), ["orders", "users"], "tables of the latest state")
    statuses = {event["databaseName"]: (event["version"], event["status"])
                for event in server.migrations()}
    same(statuses, {"short.db": (FIRST_VERSION, "PASSED"), "full.db": (FIRST_VERSION, "PASSED"),
                    "latest.db": (SECOND_VERSION, "PASSED")}, "deployments")
    apply(scratch, "other.db", "--dir", "atlas://myapp?tag=0000000").fails("0000000")
    apply(scratch, "other.db", "--dir", "atlas://elsewhere").fails("elsewhere")


@test
def a_second_run_has_nothing_to_do(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "prod.db").ok()
    done = apply(scratch, "prod.db").ok().quiet()
    contains(done.out, "No migration files to execute")
    same([event["status"] for event in server.migrations()], ["NO_ACTION", "PASSED"], "deployments")
    same(revisions(scratch, "prod.db"), [(FIRST_VERSION, 1, 1, "")], "history")


@test
def without_an_environment_nothing_is_reported(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.run("migrate", "apply", "--url", "sqlite://a.db", "--dir", "atlas://myapp").ok().quiet()
    same(tables(scratch, "a.db"), ["users"], "tables")
    same(server.migrations(), [], "deployments")


@test
def the_token_may_stand_in_the_project_file(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    token, address = (scratch.environment.pop(name) for name in ("ATLAS_TOKEN", "ATLAS_CLOUD_URL"))
    scratch.write("atlas.hcl", f"""\
atlas {{
  cloud {{
    token = "{token}"
    url   = "{address}"
  }}
}}
""" + REGISTRY_PROJECT)
    apply(scratch, "prod.db").ok().quiet()
    same(len(server.migrations()), 1, "deployments")


@test
def login_stores_the_token_for_later_commands(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    token = scratch.environment.pop("ATLAS_TOKEN")
    scratch.run("whoami").fails("command requires 'atlas login'")
    scratch.run("login", "--token", token).ok()
    scratch.environment.pop("ATLAS_CLOUD_URL")
    scratch.run("whoami").ok()
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "prod.db").ok().quiet()
    same(len(server.migrations()), 1, "deployments")
    scratch.run("logout").ok()
    apply(scratch, "prod.db").fails("command requires 'atlas login'")


@test
def whoami_tells_what_the_token_may_do(scratch):
    scratch.server()
    secret = scratch.run("cloud", "token", "create", "--bot", "ci", "--scope", "report:write,dir:push",
                         "--expires-at", "2099-01-02T03:04:05Z").ok().out.strip()
    scratch.environment["ATLAS_TOKEN"] = secret
    lacks(scratch.run("whoami").ok().quiet().out, "Scopes", "report:write")
    done = scratch.run("whoami", "--verbose").ok().quiet()
    matches(done.out, r"^Name +ci$")
    matches(done.out, r"^Kind +BOT$")
    matches(done.out, r"^Scopes +(report:write, dir:push|dir:push, report:write)$")
    matches(done.out, r"^Expires +2099-01-02T03:04:05Z$")
    lacks(done.out, secret)
    me = json.loads(scratch.run("whoami", "--verbose", "--format", "{{ json . }}").ok().quiet().out)
    same((me["Name"], me["Kind"], sorted(me["Scopes"])), ("ci", "BOT", ["dir:push", "report:write"]), "as JSON")
    short = json.loads(scratch.run("whoami", "--format", "{{ json . }}").ok().quiet().out)
    same(sorted(short), ["Name", "Org"], "members without --verbose")
