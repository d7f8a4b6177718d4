"""The process itself: what it loads, how it is called, how it ends when it is told to."""

import os
import re
import signal
import subprocess
import time

from harness import contains, matches, same, test, true, wait_for
from scenes import LOCAL_PROJECT, apply, revisions, tables

LIBRARIES_MAX = 6
BANNER = r"\Aatlas version v(\d+\.\d+.\d+)-?([a-z0-9]*)?"
ENDLESS = ("CREATE TABLE slow (n integer);\nINSERT INTO slow WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL"
           " SELECT n + 1 FROM c) SELECT count(*) FROM c;\n")


@test
def starts_with_few_shared_libraries(scratch):
    listed = subprocess.run(["ldd", scratch.rhumb], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        true("not a dynamic executable" in listed.stderr + listed.stdout, listed.stderr)
        return
    names = [line.split()[0] for line in listed.stdout.splitlines() if "linux-vdso" not in line]
    true(len(names) <= LIBRARIES_MAX, f"{len(names)} shared libraries: {names}")


@test
def loads_no_client_library_before_it_is_needed(scratch):
    child = scratch.start("version", env={"LD_DEBUG": "libs"})
    done = scratch.finish(child).ok()
    loaded = {os.path.basename(path) for path in re.findall(r"calling init: (\S+)", done.err)}
    loaded = {name for name in loaded if ".so" in name}
    true(len(loaded) <= LIBRARIES_MAX, f"{len(loaded)} shared libraries initialised: {sorted(loaded)}")


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


@test
def the_registry_prints_its_lines_and_stops_on_a_signal(scratch):
    server = scratch.server(token="")
    same(len(server.lines), 3, f"lines of the first start {server.lines}")
    matches(server.lines[0], r"^Admin token: rgb_[0-9A-Za-z]{32,}$")
    matches(server.lines[1], rf"^Set-up URL: {server.address}/setup/\S+$")
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
    cases = [(["--data", server.data], {}, "in use"),
             (["--data", "other", "--listen", server.listen], {}, "in use"),
             (["--data", "third"], {"RHUMB_ADMIN_TOKEN": "short"}, "RHUMB_ADMIN_TOKEN")]
    for flags, variables, text in cases:
        words = ["serve", "--listen", "127.0.0.1:0", *flags]
        done = scratch.run(*words, env=variables).fails(text)
        same((done.out, done.err.count("\n")), ("", 1), f"stdout and lines of {flags}")
    server.stop()
    done = scratch.run("serve", "--data", server.data, "--listen", "127.0.0.1:0",
                       env={"RHUMB_ADMIN_TOKEN": "another-token-0123456789"}).fails("cloud token create")
    same(done.out, "", "stdout")
