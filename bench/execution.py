"""Executing files on SQLite, beside the sqlite3 shell with the same pragmas and transactions."""

import shutil

from harness import (MIB, RHUMB, Row, clean_env, command, hash_directory, interleave, mib, ms,
                     remove_database, run_once, say, write_migrations)

FILES = 1_000
INSERTS = 20_000
HUGE = 1024 * MIB


def three_statements(number):
    return (f"CREATE TABLE t{number} (id integer PRIMARY KEY, name text NOT NULL);\n"
            f"CREATE INDEX t{number}_name ON t{number} (name);\n"
            f"INSERT INTO t{number} (id, name) VALUES (1, 'first of {number}');\n")


def insert(number):
    return f"INSERT INTO notes (id, body) VALUES ({number}, '{'x' * 45} {number:08d}');\n"


def apply_command(files, database):
    return [RHUMB, "migrate", "apply", "--dir", f"file://{files}", "--url", f"sqlite://{database}"]


def pair(folder, files, env):
    """Rhumb and the shell, each on a new database. The shell gets every file as a transaction."""
    script = folder / f"{files.name}.sql"
    with script.open("w") as out:
        for path in sorted(files.glob("*.sql")):
            out.write("BEGIN IMMEDIATE;\n")
            with path.open() as text:
                shutil.copyfileobj(text, out, MIB)
            out.write("COMMIT;\n")
    ours, theirs = folder / "ours.db", folder / "theirs.db"
    return {
        "rhumb": command(*apply_command(files, ours), env=env,
                         before=lambda: remove_database(ours)),
        "sqlite3": command("sqlite3", "-bail", theirs, f".read {script}", env=env,
                           before=lambda: remove_database(theirs)),
    }


def compare(subject, timings, factor_max):
    ours, theirs = timings["rhumb"], timings["sqlite3"]
    return Row(subject, str(ours), f"sqlite3 shell {theirs}",
               f"at most {factor_max} times the shell",
               ours.median <= factor_max * theirs.median)


def write_huge(files, size):
    """One file of a table and inserts of about 4 KiB."""
    files.mkdir()
    line = f"INSERT INTO notes (body) VALUES ('{'x' * 4000}');\n"
    with (files / "20200101000001_huge.sql").open("w") as out:
        out.write("CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL);\n")
        for _ in range(size // len(line)):
            out.write(line)
    hash_directory(files)


def measure_huge(folder, env):
    """Peak memory beyond the text, for two sizes of one file: it must not grow with the text."""
    beyond = {}
    seconds = 0.0
    for size in (HUGE // 4, HUGE):
        files = folder / f"huge-{size}"
        write_huge(files, size)
        database = folder / "huge.db"
        seconds, _processor, peak = run_once(apply_command(files, f"{database}?_synchronous=off"), env=env)
        beyond[size] = peak - size
        remove_database(database)
        shutil.rmtree(files)
    growth = beyond[HUGE] - beyond[HUGE // 4]
    return Row("apply one file of 1 GiB, once, without waiting for the disk", f"{ms(seconds)}, {mib(beyond[HUGE])} besides the text",
               f"256 MiB file: {mib(beyond[HUGE // 4])} besides the text",
               "memory besides the text does not grow", growth <= 64 * MIB)


def measure(folder, rounds):
    env = clean_env(folder)
    many = folder / "many"
    write_migrations(many, FILES, three_statements)
    yield compare(f"apply {FILES:,} files of 3 statements",
                  interleave(pair(folder, many, env), rounds), 1.1)

    large = folder / "large"
    table = "CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL);\n"
    write_migrations(large, 1, lambda _n: table + "".join(map(insert, range(INSERTS))))
    size = sum(path.stat().st_size for path in large.glob("*.sql"))
    yield compare(f"apply one file of {size / MIB:.1f} MiB, {INSERTS:,} inserts",
                  interleave(pair(folder, large, env), 2 * rounds), 2)

    say("  one file of 1 GiB")
    yield measure_huge(folder, env)
