"""What every test of the command line shares: a scratch folder, a registry, the binary, checks.

A test is a function marked with @test; it gets a `Scratch` of its own and fails by raising.
"""

import base64
import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("RHUMB_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
sys.path.insert(0, os.path.join(ROOT, "tests"))

import registry_store  # noqa: E402
from server_process import temporary_parent  # noqa: E402 (needs the path above)

ADMIN_TOKEN = "rgb_test0123456789abcdefghijklmnopqrstuv"
START_SECONDS = 30
COMMAND_SECONDS = 120
# Of everything random; told when a test fails.
SEED = int(os.environ.get("RHUMB_SEED", "0")) or random.randrange(1, 1 << 32)

TESTS = []


class Skipped(Exception):
    """The test cannot run here; the text says what is missing."""


def test(function):
    TESTS.append(function)
    return function


# ---------------------------------------------------------------- checks


def same(got, want, what):
    if got != want:
        raise AssertionError(f"{what}:\n  got  {got!r}\n  want {want!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in {text!r}")


def lacks(text, *parts):
    for part in parts:
        if part in text:
            raise AssertionError(f"{part!r} is in {text!r}")


def matches(text, pattern):
    found = re.search(pattern, text, re.M)
    if not found:
        raise AssertionError(f"/{pattern}/ does not match {text!r}")
    return found


def wait_for(condition, what, seconds=20.0):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.02)


# ---------------------------------------------------------------- commands


