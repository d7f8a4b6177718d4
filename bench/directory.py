"""Hashing and validating a very large directory."""

import shutil

from harness import MIB, RHUMB, Row, clean_env, command, interleave, write_migrations

FILES = 100_000


def measure(folder, rounds):
    env = clean_env(folder)
    files = folder / "files"
    write_migrations(files, FILES, lambda n: f"CREATE TABLE t{n} (id integer PRIMARY KEY);\n" * 3)
    sums = files / "atlas.sum"
    unhashed = command(RHUMB, "migrate", "hash", "--dir", f"file://{files}", env=env,
                       before=lambda: sums.unlink(missing_ok=True))
    timings = interleave({
        "rhumb": unhashed,
        "sha256sum": command("sh", "-c", f"cd {files} && find . -name '*.sql' -print0 | sort -z | "
                                         "xargs -0 sha256sum > ../sums"),
    }, rounds)
    ours, theirs = timings["rhumb"], timings["sha256sum"]
    yield Row(f"hash of {FILES:,} files", str(ours),
              f"sha256sum {theirs}", "at most sha256sum's time and 64 MiB",
              ours.median <= theirs.median and ours.peak <= 64 * MIB)

    validate = command(RHUMB, "migrate", "validate", "--dir", f"file://{files}", env=env)
    timing = interleave({"rhumb": validate}, rounds)["rhumb"]
    yield Row(f"validate of {FILES:,} files", str(timing), "",
              "at most 1.2 s", timing.median <= 1.2)
    shutil.rmtree(files)
