#!/usr/bin/env python3
"""Drivers and crash-exact runs on database servers of other versions than those of the other suites.

    tests/engines.py BUILD [ENGINE ...]    engines as tests/servers.py --list has them

Ends with `N passed, N failed, N skipped`; an engine that is not installed (tools/setup servers) is one test
skipped. Two engines at a time: their tests mostly wait.
"""
import concurrent.futures
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import counts  # noqa: E402 (needs the path above)
import servers  # noqa: E402

AT_A_TIME = 2
# Test binaries with what they are to run, and words of the names of command line tests.
UNIT_TESTS = {
    "postgres": [("rhumb_driver_postgres_test", "*"), ("rhumb_migrate_test", "Postgres*"),
                 ("rhumb_history_test", "Postgres*")],
    "mariadb": [("rhumb_driver_mysql_test", "*"), ("rhumb_migrate_test", "Mysql*:Mariadb*"),
                ("rhumb_history_test", "Mysql*")],
}
CLI_TESTS = {
    "postgres": ["kill_points_test.a_file_on_postgres", "kill_points_test.a_commit_on_postgres",
                 "lost_connection_test.postgres", "lost_connection_test.a_commit_on_postgres",
                 "runners_test.of_many_runners_on_postgres", "runners_test.a_killed_runner_on_postgres",
                 "runners_test.a_runner_that_waits_on_postgres"],
    "mariadb": ["kill_points_test.a_file_on_mariadb", "lost_connection_test.mariadb",
                "lost_connection_test.a_commit_on_mariadb", "mariadb_crash_test.an_unknown_outcome",
                "runners_test.of_many_runners_on_mariadb", "runners_test.a_killed_runner_on_mariadb",
                "runners_test.tenants_of_one_mariadb_server"],
}


def run_engine(engine, build):
    """-> counts, seconds"""
    started = time.monotonic()
    total = counts.Counts()
    if not servers.is_installed(engine):
        return counts.Counts(skipped=1, note="not installed (tools/setup servers)"), 0
    kind = engine.partition(":")[0]
    with servers.running([engine]) as values:
        # The servers of the other suites are not to be used.
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RHUMB_TEST_", "CONFORM_"))}
        environment = {**kept, **values, "RHUMB_CUT_SAMPLE": "3"}
        for binary, wanted in UNIT_TESTS[kind]:
            total.add(counts.run_unit_tests(os.path.join(build, "bin", binary), f"--gtest_filter={wanted}",
                                            env=environment))
        done = subprocess.run([sys.executable, os.path.join(HERE, "cli", "run.py"), build, *CLI_TESTS[kind]],
                              env=environment, text=True, errors="replace", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        total.add(counts.closing_counts(done.stdout, done.returncode != 0))
    return total, time.monotonic() - started


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = os.path.abspath(sys.argv[1])
    total = counts.Counts()
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        engines = sys.argv[2:] or servers.VERSIONS
        for engine, (found, seconds) in zip(engines, pool.map(lambda e: run_engine(e, build), engines)):
            note = f" ({found.note})" if found.note else ""
            print(f"  {engine:16} {found}, {seconds:.1f} s{note}", flush=True)
            total.add(found)
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