class Done:
    """A finished command."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def __str__(self):
        return f"{' '.join(self.words)}\n  exit {self.code}\n  stdout {self.out!r}\n  stderr {self.err!r}"

    def ok(self):
        if self.code != 0:
            raise AssertionError(f"should succeed: {self}")
        return self

    def fails(self, *parts):
        """Exit 1 with an `Error: ` line that holds every part."""
        if self.code != 1:
            raise AssertionError(f"should fail with 1: {self}")
        for part in ("Error: ", *parts):
            if part not in self.err:
                raise AssertionError(f"stderr lacks {part!r}: {self}")
        return self

    def quiet(self):
        """Nothing was said on stderr."""
        if self.err:
            raise AssertionError(f"stderr should be empty: {self}")
        return self


class Scratch:
    """A folder of one test: `home`, and whatever the test writes. Everything goes with it."""

    def __init__(self, build):
        self.path = tempfile.mkdtemp(prefix="rhumb-cli-", dir=temporary_parent())
        self.rhumb = os.path.join(build, "rhumb")
        self.home = self.file_path("home")
        os.mkdir(self.home)
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.home, "TZ": "UTC",
                            "LANG": "C.UTF-8", "USER": "tester"}
        self.servers = []
        self.stores = {}  # by data folder
        self.children = []
        self.stack = contextlib.ExitStack()

    def close(self):
        self.stack.close()
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()
        for server in self.servers:
            server.kill()
        for folder, _, _ in os.walk(self.path):
            with contextlib.suppress(OSError):
                os.chmod(folder, 0o700)
        shutil.rmtree(self.path, ignore_errors=True)

    def file_path(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, text):
        path = self.file_path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def directory(self, name, files):
        """A migration directory with its checksum file. -> its path"""
        for file_name, text in files.items():
            self.write(os.path.join(name, file_name), text)
        self.run("migrate", "hash", "--dir", f"file://{name}").ok().quiet()
        return self.file_path(name)

    def start(self, *words, env=None, program=None, **options):
        """Starts `rhumb WORDS` in the scratch folder and does not wait for it."""
        child = subprocess.Popen([program or self.rhumb, *words], cwd=self.path,
                                 env={**self.environment, **(env or {})}, text=True,
                                 errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, **options)
        self.children.append(child)
        return child

    def run(self, *words, seconds=COMMAND_SECONDS, **options):
        child = self.start(*words, **options)
        return self.finish(child, seconds)

    def finish(self, child, seconds=COMMAND_SECONDS):
        try:
            out, err = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
            raise AssertionError(f"not finished after {seconds} s: {Done(child.args, None, out, err)}")
        finally:
            self.children = [other for other in self.children if other is not child]
        return Done(child.args, child.returncode, out, err)

    def server(self, **options):
        """A running registry; commands of this scratch reach it from now on."""
        server = Server(self, **options)
        self.servers.append(server)
        server.start()
        self.reach(server)
        return server

    def reach(self, server):
        self.environment["ATLAS_TOKEN"] = server.token
        self.environment["ATLAS_CLOUD_URL"] = server.endpoint

    def query(self, database, sql, parameters=()):
        """Rows of a SQLite file of the scratch folder."""
        connection = sqlite3.connect(self.file_path(database), timeout=10)
        try:
            with connection:
                return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def spool(self):
        folder = os.path.join(self.home, ".atlas", "spool")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                      if not name.startswith(".")) if os.path.isdir(folder) else []


# ---------------------------------------------------------------- registry


class Server:
    """`rhumb serve` on a free port; keeps its port over restarts so that clients find it again."""

    def __init__(self, scratch, data="registry", token=ADMIN_TOKEN, flags=(), store=None,
                 listen="127.0.0.1:0", **options):
        self.scratch, self.token, self.flags, self.options = scratch, token, flags, options
        self.data = scratch.file_path(data)
        self.store = registry_store.address(scratch, self.data) if store is None else store
        self.listen = listen
        self.process = None
        self.lines = []
        self.log = []

    @property
    def endpoint(self):
        return f"{self.address}/query"

    @property
    def store_flags(self):
        """Names its store to commands that look after one."""
        return ["--store", self.store] if self.store else ["--data", self.data]

    def change_store(self, sql):
        """Changes rows behind the back of the registry, which does not run."""
        if self.store:
            registry_store.run_on_server(sql, self.store)
            return
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "registry.db"))) as store, store:
            store.execute(sql)

    def needs_folder(self):
        """Skips a test about the data folder where there is none."""
        if self.store:
            raise Skipped("the store of these tests is no folder (RHUMB_TEST_STORE)")

    def start(self):
        """Reads stdout until the server says that it listens."""
        environment = {**self.scratch.environment}
        for name in ("ATLAS_TOKEN", "ATLAS_CLOUD_URL"):
            environment.pop(name, None)
        if self.store:
            environment["RHUMB_STORE"] = self.store
            environment["RHUMB_SEAL_KEY_FILE"] = self.scratch.write("seal.key", base64.b64encode(b"k" * 32).decode())
        if self.token:
            environment["RHUMB_ADMIN_TOKEN"] = self.token
        self.process = subprocess.Popen(
            [self.scratch.rhumb, "serve", *([] if self.store else ["--data", self.data]), "--listen", self.listen,
             "--rate-limit", "0", *self.flags],
            env=environment, cwd=self.scratch.path, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **self.options)
        self.lines, self.log = [], []
        listening = threading.Event()
        for stream, lines in ((self.process.stdout, self.lines), (self.process.stderr, self.log)):
            threading.Thread(target=self._read, args=(stream, lines, listening), daemon=True).start()
        if not listening.wait(START_SECONDS) or self.process.poll() is not None:
            self.kill()
            raise AssertionError(f"the registry did not start: {self.lines} {self.log}")
        said = "\n".join(self.lines)
        self.address = matches(said, r"^Rhumb \S+ is listening on (http://127\.0\.0\.1:\d+)$")[1]
        self.listen = self.address.removeprefix("http://")
        if not self.token:
            self.token = matches(said, r"^Admin token: (rgb_\S+)$")[1]
        return self

    def _read(self, stream, lines, listening):
        for line in stream:
            lines.append(line.rstrip("\n"))
            if " is listening on " in line:
                listening.set()
        if stream is self.process.stdout:
            listening.set()  # ended: whoever waits looks at the process

    def stop(self):
        """Asks it to end and waits. -> exit status"""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def api(self, document, variables=None):
        """The `data` of the answer; errors raise."""
        status, reply = self.post({"query": document, "variables": variables or {}})
        if status != 200 or reply.get("errors"):
            raise AssertionError(f"{document[:80]}: {status} {json.dumps(reply)[:600]}")
        return reply["data"]

    def get(self, path, token=None, **headers):
        """-> status and text of what a browser would load"""
        request = urllib.request.Request(self.address + path, headers={
            "Authorization": f"Bearer {token or self.token}", **headers})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode("latin-1")
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode("latin-1")

    def post(self, body, token=None, timeout=60):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.endpoint, data=raw,
            headers={"Authorization": f"Bearer {token or self.token}",
                     "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refusal:
            text = refusal.read().decode("utf-8", "replace")
            try:
                return refusal.code, json.loads(text)
            except ValueError:
                return refusal.code, {"errors": [{"message": text}]}

    def migrations(self, fields="id status databaseName version envName repoName", **input_):
        """All events, newest first."""
        document = ("query M($input: MigrationsInput) { migrations(input: $input) { migrations { "
                    + fields + " } pageInfo { total } } }")
        found, page = [], 1
        while True:
            payload = self.api(document, {"input": {**input_, "page": {"page": page}}})["migrations"]
            found += payload["migrations"]
            if len(found) >= payload["pageInfo"]["total"] or not payload["migrations"]:
                return found
            page += 1


# ---------------------------------------------------------------- running


def run_tests(build, wanted):
    """Runs the tests whose name holds one of the words. -> exit status"""
    passed = failed = skipped = 0
    for function in TESTS:
        name = f"{function.__module__}.{function.__name__}"
        if wanted and not any(word in name for word in wanted):
            continue
        started = time.monotonic()
        scratch = Scratch(build)
        try:
            function(scratch)
            passed += 1
            word, detail = "ok  ", ""
        except Skipped as reason:
            skipped += 1
            word, detail = "skip", f": {reason}"
        except Exception:  # a test that breaks is a failed test, the others go on
            failed += 1
            word, detail = "FAIL", f" RHUMB_SEED={SEED}\n" + traceback.format_exc()
        finally:
            scratch.close()
        print(f"{word} {name} ({time.monotonic() - started:.1f} s){detail}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed + skipped else 0
