"""Starting up and having nothing to do, beside other migration tools."""

import sqlite3

from harness import (MIB, RHUMB, Row, clean_env, command, interleave, mib, ms, other, run_once,
                     write_migrations)

SMALL_COUNT = 10


def table(number):
    return f"CREATE TABLE t{number} (id integer PRIMARY KEY, name text NOT NULL);\n"


def other_layouts(folder):
    """The ten files as each of the other tools wants them: {name: (apply, version)}."""
    for number in range(1, SMALL_COUNT + 1):
        version = 20200101000000 + number
        layouts = {
            "golang-migrate": (f"{version}_t.up.sql", table(number)),
            "goose": (f"{version}_t.sql", f"-- +goose Up\n{table(number)}"),
            "dbmate": (f"{version}_t.sql", f"-- migrate:up\n{table(number)}\n-- migrate:down\n"),
        }
        for tool, (name, text) in layouts.items():
            (folder / tool).mkdir(parents=True, exist_ok=True)
            (folder / tool / name).write_text(text)
    commands = {
        "golang-migrate": (["migrate", "-path", folder / "golang-migrate", "-database",
                            f"sqlite://{folder}/golang-migrate.db", "up"], ["migrate", "-version"]),
        "goose": (["goose", "-dir", folder / "goose", "sqlite3", folder / "goose.db", "up"],
                  ["goose", "-version"]),
        "dbmate (started by npm's wrapper)": (["dbmate", "--no-dump-schema", "--migrations-dir", folder / "dbmate", "--url",
                    f"sqlite:{folder}/dbmate.db", "migrate"], ["dbmate", "--version"]),
    }
    found = {}
    for tool, (apply, version) in commands.items():
        program = other(apply[0])
        if program is not None:
            found[tool] = ([program, *apply[1:]], [program, *version[1:]])
    return found


def make_applied(folder, count, env):
    """A directory of `count` files and a database that has them all; returns the apply command."""
    files = folder / f"migrations-{count}"
    write_migrations(files, count, lambda n: f"CREATE TABLE t{n} (id integer PRIMARY KEY);\n")
    apply = [RHUMB, "migrate", "apply", "--dir", f"file://{files}", "--url",
             f"sqlite://{folder}/applied-{count}.db"]
    run_once([*apply, "--tx-mode", "all"], env=env)
    rows = sqlite3.connect(folder / f"applied-{count}.db").execute(
        "SELECT count(*) FROM atlas_schema_revisions WHERE version NOT LIKE '.%'").fetchone()[0]
    if rows != count:
        raise RuntimeError(f"{rows} of {count} files were applied")
    return apply


def beside(timings):
    return ", ".join(f"{name} {timing}"
                     for name, timing in timings.items() if name != "rhumb") or "not installed"


def is_faster(timings, rival):
    if rival not in timings:
        return None
    return timings["rhumb"].median < timings[rival].median


def measure(folder, rounds):
    env = clean_env(folder)
    others = other_layouts(folder / "others")
    for apply, _version in others.values():
        run_once(apply)

    contenders = {"rhumb": command(RHUMB, "version", env=env)}
    contenders |= {name: command(*version) for name, (_apply, version) in others.items()}
    start = interleave(contenders, 4 * rounds, warmups=3)
    yield Row("start to exit of `version`",
              str(start["rhumb"]), beside(start),
              "below golang-migrate", is_faster(start, "golang-migrate"))

    contenders = {"rhumb": command(*make_applied(folder, SMALL_COUNT, env), env=env)}
    contenders |= {name: command(*apply) for name, (apply, _version) in others.items()}
    small = interleave(contenders, 4 * rounds, warmups=3)
    yield Row(f"apply with nothing to do, {SMALL_COUNT} files",
              str(small["rhumb"]), beside(small),
              "below golang-migrate", is_faster(small, "golang-migrate"))

    for count, seconds_max, peak_max in ((1_000, 0.015, 16 * MIB), (10_000, 0.120, None)):
        run = command(*make_applied(folder, count, env), env=env)
        timing = interleave({"rhumb": run}, 2 * rounds)["rhumb"]
        goal = f"at most {ms(seconds_max)}" + (f" and {mib(peak_max)}" if peak_max else "")
        yield Row(f"apply with nothing to do, {count:,} files",
                  str(timing), "", goal,
                  timing.median <= seconds_max and (peak_max is None or timing.peak <= peak_max))
