"""One run over a thousand databases.

They are kept in memory where the system has a place for that: waiting for a disk 20,000 times would
tell more about the disk than about the programs.
"""

import pathlib
import shutil

from harness import RHUMB, Row, clean_env, command, interleave, scratch, write_migrations

TENANTS = 1_000
FILES = 20


def project_file(folder, data):
    text = f"""
locals {{
  tenants = [{", ".join(f'"t{n:04d}"' for n in range(TENANTS))}]
}}
env "all" {{
  for_each = toset(local.tenants)
  url      = "sqlite://{data}/${{each.value}}.db"
  migration {{
    dir = "file://{folder}/files"
  }}
}}
"""
    path = folder / "atlas.hcl"
    path.write_text(text)
    return path


def measure(_folder, rounds):
    memory = pathlib.Path("/dev/shm")
    with scratch(memory if memory.is_dir() else None) as folder:
        yield from measure_in(folder, rounds)


def measure_in(folder, rounds):
    env = clean_env(folder)
    write_migrations(folder / "files", FILES, lambda n:
                     f"CREATE TABLE t{n} (id integer PRIMARY KEY, name text NOT NULL);\n"
                     f"INSERT INTO t{n} (name) VALUES ('first');\n")
    ours, theirs = folder / "ours", folder / "theirs"
    script = folder / "tenant.sql"
    script.write_text("".join(f"BEGIN IMMEDIATE;\n{path.read_text()}COMMIT;\n"
                              for path in sorted((folder / "files").glob("*.sql"))))

    def fresh(path):
        def prepare():
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        return prepare

    apply = [RHUMB, "migrate", "apply", "--env", "all", "--config",
             f"file://{project_file(folder, ours)}"]
    loop = (f"i=0; while [ $i -lt {TENANTS} ]; do "
            f"sqlite3 -bail {theirs}/t$i.db < {script} || exit 1; i=$((i + 1)); done")
    new_rounds = max(1, rounds // 3)
    new = interleave({"rhumb": command(*apply, env=env, before=fresh(ours)),
                      "sqlite3": command("sh", "-c", loop, env=env, before=fresh(theirs))},
                     new_rounds, warmups=0)
    nothing = interleave({"rhumb": command(*apply, env=env)}, rounds)["rhumb"]
    yield Row(f"{TENANTS:,} tenants, nothing to do, in memory",
              str(nothing), "", "at most 0.4 s",
              nothing.median <= 0.4)
    yield Row(f"{FILES} files to {TENANTS:,} new tenants, in memory, "
              f"{new_rounds} round{'s' if new_rounds > 1 else ''}",
              str(new["rhumb"]),
              f"a shell loop of sqlite3 {new['sqlite3']}", "at most the shell loop",
              new["rhumb"].median <= new["sqlite3"].median)
