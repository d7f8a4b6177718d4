"""The process itself: what it loads, how it is called, how it ends when it is told to."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import struct
import subprocess
import time

from harness import ROOT, contains, lacks, matches, same, test, true, wait_for
from scenes import LOCAL_PROJECT, REGISTRY_PROJECT, apply, revisions, tables

LIBRARIES_MAX = 6
SANITIZERS = ("libasan.so", "libubsan.so", "libtsan.so")
OF_SANITIZERS = (*SANITIZERS, "libstdc++.so", "libgcc_s.so")  # they need the shared C++ runtime
F_OFD_SETLK = 37  # Linux, fcntl(2)
BANNER = r"\Aatlas version v(\d+\.\d+.\d+)-?([a-z0-9]*)?"
ENDLESS = ("CREATE TABLE slow (n integer);\nINSERT INTO slow WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL"
           " SELECT n + 1 FROM c) SELECT count(*) FROM c;\n")


def without_sanitizers(names):
    """The libraries of the program itself, where it was built with a sanitizer."""
    names = list(names)
    if not any(name.startswith(SANITIZERS) for name in names):
        return names
    return [name for name in names if not name.startswith(OF_SANITIZERS)]


@test
def starts_with_few_shared_libraries(scratch):
    listed = subprocess.run(["ldd", scratch.rhumb], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        true("not a dynamic executable" in listed.stderr + listed.stdout, listed.stderr)
        return
    names = without_sanitizers(line.split()[0] for line in listed.stdout.splitlines()
                               if "linux-vdso" not in line)
    true(len(names) <= LIBRARIES_MAX, f"{len(names)} shared libraries: {names}")


@test
def loads_no_client_library_before_it_is_needed(scratch):
    child = scratch.start("version", env={"LD_DEBUG": "libs"})
    done = scratch.finish(child).ok()
    loaded = {os.path.basename(path) for path in re.findall(r"calling init: (\S+)", done.err)}
    loaded = without_sanitizers({name for name in loaded if ".so" in name})
    true(len(loaded) <= LIBRARIES_MAX, f"{len(loaded)} shared libraries initialised: {sorted(loaded)}")


@test
def the_license_is_printed_whole(scratch):
    with open(os.path.join(ROOT, "LICENSE"), encoding="utf-8") as f:
        same(scratch.run("license").ok().quiet().out, f.read(), "the text")


@test
def called_as_atlas_it_says_so(scratch):
    link = scratch.file_path("atlas")
    os.symlink(scratch.rhumb, link)
    done = scratch.run("version", program=link).ok().quiet()
    true(re.search(BANNER, done.out), f"the banner: {done.out!r}")
    matches(scratch.run("version").ok().quiet().out, r"\Arhumb version ")
    for word in ("atlas", "rhumb"):
        program = link if word == "atlas" else None
        done = scratch.run("bogus", program=program)
        done.fails(f'unknown command "bogus" for "{word}"')
        same(done.out, "", "stdout")


@test
def help_needs_no_home_and_no_project(scratch):
    for words in ([], ["migrate"], ["migrate", "apply", "--help"], ["help", "cloud"], ["completion", "bash"]):
        done = scratch.run(*words, env={"HOME": ""}).ok().quiet()
        true(len(done.out) > 40, f"help of {words}")
    same(os.listdir(scratch.path), ["home"], "files made")
    same(os.listdir(scratch.home), [], "files made at home")


def start_endless_run(scratch):
    """A statement that never ends, inside the transaction of its file."""
    scratch.directory("migrations", {"1_first.sql": "CREATE TABLE first (n integer);\n", "2_slow.sql": ENDLESS})
    scratch.write("atlas.hcl", LOCAL_PROJECT)
    child = scratch.start("migrate", "apply", "--url", "sqlite://prod.db", "--env", "prod")
    journal = scratch.file_path("prod.db-journal")

    def is_inside():
        return os.path.exists(journal) and revisions_or_none(scratch) == ["1"]
    wait_for(is_inside, "the second file is being executed")
    time.sleep(0.2)
    return child


def revisions_or_none(scratch):
    try:
        return [row[0] for row in revisions(scratch, "prod.db")]
    except Exception:  # the table is not there yet, or locked for a moment
        return None


@test
def an_interrupt_rolls_back_and_reports(scratch):
    server = scratch.server()
    for number in (signal.SIGINT, signal.SIGTERM):
        child = start_endless_run(scratch)
        sent = time.monotonic()
        child.send_signal(number)
        done = scratch.finish(child, seconds=20).fails("interrupt")
        true(time.monotonic() - sent < 10, "it ended soon")
        contains(done.out, f"{server.address}/")
        same(tables(scratch, "prod.db"), ["first"], "tables")
        same([(r[0], r[1], r[2]) for r in revisions(scratch, "prod.db")], [("1", 1, 1)], "history")
        os.remove(scratch.file_path("prod.db"))
    same([(m["status"], m["version"]) for m in server.migrations()], [("FAILED", "2")] * 2, "reports")


@test
def an_interrupt_without_a_registry_spools_the_report(scratch):
    scratch.server().stop()
    child = start_endless_run(scratch)
    child.send_signal(signal.SIGINT)
    scratch.finish(child, seconds=20).fails("interrupt")
    same(len(scratch.spool()), 1, "spooled reports")
    same(tables(scratch, "prod.db"), ["first"], "tables")


@test
def a_second_interrupt_ends_at_once(scratch):
    child = start_endless_run(scratch)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGINT)
    done = scratch.finish(child, seconds=10)
    same(done.code, 1, "exit")
    same(tables(scratch, "prod.db"), ["first"], "tables")


@contextlib.contextmanager
def held_lock(scratch, database):
    """Somebody else is at work in the database."""
    with open(scratch.file_path(f"{database}.atlas-lock"), "w", encoding="utf-8") as held:
        fcntl.fcntl(held, F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))
        yield

@test
def an_interrupt_ends_the_wait_for_a_lock(scratch):
    scratch.directory("migrations", {"1_first.sql": "CREATE TABLE first (n integer);\n"})
    with held_lock(scratch, "prod.db"):
        child = scratch.start("migrate", "apply", "--url", "sqlite://prod.db", "--lock-timeout", "60s")
        time.sleep(0.5)
        same(child.poll(), None, "exit of the waiting run")
        child.send_signal(signal.SIGTERM)
        scratch.finish(child, seconds=10).fails("acquiring database lock: interrupted")
    same(tables(scratch, "prod.db"), [], "tables")


@test
def an_interrupt_ends_the_wait_for_a_server(scratch):
    """One that takes connections and never says a word."""
    scratch.directory("migrations", {"1_first.sql": "CREATE TABLE first (n integer);\n"})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"u:secret@127.0.0.1:{silent.getsockname()[1]}/app"
        for url in (f"postgres://{address}?sslmode=disable", f"mysql://{address}"):
            for words in (["apply"], ["apply", "--lock-mode", "lease"], ["down"]):
                child = scratch.start("migrate", *words, "--url", url)
                silent.accept()[0].detach()
                child.send_signal(signal.SIGTERM)
                done = scratch.finish(child, seconds=10).fails("interrupted")
                lacks(done.err, "secret")


@test
def an_interrupt_restores_the_dev_database(scratch):
    scratch.directory("migrations", {"1_first.sql": "CREATE TABLE first (n integer);\n", "2_slow.sql": ENDLESS})
    scratch.environment["ATLAS_TOKEN"] = "rgb_none"
    scratch.environment["ATLAS_CLOUD_URL"] = "http://127.0.0.1:9/query"
    for words in (["validate"], ["push", "myapp"]):
        child = scratch.start("migrate", *words, "--dev-url", "sqlite://dev.db")
        wait_for(lambda: scratch.query("dev.db", "SELECT 1 FROM sqlite_schema WHERE name = 'first'"),
                 "the first file is there")
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        scratch.finish(child, seconds=10).fails("interrupt")
        same(tables(scratch, "dev.db"), [], f"tables after {words}")


@test
def an_interrupt_ends_the_programs_of_a_data_source(scratch):
    project = ('data "external" "slow" {\n  program = ["sh", "-c", "echo $$ > pid; sleep 60; echo x"]\n}\n'
               'env "prod" {\n  url = "sqlite://${data.external.slow}.db"\n}\n')
    scratch.directory("migrations", {"1_first.sql": "CREATE TABLE first (n integer);\n"})
    scratch.write("atlas.hcl", project)
    for command in ("apply", "status"):
        child = scratch.start("migrate", command, "--env", "prod")
        pid = wait_for(lambda: os.path.exists(scratch.file_path("pid"))
                       and open(scratch.file_path("pid"), encoding="utf-8").read().strip(), "the program runs")
        child.send_signal(signal.SIGTERM)
        scratch.finish(child, seconds=10).fails("interrupted")
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"), f"the program of {command} is gone", 5)
        os.remove(scratch.file_path("pid"))


@test
def an_interrupt_ends_the_wait_for_a_registry(scratch):
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        scratch.environment["ATLAS_TOKEN"] = "rgb_none"
        scratch.environment["ATLAS_CLOUD_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        child = scratch.start("migrate", "apply", "--url", "sqlite://prod.db", "--env", "prod")
        with silent.accept()[0]:  # kept open: a closed one would be tried again
            sent = time.monotonic()
            child.send_signal(signal.SIGINT)
            scratch.finish(child, seconds=20).fails("cancelled")
        true(time.monotonic() - sent < 10, "it ended soon: a second for the wait, five for the report")
    same(len(scratch.spool()), 1, "spooled reports")
    true(not os.path.exists(scratch.file_path("prod.db")), "no database was opened")


@test
def the_registry_prints_its_lines_and_stops_on_a_signal(scratch):
    server = scratch.server(token="")
    same(len(server.lines), 3, f"lines of the first start {server.lines}")
    matches(server.lines[0], r"^Admin token: rgb_[0-9A-Za-z]{32,}$")
    matches(server.lines[1], rf"^Set-up URL: {server.address}/setup/\S+$")
    if not server.store:
        same(oct(os.stat(server.data).st_mode & 0o777), "0o700", "mode of the data folder")
    for number in (signal.SIGTERM, signal.SIGINT):
        server.process.send_signal(number)
        same(server.process.wait(30), 0, "exit")
        server.start()
        same(["Admin token" in line for line in server.lines], [False, False], "lines of a later start")
    same(server.api("{ me { name org } }")["me"], {"name": "admin", "org": "default"}, "me")


@test
def the_registry_refuses_with_one_line(scratch):
    server = scratch.server()
    cases = [*([] if server.store else [(["--data", server.data], {}, "in use")]),  # else they share it
             (["--data", "other", "--listen", server.listen], {}, "in use"),
             (["--data", "third"], {"RHUMB_ADMIN_TOKEN": "short"}, "RHUMB_ADMIN_TOKEN")]
    for flags, variables, text in cases:
        words = ["serve", "--listen", "127.0.0.1:0", *flags]
        done = scratch.run(*words, env=variables).fails(text)
        same((done.out, done.err.count("\n")), ("", 1), f"stdout and lines of {flags}")
    server.stop()
    done = scratch.run("serve", *server.store_flags, "--listen", "127.0.0.1:0",
                       env={"RHUMB_ADMIN_TOKEN": "another-token-0123456789"}).fails("cloud token create")
    same(done.out, "", "stdout")
