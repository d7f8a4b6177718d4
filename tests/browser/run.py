#!/usr/bin/env python3
"""Walks through the registry's pages in a real browser.

usage: tests/browser/run.py <build folder>

Starts `<build>/rhumb serve` on an empty folder, fills it over the API and lets web/e2e/main.mjs drive
Chromium. RHUMB_SCREENSHOTS=1 also writes docs/screenshots. RHUMB_CHROMIUM names another browser.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import seed

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from server_process import free_port  # noqa: E402 (needs the path above)

TOKEN = "rgb_browser-tests-0123456789abcdef"
START_SECONDS = 30
WALK_SECONDS = 300


def skip(reason):
    print(f"browser tests skipped: {reason}")
    print("0 passed, 0 failed, 1 skipped")
    return 0


class Server:
    """`rhumb serve` on a free port and a fresh folder."""

    def __init__(self, binary, folder, listen="127.0.0.1:0", flags=()):
        os.mkdir(folder)
        self.log = open(os.path.join(folder, "serve.log"), "w+", encoding="utf-8")
        self.data = os.path.join(folder, "data")
        environment = {**os.environ, "RHUMB_ADMIN_TOKEN": TOKEN, "HOME": folder}
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.data, "--listen", listen, *flags],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.base = self.setup = None
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            if found := re.search(r"Set-up URL: (\S+)", line):
                self.setup = found.group(1)
            if found := re.search(r"is listening on (\S+)", line):
                self.base = found.group(1)
                break
        watchdog.cancel()

    def stop(self):
        """Ends the server; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return -1

    def complaints(self):
        self.log.seek(0)
        return self.log.read()


def named_server(binary, folder):
    """One at a host name: browsers have passkeys at no other address. It asks who made their authenticators."""
    port = free_port()
    return Server(binary, folder, f"127.0.0.1:{port}", ("--public-url", f"http://localhost:{port}",
                                                       "--passkey-attestation", "direct"))


def walk(server, empty, named, binary, chromium, folder):
    """Seeds one server and walks all; the output of the journeys ends with the counts."""
    addresses = seed.seed(seed.Api(server.base, TOKEN))
    environment = {**os.environ, "RHUMB_BASE": server.base, "RHUMB_TOKEN": TOKEN,
                   "RHUMB_EMPTY": empty.base, "RHUMB_BINARIES": os.path.dirname(binary),
                   "RHUMB_DATA": server.data, "RHUMB_NAMED_SETUP": named.setup or "",
                   "RHUMB_SETUP": server.setup or "", "RHUMB_CHROMIUM": chromium,
                   "RHUMB_PAGES": json.dumps(addresses), "RHUMB_PROFILE": os.path.join(folder, "profile"),
                   "RHUMB_LIVE": json.dumps(seed.deployment_set(0))}
    if os.environ.get("RHUMB_SCREENSHOTS"):
        environment["RHUMB_SCREENSHOTS"] = os.path.join(ROOT, "docs", "screenshots")
    return subprocess.run(["node", os.path.join(ROOT, "web", "e2e", "main.mjs")], env=environment,
                          timeout=WALK_SECONDS, check=False).returncode


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    binary = os.path.join(os.path.abspath(sys.argv[1]), "rhumb")
    chromium = os.environ.get("RHUMB_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        return skip("no chromium")
    if shutil.which("node") is None or not os.path.isdir(os.path.join(ROOT, "web/node_modules/playwright-core")):
        return skip("no node, or web/node_modules is missing (tools/web)")
    if not os.access(binary, os.X_OK):
        print(f"{binary} is missing; build it first\n0 passed, 1 failed")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        servers = [Server(binary, os.path.join(folder, name)) for name in ("seeded", "empty")]
        servers.append(named_server(binary, os.path.join(folder, "named")))
        try:
            for server in servers:
                if server.base is None:
                    print(f"the registry did not start\n{server.complaints()}\n0 passed, 1 failed")
                    return 1
            code = walk(*servers, binary, chromium, folder)
        finally:
            for server in servers:
                server.stop()
        if code != 0:
            print(servers[0].complaints()[-4000:], file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
