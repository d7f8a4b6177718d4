#!/usr/bin/env python3
"""Tests of the command line against a real registry.

    tests/cli/run.py BUILD [WORD ...]    only tests whose name holds one of the words

Ends with `N passed, N failed, N skipped`. RHUMB_SHARED names the folder with foreign histories,
RHUMB_KILLS the number of times the history test kills its run (30), RHUMB_CUTS that of kills and of cut
connections in real histories on PostgreSQL and MariaDB (0; with it, short files are cut at every boundary),
RHUMB_STATEMENTS the statements of the masking test (20000), RHUMB_RUNNERS the runs on one database (20),
RHUMB_KILL_POINTS the statements that are killed one by one (10), RHUMB_NODE_KILLS how often one of two registries
on one store is killed (3) and RHUMB_NODE_SECONDS the time before each (0.7), RHUMB_SERVER_KILLS how often a
single one (5), RHUMB_REQUESTS_SECONDS how long generated requests are sent (3), RHUMB_SEED repeats a failure.
RHUMB_WRITE_DOCS writes docs/permissions.md anew.
"""

import glob
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import harness  # noqa: E402 (needs the path above)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sorted(glob.glob(os.path.join(HERE, "*_test.py"))):
        importlib.import_module(os.path.basename(path)[:-3])
    return harness.run_tests(os.path.abspath(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
