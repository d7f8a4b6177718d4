"""What the drivers share: timed commands, interleaved contenders, medians, scratch folders."""

import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("RHUMB_BUILD", ROOT / "build" / "release")).resolve()
RHUMB = BUILD / "rhumb"
TOOLS = BUILD / "bin"
OTHERS = pathlib.Path(os.environ.get("RHUMB_BENCH_OTHERS", ROOT / "build" / "bench-others"))
MIB = 1024 * 1024


@dataclass
class Row:
    """One line of the table: what was measured, beside what, and whether the goal is met."""

    subject: str
    measured: str
    beside: str
    goal: str
    met: bool | None  # None: no goal, or nothing to compare with


@dataclass
class Timing:
    """The runs of one contender; times in seconds, memory in bytes."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def median_processor(self):
        return statistics.median(self.processor)

    @property
    def peak(self):
        return statistics.median(self.peak_bytes)

    def __str__(self):
        return f"{ms(self.median)} ({ms(self.median_processor)} cpu), {mib(self.peak)}"


def run_once(command, env=None, cwd=None, check=True):
    """Runs one command through the timer and returns (seconds, of them on a processor, peak bytes)."""
    with tempfile.NamedTemporaryFile(prefix="bench-out-") as output:
        timer = subprocess.run(
            [TOOLS / "rhumb_bench_run", output.name, *map(str, command)],
            env={**os.environ, **(env or {})}, cwd=cwd, capture_output=True, text=True, check=False)
        if timer.returncode != 0:
            raise RuntimeError(timer.stderr)
        nanoseconds, processor, peak_kib, status = map(int, timer.stdout.split())
        if check and status != 0:
            text = pathlib.Path(output.name).read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(map(str, command))}: status {status}\n{text}")
    return nanoseconds / 1e9, processor / 1e9, peak_kib * 1024


def interleave(contenders, rounds, warmups=1):
    """Times contenders in turns, so that a busy moment of the machine meets all of them.

    `contenders` maps a name to a function without arguments that returns what run_once does;
    what it does before it starts the clock is not counted.
    """
    timings = {name: Timing() for name in contenders}
    for number in range(rounds + warmups):
        for name, run in contenders.items():
            seconds, processor, peak = run()
            if number >= warmups:
                timings[name].seconds.append(seconds)
                timings[name].processor.append(processor)
                timings[name].peak_bytes.append(peak)
    return timings


def command(*arguments, env=None, cwd=None, before=None):
    """A contender that runs one command; `before` prepares its world, off the clock."""
    def run():
        if before is not None:
            before()
        return run_once(arguments, env=env, cwd=cwd)
    return run


def other(name):
    """The path of another tool when it was installed, or None."""
    for candidate in (OTHERS / "bin" / name, OTHERS / "node_modules" / ".bin" / name):
        if candidate.exists():
            return candidate
    return None


@contextlib.contextmanager
def scratch(place=None):
    """A folder that is gone afterwards; RHUMB_BENCH_SCRATCH names where, unless `place` does."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rhumb-bench-",
                                           dir=place or os.environ.get("RHUMB_BENCH_SCRATCH")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clean_env(folder):
    """Nothing of the person's own: no login, no token, no registry."""
    return {"HOME": str(folder), "ATLAS_TOKEN": "", "ATLAS_CLOUD_URL": ""}


def write_migrations(folder, count, statements):
    """Makes `count` files with a checksum file; `statements` maps a number to the file's text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (folder / f"{20200101000000 + number}_change_{number}.sql").write_text(statements(number))
    hash_directory(folder)


def hash_directory(folder):
    subprocess.run([RHUMB, "migrate", "hash", "--dir", f"file://{folder}"], check=True,
                   env={**os.environ, **clean_env(folder)}, stdout=subprocess.DEVNULL)


def remove_database(path):
    for suffix in ("", "-journal", "-wal", "-shm"):
        pathlib.Path(f"{path}{suffix}").unlink(missing_ok=True)


def ms(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def mib(size):
    return f"{size / MIB:.1f} MiB"


def say(text):
    print(text, file=sys.stderr, flush=True)
