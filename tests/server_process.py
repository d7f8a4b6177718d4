"""One throw-away server: a process with a temporary folder of its own, on a free port.

It runs as another user when the caller is root, which database servers refuse to be, writes nothing
outside its folder, and ends with the process that started it.
"""
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
PR_SET_PDEATHSIG = 1
MEMORY_BYTES_MIN = 1 << 30


class ServerError(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def temporary_parent():
    """A file system in memory where there is room: no test pulls the plug, so no write must reach a disk."""
    memory = "/dev/shm"
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_BYTES_MIN
    return None if "TMPDIR" in os.environ or not has_room else memory


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
        self.folder = tempfile.mkdtemp(prefix=f"rhumb-{self.name}-", dir=temporary_parent())
        self.data = os.path.join(self.folder, "data")
        self.log_path = os.path.join(self.folder, "server.log")
        self.port = free_port()
        self.process = None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    def start(self):
        try:
            self.initialise()
            self.launch()
        except BaseException:
            self.stop()
            raise

    def launch(self):
        """Starts it on the data it has."""
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, cwd=self.folder,
                                            env=self.environment(), start_new_session=True,
                                            preexec_fn=end_with_parent, **self.identity())
        self.wait_until_ready()

    def end(self, number=None):
        """Ends the process, by the signal of an orderly end or by another; the data stay."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number or self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stop(self):
        self.end()
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
