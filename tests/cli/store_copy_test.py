"""Backups, restores and moves of a registry between stores."""

import os

from databases import PostgresDatabase
from harness import contains, matches, same, test
from scenes import FIRST, SECOND, push, send_report, small_report


def filled(scratch):
    """A running registry with a push and two deployments."""
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    for name in ("one", "two"):
        same(send_report(server, small_report(name))[0], 200, "status")
    return server


def names(server):
    return sorted(event["databaseName"] for event in server.migrations())


@test
def a_running_registry_is_backed_up_and_restored(scratch):
    server = filled(scratch)
    saved = scratch.run("registry", "backup", *server.store_flags, "saved.db").ok().quiet()
    log = matches(saved.out, r"^Backed up to saved.db: \d+ rows in \d+ tables, compared row by row; audit log (\d+:\w{64})$")[1]
    same(send_report(server, small_report("later"))[0], 200, "status of a report after the backup")
    contains(scratch.run("registry", "backup", *server.store_flags, "saved.db").fails("saved.db exists already").err, "Error")
    scratch.run("registry", "restore", *server.store_flags, "saved.db").fails("in use")
    server.stop()
    scratch.run("registry", "restore", *server.store_flags, "saved.db").fails("holds a registry already")
    restored = scratch.run("registry", "restore", "--data", "restored", "saved.db").ok()
    contains(restored.out, log)
    contains(scratch.run("registry", "verify", "--data", "restored").ok().out, log)
    same(sorted(os.listdir(scratch.path)).count("saved.db"), 1, "the backup")
    same([name for name in os.listdir(scratch.path) if ".part-" in name], [], "what is left beside it")
    again = scratch.server(data="restored", store="")
    same(names(again), ["one", "two"], "deployments of the restored registry")
    same(send_report(again, small_report("three"))[0], 200, "status of a report afterwards")


@test
def a_registry_moves_to_postgres_and_back(scratch):
    database = PostgresDatabase(scratch)
    server = scratch.server(store="")
    push(scratch, {**FIRST, **SECOND})
    same(send_report(server, small_report("one"))[0], 200, "status")
    folder = f"sqlite:{server.data}"
    scratch.run("registry", "copy", "--from", folder, "--to", database.url).fails("in use by another server")
    server.stop()
    scratch.run("registry", "copy", "--from", folder, "--to", database.url).ok().quiet()
    moved = scratch.server(store=database.url)
    same(names(moved), ["one"], "deployments in PostgreSQL")
    same(send_report(moved, small_report("two"))[0], 200, "status of a report in PostgreSQL")
    scratch.run("registry", "copy", "--from", database.url, "--to", "sqlite:back").fails("in use by another server")
    moved.stop()
    scratch.run("registry", "copy", "--from", database.url, "--to", "sqlite:back").ok()
    contains(scratch.run("registry", "rebuild", "--data", "back").ok().out, "nothing differed")
    back = scratch.server(data="back", store="")
    same(names(back), ["one", "two"], "deployments that came back")


@test
def a_copy_names_what_is_wrong(scratch):
    scratch.run("registry", "copy", "--from", "sqlite:a").fails('--to must be sqlite:DIR or postgres://')
    scratch.run("registry", "copy", "--from", "mysql://h/d", "--to", "sqlite:b").fails("--from must be sqlite:DIR or postgres://")
    scratch.run("registry", "copy", "--from", "sqlite:nowhere", "--to", "sqlite:b").fails("nowhere holds no registry")
    scratch.run("registry", "backup").fails("accepts 1 arg(s)")
    scratch.run("registry", "restore", "nothing.db").fails("nothing.db cannot be read")
    scratch.write("text.db", "no database")
    scratch.run("registry", "restore", "text.db").fails("text.db")
    same(os.path.exists(scratch.file_path("rhumb-data")), False, "a data folder was made")
