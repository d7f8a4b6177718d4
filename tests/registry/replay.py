#!/usr/bin/env python3
"""Replays recorded client requests twice against one fresh registry of each store there is: the
embedded one, and PostgreSQL where RHUMB_TEST_POSTGRES names a server.

    tests/registry/replay.py BUILD REPLAY    REPLAY: the runner beside the recordings

The second round must be answered like the first: every write in it is a repetition. Ends with
`N passed, N failed`, both rounds added.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

import harness  # noqa: E402 (needs the path above)

ROUNDS = 2


def replay(runner, server):
    """One round. -> (passed, failed)"""
    done = subprocess.run([sys.executable, runner, "--url", server.address, "--token", server.token],
                          text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    found = re.findall(r"^(\d+) passed, (\d+) failed", done.stdout, re.M)
    passed, failed = map(int, found[-1]) if found else (0, 1)
    if failed or done.returncode:
        print(done.stdout)
        failed = max(failed, 1)
    return passed, failed


def replay_on(store, build, runner):
    """All rounds. -> (passed, failed)"""
    os.environ["RHUMB_TEST_STORE"] = store
    scratch = harness.Scratch(build)
    try:
        server = scratch.server()
        rounds = [replay(runner, server) for _ in range(ROUNDS)]
        stopped = server.stop()
    finally:
        scratch.close()
    passed, failed = (sum(counts) for counts in zip(*rounds))
    if stopped != 0:
        print(f"the registry ended with {stopped}\n" + "\n".join(server.log))
        failed += 1
    print(f"  {store}: {passed} passed, {failed} failed")
    return passed, failed


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    stores = ["sqlite"] + (["postgres"] if os.environ.get("RHUMB_TEST_POSTGRES") else [])
    results = [replay_on(store, os.path.abspath(sys.argv[1]), sys.argv[2]) for store in stores]
    passed, failed = (sum(counts) for counts in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
