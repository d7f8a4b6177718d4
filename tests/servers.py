#!/usr/bin/env python3
"""Throw-away database servers for tests: PostgreSQL and MariaDB in a temporary folder, on free ports.

    tests/servers.py [--only postgres|mariadb] COMMAND ...    runs COMMAND with the servers' URLs in
                                                              its environment, then stops them

The URLs are in CONFORM_POSTGRES, CONFORM_MARIADB (conformance) and RHUMB_TEST_POSTGRES,
RHUMB_TEST_MARIADB (unit tests); databases may be created on both. A kind that is not installed is left
out, and a variable that is set already is kept: then that server is used. The servers run as
another user when the caller is root, which they refuse to be, write nothing outside their folder, do not
wait for the disk, and end with this process.
"""
import argparse
import contextlib
import ctypes
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

PASSWORD = "pass"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user(preferred):
    """Who runs the server when we are root: its own user, else nobody; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in (preferred, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("no user but root to run a server as")


def end_with_parent():
    """A server must not outlive a test run that is killed."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """One server: `start` makes its data and waits until it answers, `stop` always ends it."""

    name = ""
    user_name = ""
    stop_signal = signal.SIGTERM

    def __init__(self):
        self.user = server_user(self.user_name)
        self.folder = tempfile.mkdtemp(prefix=f"rhumb-{self.name}-")
        self.data = os.path.join(self.folder, "data")
        self.log_path = os.path.join(self.folder, "server.log")
        self.port = free_port()
        self.process = None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    def start(self):
        try:
            self.initialise()
            with open(self.log_path, "wb") as log:
                self.process = subprocess.Popen(self.command(), stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL, cwd=self.folder,
                                                env=self.environment(), start_new_session=True,
                                                preexec_fn=end_with_parent, **self.identity())
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def environment(self):
        """Without variables that clients and servers read."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "MYSQL", "MARIADB"))}
        return {**kept, "HOME": self.folder, "TMPDIR": self.folder}

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, env=self.environment(), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace", **self.identity())
        if done.returncode != 0:
            raise ServerError(f"{os.path.basename(command[0])}: {done.stdout[-2000:]}")

    def wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log_path, encoding="utf-8", errors="replace") as log:
                    raise ServerError(f"{self.name} did not start: {log.read()[-2000:]}")
            time.sleep(0.05)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o644)
        return path


def find_program(name, *folders):
    for folder in folders:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    return shutil.which(name)


