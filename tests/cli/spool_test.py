"""The registry is away during a run: the migration ends as it would, its report arrives later, once."""

import json
import os
import stat

from harness import contains, lacks, matches, same, test, true
from scenes import BROKEN, FIRST, LOCAL_PROJECT, REGISTRY_PROJECT, SECOND, apply, push, send_report, tables


def offline(scratch, files):
    """A registry that was there once and is stopped now."""
    server = scratch.server()
    scratch.directory("migrations", files)
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    same(server.stop(), 0, "exit of the registry")
    return server


def only_spooled(scratch):
    """The one waiting report: its path, after checks that hold for every one."""
    path, = scratch.spool()
    same(oct(stat.S_IMODE(os.stat(path).st_mode)), "0o600", "mode of the file")
    same(oct(stat.S_IMODE(os.stat(os.path.join(scratch.home, ".atlas")).st_mode)), "0o700", "mode of the folder")
    with open(path, encoding="utf-8") as f:
        lacks(f.read(), "amber", scratch.environment["ATLAS_TOKEN"])
    return path


@test
def the_exit_code_is_that_of_the_migration(scratch):
    offline(scratch, {**FIRST, **SECOND})
    done = apply(scratch, "prod.db").ok()
    matches(done.err, r"\AError: .*\n\Z")
    same(tables(scratch, "prod.db"), ["orders", "users"], "tables")
    only_spooled(scratch)
    scratch.directory("migrations", BROKEN)
    apply(scratch, "prod.db").fails("no such table: nowhere")
    same(len(scratch.spool()), 2, "spooled reports")


@test
def a_spooled_report_arrives_once_however_often_it_is_sent(scratch):
    server = offline(scratch, {**FIRST, **SECOND})
    apply(scratch, "prod.db").ok()
    path = only_spooled(scratch)
    with open(path, encoding="utf-8") as f:
        kept = f.read()
    body = json.loads(scratch.run("cloud", "report", "show", "--body").ok().quiet().out)
    server.start()
    answers = [send_report(server, body) for _ in range(3)]
    same([status for status, _ in answers], [200, 200, 200], f"statuses of {answers}")
    true(answers[0][1]["data"]["reportMigration"]["url"].startswith(server.address), "a link")
    same(answers[1], answers[0], "the second answer")
    same(answers[2], answers[0], "the third answer")
    same(len(server.migrations()), 1, "deployments after three deliveries")
    for left in ("delivered", "again"):
        done = scratch.run("cloud", "report", "flush").ok().quiet()
        same(done.out, "1 report delivered, 0 left\n", f"flush: {left}")
        same(scratch.spool(), [], "spool")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
            f.write(kept)
    event, = server.migrations("status version databaseName files { name }")
    same((event["status"], event["databaseName"], len(event["files"])), ("PASSED", "prod.db", 2), "event")


@test
def the_next_reported_run_sends_what_waits_oldest_first(scratch):
    server = offline(scratch, FIRST)
    apply(scratch, "one.db").ok()
    apply(scratch, "two.db").ok()
    listed = scratch.run("cloud", "report", "show").ok().quiet().out.splitlines()
    same((listed[0].split(), len(listed)), (["ID", "OPERATION", "ENDPOINT", "FILE"], 3), "the list")
    contains(listed[1], "reportMigration", server.endpoint)
    server.start()
    done = apply(scratch, "three.db").ok().quiet()
    same(done.out.count(server.address), 1, "links")
    same([m["databaseName"] for m in reversed(server.migrations())], ["three.db", "one.db", "two.db"],
         "order of arrival")
    same(scratch.run("cloud", "report", "show").ok().out, "No reports are waiting.\n", "the empty spool")


@test
def a_set_waits_and_arrives_once(scratch):
    server = offline(scratch, FIRST)
    scratch.write("atlas.hcl", LOCAL_PROJECT.replace(
        "name = atlas.env", 'name = atlas.env\n  for_each = toset(["a", "b"])\n  url = "sqlite://${each.value}.db"', 1))
    scratch.run("migrate", "apply", "--env", "prod").ok()
    body = json.loads(scratch.run("cloud", "report", "show", "--body").ok().out)
    server.start()
    for _ in range(3):
        same(send_report(server, body)[0], 200, "status")
    scratch.run("cloud", "report", "flush").ok()
    event, = server.migrations("targetsSucceeded targetsTotal status")
    same((event["targetsSucceeded"], event["targetsTotal"], event["status"]), (2, 2, "PASSED"), "set")


@test
def the_same_id_with_another_body_is_refused(scratch):
    server = offline(scratch, FIRST)
    apply(scratch, "prod.db").ok()
    body = json.loads(scratch.run("cloud", "report", "show", "--body").ok().out)
    body["reportID"] = "0b5d2a54-7a52-4f0c-9d1c-3f6f3a1e9f10"
    server.start()
    same(send_report(server, body)[0], 200, "status")
    same(send_report(server, body)[1].get("errors"), None, "errors of a repetition")
    body["envName"] = "elsewhere"
    _, reply = send_report(server, body)
    true(bool(reply.get("errors")), f"another body under the same id: {reply}")
    same([m["envName"] for m in server.migrations()], ["prod"], "deployments")


@test
def a_refused_token_keeps_the_report(scratch):
    server = scratch.server()
    scratch.directory("migrations", FIRST)
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    wrong = {"ATLAS_TOKEN": "rgb_wrong0123456789abcdefghijklmnopqrstuv"}
    done = scratch.run("migrate", "apply", "--url", "sqlite://prod.db", "--env", "prod", env=wrong).ok()
    same(done.err, "Error: Unauthorized\n", "stderr")
    only_spooled(scratch)
    scratch.run("cloud", "report", "flush", env=wrong).fails("Unauthorized")
    same(len(scratch.spool()), 1, "spool")
    same(scratch.run("cloud", "report", "flush").ok().out, "1 report delivered, 0 left\n", "flush")
    same(len(server.migrations()), 1, "deployments")


@test
def flush_without_a_registry_keeps_the_reports_and_fails(scratch):
    offline(scratch, FIRST)
    apply(scratch, "prod.db").ok()
    done = scratch.run("cloud", "report", "flush")
    same((done.code, len(scratch.spool())), (1, 1), "exit and spool")
    contains(done.out + done.err, "onnect")


@test
def the_spool_can_be_turned_off_or_unwritable(scratch):
    offline(scratch, FIRST)
    apply_words = ("migrate", "apply", "--env", "prod", "--url")
    scratch.run(*apply_words, "sqlite://a.db", env={"ATLAS_REPORT_SPOOL": "0"}).ok()
    same(scratch.spool(), [], "spool")
    for home in ("", scratch.write("file", "not a folder")):
        done = scratch.run(*apply_words, f"sqlite://b{len(home)}.db", env={"HOME": home}).ok()
        contains(done.err, "Error: ")
    scratch.run(*apply_words, "sqlite://c.db", "--require-report").fails()
    same(tables(scratch, "c.db"), ["users"], "tables")


@test
def a_registry_directory_cannot_be_read_so_nothing_is_opened(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    server.stop()
    apply(scratch, "prod.db").fails("onnect")
    same(os.path.exists(scratch.file_path("prod.db")), False, "the database was made")
