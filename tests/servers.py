#!/usr/bin/env python3
"""Throw-away database servers for tests: PostgreSQL and MariaDB in a temporary folder, on free ports.

    tests/servers.py [--engine ENGINE] ... [--log] COMMAND ...    runs COMMAND with the servers' URLs in
                                                                  its environment, then stops them
    tests/servers.py --list                                       the engines, and which are installed

An engine is `postgres`, `mariadb` (both, when none is named: the versions of the tests' expectations) or one of
another version: `postgres:17`, `mariadb:11.4`, `mariadb:galera` (tools/setup servers installs them).

The URLs are in CONFORM_POSTGRES, CONFORM_MARIADB (conformance) and RHUMB_TEST_POSTGRES,
RHUMB_TEST_MARIADB (unit tests); databases may be created on both. A kind that is not installed is left
out, and a variable that is set already is kept unless a version is named: then that server is used. The servers do
not wait for the disk. With --log they keep a log of what they have executed: MariaDB its binary log,
PostgreSQL the file that RHUMB_TEST_POSTGRES_LOG names.
"""
import argparse
import contextlib
import glob
import os
import signal
import socket
import subprocess
import sys
import urllib.parse

from server_process import Server, ServerError, find_program, free_port

PASSWORD = "for-tests-only"
# Beside those of the distribution.
VERSIONS = ("postgres:14", "postgres:16", "postgres:17", "postgres:18", "mariadb:11.4", "mariadb:galera")
GALERA = "/usr/lib/galera/libgalera_smm.so"


def store():
    """Where tools/setup puts servers that no package of the distribution brings. A home folder of root is closed to
    the users that servers run as."""
    own = os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "rhumb-test-servers")
    return os.environ.get("RHUMB_SERVERS") or ("/opt/rhumb-test-servers" if os.geteuid() == 0 else own)