class Postgres(Server):
    name = "postgres"
    user_name = "postgres"
    stop_signal = signal.SIGINT  # ends the sessions that are open

    def __init__(self, bin_folder=None):
        super().__init__()
        self.bin_folder = bin_folder or self.find_bin_folder()
        self.url = f"postgres://postgres:{PASSWORD}@127.0.0.1:{self.port}/postgres?sslmode=disable"

    @staticmethod
    def find_bin_folder():
        """The expectations of the tests are those of version 15."""
        folders = ["/usr/lib/postgresql/15/bin", *sorted(glob.glob("/usr/lib/postgresql/*/bin"))]
        return next((f for f in folders if os.access(os.path.join(f, "initdb"), os.X_OK)), None)

    @classmethod
    def is_installed(cls):
        return cls.find_bin_folder() is not None

    def initialise(self):
        password = self.write("password", PASSWORD + "\n")
        self.run(os.path.join(self.bin_folder, "initdb"), "--pgdata", self.data, "--username",
                 "postgres", "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8",
                 "--locale", "C.UTF-8", "--no-sync", "--no-instructions")

    def command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port),
                    "unix_socket_directories": self.folder, "fsync": "off",
                    "synchronous_commit": "off", "full_page_writes": "off",
                    "max_connections": "200", "shared_buffers": "32MB"}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [os.path.join(self.bin_folder, "postgres"), "-D", self.data, *options]

    def answers(self):
        """The status file says `ready` in its last line once connections are taken."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as f:
                return f.read().rstrip().endswith("ready")
        except OSError:
            return False


class Mariadb(Server):
    name = "mariadb"
    user_name = "mysql"

    def __init__(self):
        super().__init__()
        self.server = self.find_server()
        self.ready_path = os.path.join(self.folder, "server.sock")
        self.url = f"mariadb://root:{PASSWORD}@127.0.0.1:{self.port}/"

    @staticmethod
    def find_server():
        return find_program("mariadbd", "/usr/sbin", "/usr/local/sbin")

    @classmethod
    def is_installed(cls):
        return cls.find_server() is not None and find_program("mariadb-install-db") is not None

    def initialise(self):
        self.run(find_program("mariadb-install-db"), "--no-defaults", f"--datadir={self.data}",
                 "--auth-root-authentication-method=normal", "--skip-test-db",
                 "--innodb-flush-method=nosync", "--innodb-log-file-size=16M")

    def command(self):
        init = self.write("init.sql",
                          f"ALTER USER root@localhost IDENTIFIED BY '{PASSWORD}';\n"
                          f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
                          "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n")
        # The character set is that of Debian's configuration, which the expectations were made with.
        return [self.server, "--no-defaults", "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci",
                f"--datadir={self.data}", f"--port={self.port}",
                "--bind-address=127.0.0.1", f"--socket={self.ready_path}",
                f"--pid-file={os.path.join(self.folder, 'server.pid')}", f"--init-file={init}",
                "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync", "--innodb-log-file-size=16M",
                "--innodb-buffer-pool-size=64M", "--performance-schema=OFF", "--skip-log-bin",
                f"--tmpdir={self.folder}"]

    def answers(self):
        """The server greets on its port only after the init file has run."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as greeting:
                return len(greeting.recv(5)) == 5
        except OSError:
            return False


class Pgbouncer(Server):
    """A connection pooler before a PostgreSQL server; `pool_mode` is session or transaction."""

    name = "pgbouncer"
    user_name = "postgres"
    stop_signal = signal.SIGTERM  # at once

    def __init__(self, server_url, pool_mode, pool_size=5):
        super().__init__()
        self.server_url = urllib.parse.urlsplit(server_url)
        self.pool_mode, self.pool_size = pool_mode, pool_size

    @staticmethod
    def program():
        return find_program("pgbouncer", "/usr/sbin")

    @classmethod
    def is_installed(cls):
        return cls.program() is not None

    def url(self, database):
        user = self.server_url.username
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def initialise(self):
        server = self.server_url
        self.write("pgbouncer.ini", f"""[databases]
* = host={server.hostname} port={server.port} user={server.username} password={server.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
pool_mode = {self.pool_mode}
default_pool_size = {self.pool_size}
ignore_startup_parameters = extra_float_digits,options
""")

    def command(self):
        return [self.program(), os.path.join(self.folder, "pgbouncer.ini")]

    def answers(self):
        with contextlib.suppress(OSError), \
                socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


KINDS = {"postgres": Postgres, "mariadb": Mariadb}


def variables(kind):
    return [f"CONFORM_{kind.upper()}", f"RHUMB_TEST_{kind.upper()}"]


@contextlib.contextmanager
def running(kinds=tuple(KINDS)):
    """Starts what is installed and not named by the environment; yields {variable: URL} of all.

    A server that does not start is an error: tests must not be skipped because of it.
    """
    urls = {}
    with contextlib.ExitStack() as stack:
        for kind in kinds:
            given = next((os.environ[v] for v in variables(kind) if os.environ.get(v)), None)
            if given is None and KINDS[kind].is_installed():
                server = KINDS[kind]()
                server.start()
                stack.callback(server.stop)
                given = server.url
            if given is not None:
                urls.update({variable: given for variable in variables(kind)})
        yield urls


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("a command is needed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running(arguments.only or tuple(KINDS)) as urls:
        return subprocess.call(command, env={**os.environ, **urls})


if __name__ == "__main__":
    sys.exit(main())
