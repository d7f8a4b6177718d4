"""Mistakes a person makes: the error names the thing and the next step, and nothing was changed."""

import hashlib
import os
import resource
import signal
import threading

from harness import contains, lacks, same, test, true
from scenes import (FIRST, LOCAL_PROJECT, REGISTRY_PROJECT, SECOND, all_database_names, apply, push, revisions,
                    send_report, small_report, tables)

WRONG_TOKEN = "rgb_wrong0123456789abcdefghijklmnopqrstuv"
FILE_BYTES_MAX = 64 * 1024


def fingerprint(scratch):
    """Every file of the scratch folder with its content; the registry's own and reports that wait,
    which tell of a failed run, are left out."""
    found = {}
    for folder, _, names in os.walk(scratch.path):
        if {"registry", "spool"} & set(os.path.relpath(folder, scratch.path).split(os.sep)):
            continue
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, scratch.path)] = hashlib.sha256(f.read()).hexdigest()
    return found


def refused(scratch, parts, *words, **options):
    """The command fails with every part in its error, and no file changed."""
    before = fingerprint(scratch)
    done = scratch.run(*words, **options).fails(*parts)
    same(fingerprint(scratch), before, f"files after {' '.join(words)}")
    return done


def project(scratch, text=LOCAL_PROJECT):
    scratch.directory("migrations", FIRST)
    scratch.write("atlas.hcl", text)


APPLY = ("migrate", "apply", "--url", "sqlite://prod.db", "--env", "prod")


@test
def a_registry_without_scheme_is_told_apart(scratch):
    done = scratch.run("login", "--token", "t", "--url", "localhost:8484")
    done.fails('registry URL "localhost:8484" is not an http or https address; check')
    same(done.out, "", "stdout")


@test
def a_wrong_token_is_unauthorized_everywhere(scratch):
    scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    scratch.environment["ATLAS_TOKEN"] = WRONG_TOKEN
    for words in (APPLY, ("cloud", "database", "list"), ("whoami",),
                  ("migrate", "push", "myapp", "--dir", "file://pushed", "--dev-url", "sqlite://dev?mode=memory")):
        done = refused(scratch, ["Unauthorized"], *words)
        lacks(done.err + done.out, WRONG_TOKEN)
    refused(scratch, ["login with token failed: Unauthorized"], "login", "--token", WRONG_TOKEN)


@test
def without_a_login_commands_name_it(scratch):
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    for words in (APPLY, ("cloud", "migration", "list"), ("whoami",)):
        done = refused(scratch, [], *words)
        same(done.err, "Error: command requires 'atlas login'\n", f"stderr of {words}")


@test
def no_server_names_the_address(scratch):
    server = scratch.server()
    server.stop()
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    for words in (APPLY, ("cloud", "database", "list"), ("whoami",)):
        refused(scratch, [server.listen], *words)
    scratch.environment["ATLAS_CLOUD_URL"] = "not a url"
    refused(scratch, [], "whoami")


@test
def an_edited_migration_file_is_a_checksum_error(scratch):
    project(scratch)
    name, = FIRST
    scratch.write(f"migrations/{name}", "CREATE TABLE other (id integer);\n")
    done = refused(scratch, ["checksum mismatch"], *APPLY)
    contains(done.out, f"L2: {name} was edited", "run 'atlas migrate hash'")
    refused(scratch, ["checksum mismatch"], "migrate", "validate")
    os.remove(scratch.file_path("migrations", "atlas.sum"))
    refused(scratch, ["checksum file not found"], *APPLY)


@test
def words_of_the_project_file_are_named_with_their_place(scratch):
    project(scratch)
    scratch.write("named.hcl", 'env "prod" {\n}\n')
    refused(scratch, ['env "prdo" not defined in config file'], "migrate", "apply", "--env", "prdo",
            "--url", "sqlite://prod.db", "--config", "file://named.hcl")
    cases = [('env "prod" {\n  url = \n}\n', ["atlas.hcl:2"]),
             ('env "prod" {\n  url = "sqlite://${var.none}"\n}\n', ["atlas.hcl:2", "var"]),
             ('variable "x" {\n  type = string\n}\nenv "prod" {\n  url = var.x\n}\n', ['"x"']),
             ('env "prod" {\n', ["atlas.hcl:"]),
             ('env "prod" {\n  url = "sqlite://a.db"\n  migration {\n    dir = data.template_dir.no.url\n  }\n}\n',
              ["atlas.hcl:4"]),
             ('env "prod" {\n  migration {\n    report = "maybe"\n    repo {\n      name = "a"\n    }\n  }\n}\n',
              ["report"])]
    for text, parts in cases:
        scratch.write("atlas.hcl", text)
        refused(scratch, parts, *APPLY)
    os.remove(scratch.file_path("atlas.hcl"))
    refused(scratch, ["atlas.hcl", "was not found"], *APPLY)
    refused(scratch, ["file://atlas.hcl"], *APPLY, "--config", "atlas.hcl")


@test
def a_missing_directory_is_named(scratch):
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    refused(scratch, ["migrations"], *APPLY)
    refused(scratch, ["nowhere"], "migrate", "hash", "--dir", "file://nowhere")
    refused(scratch, ["nowhere"], "migrate", "status", "--dir", "file://nowhere", "--url", "sqlite://prod.db")
    scratch.directory("there", FIRST)
    refused(scratch, ['unknown driver "sqlit"'], "migrate", "apply", "--dir", "file://there",
            "--url", "sqlit://x")
    refused(scratch, ["unknown flag: --durl"], "migrate", "apply", "--durl", "x")


