#!/usr/bin/env python3
"""Runs the test suites of a build and closes with one line: N passed, N failed, N skipped.

    tools/run_tests.py --build build/dev [SUITE ...]

Suites: unit, house, conformance, replay, cli, stores, engines, web, browser, demo. Without names all of them run.
For unit, conformance, replay, cli and stores the database servers that are installed are started (tests/servers.py).
Exit status 1 when a test failed, a suite broke, or nothing ran.
"""
import argparse
import contextlib
import glob
import os
import re
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))

import servers  # noqa: E402 (needs the path above)
from counts import Counts, closing_counts, run_unit_tests  # noqa: E402

SHARED = os.environ.get("RHUMB_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")


def run(command, **options):
    return subprocess.run(command, cwd=ROOT, text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)


def suite_unit(build):
    total = Counts()
    for binary in sorted(glob.glob(os.path.join(build, "bin", "rhumb_*_test"))):
        total.add(run_unit_tests(binary, cwd=ROOT))
    return total


# Of the tests of the command line, those in which a registry keeps something.
STORE_TESTS = ["audit_test", "bad_input_test", "down_registry_test", "local_report_test", "process_test.the_registry",
               "promotion_test", "registry_content_test", "rollout_test", "spool_test", "store_copy_test",
               "telemetry_test"]


def suite_stores(build):
    """What keeps a registry's data, once more with PostgreSQL instead of the embedded store."""
    if not os.environ.get("RHUMB_TEST_POSTGRES"):
        return Counts(skipped=1, note="no PostgreSQL")
    os.environ["RHUMB_TEST_STORE"] = "postgres"
    try:
        total = run_unit_tests(os.path.join(build, "bin", "rhumb_registry_test"), cwd=ROOT)
        done = run([sys.executable, "tests/cli/run.py", build, *STORE_TESTS])
        total.add(closing_counts(done.stdout, done.returncode != 0))
        return total
    finally:
        del os.environ["RHUMB_TEST_STORE"]


def suite_house(build):
    done = run([sys.executable, "tools/tidy.py"])
    return closing_counts(done.stdout, done.returncode != 0)


CONFORMANCE_FOLDERS = ["migrate-apply", "migrate-hash-validate", "migrate-import", "migrate-new",
                       "migrate-set", "migrate-status", "splitter", "urls", "project-file",
                       "data-sources", "template-dir", "go-template", "multi-target", "reporting"]


def pending_scenarios():
    path = os.path.join(ROOT, "tests", "conformance-pending.txt")
    with open(path, encoding="utf-8") as f:
        lines = [line.split("#")[0].strip() for line in f]
    return {line for line in lines if line}


def suite_conformance(build):
    conform = os.path.join(SHARED, "conformance", "conform")
    if not os.path.exists(conform):
        return Counts(skipped=1, note="no ../shared")
    scenarios = os.path.join(SHARED, "conformance", "scenarios")
    pending = pending_scenarios()
    wanted = []
    for folder in CONFORMANCE_FOLDERS:
        for path in sorted(glob.glob(os.path.join(scenarios, folder, "*.scn"))):
            if os.path.relpath(path, scenarios) not in pending:
                wanted.append(path)
    done = run([sys.executable, conform, "run", "--bin", os.path.join(build, "rhumb"), "--jobs", "3",
                *wanted])
    counts = closing_counts(done.stdout, done.returncode != 0)
    counts.skipped += len(pending)
    return counts


def suite_replay(build):
    replay = os.path.join(SHARED, "conformance", "registry", "replay")
    if not os.path.exists(replay):
        return Counts(skipped=1, note="no ../shared")
    done = run([sys.executable, "tests/registry/replay.py", build, replay])
    return closing_counts(done.stdout, done.returncode != 0)


def script_suite(path):
    def suite(build):
        if not os.path.exists(os.path.join(ROOT, path)):
            return Counts(skipped=1, note=f"no {path}")
        done = run([sys.executable, path, build])
        return closing_counts(done.stdout, done.returncode != 0)
    return suite


def suite_engines(build):
    done = run([sys.executable, "tests/engines.py", build])
    print("".join(f"{line}\n" for line in done.stdout.splitlines() if line.startswith("  ")), end="")
    return closing_counts(done.stdout, done.returncode != 0)


def suite_web(build):
    if not os.path.exists(os.path.join(ROOT, "web", "package.json")):
        return Counts(skipped=1, note="no web/")
    done = run(["npm", "--prefix", "web", "test", "--silent"])
    passed = sum(int(n) for n in re.findall(r"^# pass (\d+)|^ℹ pass (\d+)", done.stdout, re.M)
                 for n in n if n)
    failed = sum(int(n) for n in re.findall(r"^# fail (\d+)|^ℹ fail (\d+)", done.stdout, re.M)
                 for n in n if n)
    if done.returncode != 0:
        print(done.stdout[-4000:])
        failed = max(failed, 1)
    return Counts(passed, failed)


def suite_demo(build):
    started = time.time()
    done = run(["tools/demo", "--once"], env={**os.environ, "RHUMB_BUILD": build})
    if done.returncode != 0:
        print(done.stdout[-4000:])
        return Counts(failed=1)
    return Counts(passed=1, note=f"{time.time() - started:.1f} s")


SUITES = {
    "house": suite_house,
    "unit": suite_unit,
    "conformance": suite_conformance,
    "replay": suite_replay,
    "cli": script_suite("tests/cli/run.py"),
    "stores": suite_stores,
    "engines": suite_engines,
    "web": suite_web,
    "browser": script_suite("tests/browser/run.py"),
    "demo": suite_demo,
}
SERVER_SUITES = {"unit", "conformance", "replay", "cli", "stores"}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("suites", nargs="*", choices=[[], *SUITES])
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    os.environ.setdefault("RHUMB_SHARED", SHARED)
    names = arguments.suites or list(SUITES)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    with servers.running() if SERVER_SUITES & set(names) else contextlib.nullcontext({}) as urls:
        os.environ.update(urls)
        total = run_suites(names, build)
    print(total)
    return 1 if total.failed or not total.passed else 0


def run_suites(names, build):
    total = Counts()
    for name in names:
        started = time.time()
        counts = SUITES[name](build)
        note = f" ({counts.note})" if counts.note else ""
        print(f"{name:12} {counts}, {time.time() - started:.1f} s{note}", flush=True)
        total.add(counts)
    return total


if __name__ == "__main__":
    sys.exit(main())
