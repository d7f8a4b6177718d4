"""`report`, `skip_report` and rendered directories: what is reported, and what must not be."""

import os

from harness import contains, lacks, same, test
from scenes import FIRST, FIRST_VERSION, LOCAL_PROJECT, REGISTRY_PROJECT, apply, push, tables

TEMPLATE_PROJECT = """\
variable "table" {
  type = string
}
data "template_dir" "migrations" {
  path = "migrations"
  vars = {
    table  = var.table
    secret = "hunter2-%(secret)s"
  }
}
env {
  name = atlas.env
  migration {
    dir = data.template_dir.migrations.url // or "file://migrations"
%(report)s  }
}
"""
REPORT = '    report = true\n    repo {\n      name = "myapp"\n    }\n'
TEMPLATE = """\
CREATE TABLE {{ .table }} (id integer PRIMARY KEY, note text);
INSERT INTO {{ .table }} (note) VALUES ('{{ .secret }}');
"""
SECRET = "8c1fb2d0aa6b4f0e"


def template_project(scratch, report):
    scratch.write("atlas.hcl", TEMPLATE_PROJECT % {"secret": SECRET, "report": report})
    scratch.write("migrations/1_first.sql", TEMPLATE)


@test
def reports_a_rendered_directory_without_pushing_it(scratch):
    server = scratch.server()
    template_project(scratch, REPORT)
    done = apply(scratch, "prod.db", "--var", "table=ledger").ok()
    contains(done.out, f"{server.address}/")
    same(scratch.query("prod.db", "SELECT note FROM ledger"), [(f"hunter2-{SECRET}",)], "the row")
    event, = server.migrations("status repoName version files { name content }")
    same((event["status"], event["repoName"], event["version"]), ("PASSED", "myapp", "1"), "event")
    contains(event["files"][0]["content"], "CREATE TABLE ledger", "VALUES ((sensitive))")
    lacks(str(event), SECRET)
    _, reply = server.post({"query": '{ dirState(input: {slug: "myapp"}) { content } }'})
    contains(reply["errors"][0]["message"], 'dir "myapp" has no pushed content')


@test
def without_report_a_local_directory_is_silent(scratch):
    server = scratch.server()
    template_project(scratch, "")
    apply(scratch, "prod.db", "--var", "table=ledger").ok().quiet()
    scratch.directory("local", FIRST)
    apply(scratch, "local.db", "--dir", "file://local", "--var", "table=x").ok().quiet()
    same(tables(scratch, "local.db"), ["users"], "tables")
    same(server.migrations(), [], "deployments")
    same(scratch.query("local.db", "SELECT count(*) FROM atlas_schema_revisions"
                                   " WHERE version LIKE '.%'"), [(0,)], "identity rows")


@test
def report_needs_a_repository_name(scratch):
    server = scratch.server()
    scratch.directory("migrations", FIRST)
    for repo in ("", "    repo {\n    }\n"):
        scratch.write("atlas.hcl", LOCAL_PROJECT.replace('    repo {\n      name = "myapp"\n    }\n', repo))
        done = apply(scratch, "prod.db").fails()
        same(done.err, "Error: migration.report requires migration.repo.name to be set\n", "stderr")
        same(os.path.exists(scratch.file_path("prod.db")), False, "the database was made")
    same(server.migrations(), [], "deployments")


@test
def report_and_skip_report_exclude_each_other(scratch):
    scratch.server()
    scratch.directory("migrations", FIRST)
    for value in ("true", "false"):
        scratch.write("atlas.hcl", LOCAL_PROJECT.replace(
            "report = true", f"report = true\n    skip_report = {value}"))
        done = apply(scratch, "prod.db").fails()
        same(done.err, "Error: migration.report and migration.skip_report are mutually exclusive\n",
             "stderr")
    scratch.write("atlas.hcl", LOCAL_PROJECT.replace(
        "report = true", "report = true\n    skip_report = null"))
    apply(scratch, "prod.db").ok().quiet()


@test
def skip_report_turns_reporting_off(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", 'env "preview" {\n  migration {\n    dir = "atlas://myapp"\n'
                               "    skip_report = true\n  }\n}\n")
    done = apply(scratch, "preview.db", env="preview").ok().quiet()
    lacks(done.out, server.address)
    same(tables(scratch, "preview.db"), ["users"], "tables")
    same(server.migrations(), [], "deployments")


@test
def skip_report_may_be_an_expression(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", REGISTRY_PROJECT.replace(
        'dir = "atlas://myapp"',
        'dir = "atlas://myapp"\n    skip_report = !contains(["prod", "staging"], atlas.env)'))
    for env in ("prod", "preview", "staging", "laptop"):
        apply(scratch, f"{env}.db", env=env).ok().quiet()
    same(sorted(event["envName"] for event in server.migrations()), ["prod", "staging"], "reported")


@test
def report_has_no_effect_on_a_registry_directory(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    for value in ("true", "false"):
        scratch.write("atlas.hcl", REGISTRY_PROJECT.replace(
            'dir = "atlas://myapp"', f'dir = "atlas://myapp"\n    report = {value}'))
        apply(scratch, f"{value}.db").ok().quiet()
    same([event["repoName"] for event in server.migrations()], ["myapp", "myapp"], "reported")


@test
def marked_files_hide_their_values(scratch):
    server = scratch.server()
    scratch.directory("migrations", {"1_a.sql": "-- atlas:sensitive\n\nCREATE TABLE t (n integer);\n"
                                                "INSERT INTO t VALUES (7316508924); -- pin 7316508924\n"})
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    done = apply(scratch, "prod.db").ok().quiet()
    lacks(done.out, "7316508924")
    same(scratch.query("prod.db", "SELECT n FROM t"), [(7316508924,)], "the row")
    lacks(str(server.migrations("log error files { content }")), "7316508924")


@test
def report_without_credentials_warns_and_goes_on(scratch):
    scratch.directory("migrations", FIRST)
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    done = apply(scratch, "prod.db").ok()
    same(done.err, "Warning: migration.report is set but no registry credentials were found;"
                   " this run is not reported\n", "stderr")
    same(tables(scratch, "prod.db"), ["users"], "tables")
    apply(scratch, "other.db", "--require-report").fails("this run is not reported", "ATLAS_TOKEN")


@test
def a_failed_run_is_reported_with_its_error(scratch):
    server = scratch.server()
    scratch.directory("migrations", {**FIRST, "20260515093000_broken.sql":
                                     "INSERT INTO nowhere VALUES ('swordfish-17');\n"})
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    done = apply(scratch, "prod.db").fails("no such table: nowhere")
    contains(done.out, f"{server.address}/", "swordfish-17")
    event, = server.migrations("status version error currentVersion files { name error { stmt text } }")
    same((event["status"], event["currentVersion"]), ("FAILED", FIRST_VERSION), "event")
    contains(event["error"], "no such table: nowhere")
    lacks(str(event), "swordfish-17")


@test
def a_dry_run_is_reported_and_writes_nothing(scratch):
    server = scratch.server()
    scratch.directory("migrations", FIRST)
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    apply(scratch, "prod.db").ok()
    scratch.directory("migrations", {"20260516000000_more.sql": "CREATE TABLE more (id integer);\n"})
    before = open(scratch.file_path("prod.db"), "rb").read()
    apply(scratch, "prod.db", "--dry-run").ok().quiet()
    same(open(scratch.file_path("prod.db"), "rb").read() == before, True, "the file is unchanged")
    same([event["status"] for event in server.migrations()], ["DRY_RUN", "PASSED"], "deployments")