@test
def a_database_that_is_none_is_left_alone(scratch):
    project(scratch)
    scratch.write("prod.db", "this is a text file, not a database\n" * 40)
    refused(scratch, ["file is not a database"], *APPLY)
    os.remove(scratch.file_path("prod.db"))
    scratch.query("prod.db", "CREATE TABLE mine (id integer)")
    before = fingerprint(scratch)
    apply(scratch, "prod.db").fails("connected database is not clean", 'found multiple tables: 2',
                                    "baseline version or allow-dirty is required")
    same(tables(scratch, "prod.db"), ["mine"], "tables")
    true(before.keys() <= fingerprint(scratch).keys(), "no file vanished")


@test
def a_read_only_folder_is_named(scratch):
    project(scratch)
    os.mkdir(scratch.file_path("locked"))
    os.chmod(scratch.file_path("locked"), 0o500)
    # Root may write anywhere, so the commands run as nobody where the test is root.
    options = {}
    if os.getuid() == 0:
        os.chmod(scratch.path, 0o755)
        options = {"user": 65534, "group": 65534, "extra_groups": []}
    scratch.run("migrate", "apply", "--dir", "file://migrations", "--url", "sqlite://locked/x.db",
                **options).fails("unable to open database file")
    scratch.run("migrate", "new", "more", "--dir", "file://locked", **options).fails("locked", "ermission denied")
    same(os.listdir(scratch.file_path("locked")), [], "files in the folder")
    done = scratch.run("serve", "--data", "locked/data", "--listen", "127.0.0.1:0", **options).fails("locked/data")
    same((done.out, done.err.count("\n")), ("", 1), "stdout and lines")


@test
def a_full_disk_ends_the_run_whole(scratch):
    server = scratch.server()
    big = "INSERT INTO users (name) VALUES (hex(randomblob(2000)));\n" * 200
    scratch.directory("migrations", {**FIRST, "20260601000000_big.sql": big})
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    scratch.run(*APPLY, preexec_fn=limit_file_size).fails("disk I/O error")
    event, = server.migrations("status version currentVersion error")
    same((event["status"], event["currentVersion"]), ("FAILED", "20260512141500"), "the report")
    same([row[:3] for row in revisions(scratch, "prod.db")], [("20260512141500", 1, 1)], "history")
    same(scratch.query("prod.db", "SELECT count(*) FROM users"), [(0,)], "rows of the file that failed")
    scratch.run(*APPLY).ok()
    same(scratch.query("prod.db", "SELECT count(*) FROM users"), [(200,)], "rows after more space")
    same([m["status"] for m in server.migrations()], ["PASSED", "FAILED"], "reports")


def limit_file_size():
    """Writes past the limit fail like those on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, FILE_BYTES_MAX))


@test
def a_killed_registry_keeps_every_acknowledged_report(scratch):
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    acknowledged, stopped = [], threading.Event()

    def send(worker):
        number = 0
        while not stopped.is_set():
            number += 1
            try:
                status, reply = send_report(server, small_report(f"{worker}-{number}"), timeout=10)
            except OSError:
                return
            if status == 200 and not reply.get("errors"):
                acknowledged.append(f"{worker}-{number}")
    for round_number in range(2):
        workers = [threading.Thread(target=send, args=(f"{round_number}-{worker}",)) for worker in range(4)]
        for worker in workers:
            worker.start()
        stopped.wait(0.8)
        server.kill()
        for worker in workers:
            worker.join()
        server.start()
    true(len(acknowledged) > 20, f"only {len(acknowledged)} reports were sent")
    stored = all_database_names(server)
    missing = [name for name in acknowledged if name not in stored]
    same(missing, [], "acknowledged reports that are gone")
    server.stop()
    scratch.run("audit", "verify", *server.store_flags).ok()
    contains(scratch.run("registry", "rebuild", *server.store_flags).ok().out, "nothing differed")


@test
def a_registry_on_a_full_disk_acknowledges_nothing_it_cannot_keep(scratch):
    # As above, the limit makes writes fail; the signal that goes with it stays ignored.
    server = scratch.server(restore_signals=False)
    for number in range(3):
        same(send_report(server, small_report(f"before{number}"))[0], 200, "status")
    server.needs_folder()
    limit = 2 * max(os.path.getsize(os.path.join(server.data, name)) for name in os.listdir(server.data))
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    acknowledged, refusals = [], []
    for number in range(400):
        name = f"full{number}"
        status, reply = send_report(server, {**small_report(name), "log": os.urandom(3000).hex()})
        (acknowledged if status == 200 and not reply.get("errors") else refusals).append((name, status, reply))
        if len(refusals) > 3:
            break
    true(refusals, "the disk was never full")
    same({status for _, status, _ in refusals} <= {500, 503}, True, f"statuses of {refusals[0]}")
    same(server.process.poll(), None, "exit of the registry, still there")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    same(send_report(server, small_report("after"))[1].get("errors"), None, "errors once there is room")
    server.kill()
    server.start()
    stored = all_database_names(server)
    same([name for name, _, _ in acknowledged if name not in stored], [], "acknowledged reports that are gone")
    same("after" in stored, True, "the last report")