class Postgres(Server):
    name = "postgres"
    user_name = "postgres"
    stop_signal = signal.SIGINT  # ends the sessions that are open

    def __init__(self, version="", keeps_log=False):
        super().__init__()
        self.bin_folder, self.keeps_log = self.find_bin_folder(version), keeps_log
        self.url = f"postgres://postgres:{PASSWORD}@127.0.0.1:{self.port}/postgres?sslmode=disable"
        self.more_variables = {"RHUMB_TEST_POSTGRES_LOG": self.log_path} if keeps_log else {}

    @staticmethod
    def find_bin_folder(version=""):
        """The expectations of the tests are those of version 15."""
        if version:
            packaged = os.path.join(store(), "node_modules", f"postgres-{version}", "native", "bin")
            folders = [f"/usr/lib/postgresql/{version}/bin", packaged]
        else:
            folders = ["/usr/lib/postgresql/15/bin", *sorted(glob.glob("/usr/lib/postgresql/*/bin"))]
        return next((f for f in folders if os.access(os.path.join(f, "initdb"), os.X_OK)), None)

    @classmethod
    def is_installed(cls, version=""):
        return cls.find_bin_folder(version) is not None

    def initialise(self):
        password = self.write("password", PASSWORD + "\n")
        self.run(os.path.join(self.bin_folder, "initdb"), "--pgdata", self.data, "--username",
                 "postgres", "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8",
                 "--locale", "C.UTF-8", "--no-sync", "--no-instructions")

    def command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port),
                    "unix_socket_directories": self.folder, "fsync": "off",
                    "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
                    "max_connections": "200", "shared_buffers": "32MB"}
        if self.keeps_log:  # session, application; what succeeded has a duration
            settings |= {"log_min_duration_statement": "0", "log_line_prefix": "%c|%a|"}
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

    def __init__(self, version="", keeps_log=False):
        super().__init__()
        self.server, self.installer, self.base = self.find_programs(version)
        self.is_galera, self.keeps_log = version == "galera", keeps_log
        self.ready_path = os.path.join(self.folder, "server.sock")
        self.url = f"mariadb://root:{PASSWORD}@127.0.0.1:{self.port}/"
        self.more_variables = {}

    @staticmethod
    def find_programs(version=""):
        """-> server, program that makes its data, option that names its folder"""
        if version in ("", "galera"):
            return find_program("mariadbd", "/usr/sbin", "/usr/local/sbin"), find_program("mariadb-install-db"), []
        base = os.path.join(store(), f"mariadb-{version}")
        found = [path if os.access(path, os.X_OK) else None for path in
                 (os.path.join(base, "bin", "mariadbd"), os.path.join(base, "scripts", "mariadb-install-db"))]
        return *found, [f"--basedir={base}"]

    @classmethod
    def is_installed(cls, version=""):
        return None not in cls.find_programs(version) and (version != "galera" or os.path.exists(GALERA))

    def initialise(self):
        self.run(self.installer, "--no-defaults", *self.base, f"--datadir={self.data}",
                 "--auth-root-authentication-method=normal", "--skip-test-db",
                 "--innodb-flush-method=nosync", "--innodb-log-file-size=16M")

    def logging(self):
        if self.is_galera:  # a cluster of one node, for which only this machine may ask
            group = f"gmcast.listen_addr=tcp://127.0.0.1:{free_port()};ist.recv_addr=127.0.0.1:{free_port()}"
            return ["--skip-log-bin", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--wsrep-on=ON",
                    f"--wsrep-provider={GALERA}", "--wsrep-cluster-address=gcomm://",
                    "--wsrep-node-address=127.0.0.1", f"--wsrep-provider-options={group}"]
        if self.keeps_log:  # what has taken effect, in the words it was said in
            return ["--log-bin=binlog", "--binlog-format=STATEMENT", "--log-bin-trust-function-creators=ON"]
        return ["--skip-log-bin"]

    def command(self):
        init = self.write("init.sql",
                          f"ALTER USER root@localhost IDENTIFIED BY '{PASSWORD}';\n"
                          f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
                          "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n")
        # The character set is that of Debian's configuration, which the expectations were made with.
        return [self.server, "--no-defaults", *self.base, "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci",
                f"--datadir={self.data}", f"--port={self.port}",
                "--bind-address=127.0.0.1", f"--socket={self.ready_path}",
                f"--pid-file={os.path.join(self.folder, 'server.pid')}", f"--init-file={init}",
                "--skip-name-resolve", "--skip-ssl", "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync", "--innodb-log-file-size=16M",
                "--innodb-buffer-pool-size=64M", "--performance-schema=OFF",
                f"--tmpdir={self.folder}", *self.logging()]

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
ENGINES = (*KINDS, *VERSIONS)


def variables(kind):
    return [f"CONFORM_{kind.upper()}", f"RHUMB_TEST_{kind.upper()}"]


def is_installed(engine):
    kind, _, version = engine.partition(":")
    return KINDS[kind].is_installed(version)


@contextlib.contextmanager
def running(engines=tuple(KINDS), keeps_log=False):
    """Starts what is installed and not named by the environment; yields {variable: value} of all.

    A server that does not start is an error: tests must not be skipped because of it.
    """
    values = {}
    with contextlib.ExitStack() as stack:
        for engine in engines:
            kind, _, version = engine.partition(":")
            given = next((os.environ[v] for v in variables(kind) if os.environ.get(v) and not version), None)
            if given is None and is_installed(engine):
                server = KINDS[kind](version, keeps_log)
                server.start()
                stack.callback(server.stop)
                given = server.url
                values.update(server.more_variables)
            if given is not None:
                values.update({variable: given for variable in variables(kind)})
        yield values


def print_engines():
    for engine in ENGINES:
        print(f"{engine:16} {'installed' if is_installed(engine) else 'not installed (tools/setup servers)'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--log", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--store", action="store_true", help="prints where servers of other versions are")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.list or arguments.store:
        return print_engines() if arguments.list else print(store())
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("a command is needed")
    missing = [engine for engine in arguments.engine or () if not is_installed(engine)]
    if missing:
        parser.error(f"{', '.join(missing)}: not installed (tools/setup servers)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running(arguments.engine or tuple(KINDS), arguments.log) as values:
        return subprocess.call(command, env={**os.environ, **values})


if __name__ == "__main__":
    sys.exit(main())
