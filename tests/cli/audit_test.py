"""The audit log shows every change of its rows; projections can be computed anew."""

import contextlib
import json
import os
import sqlite3

from harness import contains, matches, same, test, true
from scenes import FIRST, REGISTRY_PROJECT, SECOND, apply, push


def work(scratch):
    """Pushes, deployments and a refused request; then the registry is stopped."""
    server = scratch.server()
    push(scratch, FIRST)
    push(scratch, {**FIRST, **SECOND})
    push(scratch, FIRST, name="myapp:v1")
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "one.db").ok()
    apply(scratch, "two.db", "1").ok()
    apply(scratch, "three.db", "--dry-run").ok()
    same(server.post({"query": "{ me { name } }"}, token="rgb_nobody")[0], 401, "a wrong token")
    server.stop()
    return server


def store(server):
    """Path of the SQLite file of the registry."""
    server.needs_folder()
    return os.path.join(server.data, "registry.db")


@contextlib.contextmanager
def opened(path):
    """The stored rows, without the triggers that keep them as they are; the file is whole afterwards."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"
                                             " AND tbl_name = 'audit'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_back(path, content):
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path + suffix)
    with open(path, "wb") as f:
        f.write(content)


def verify(scratch, server, *more):
    return scratch.run("audit", "verify", *server.store_flags, *more)


@test
def verify_passes_after_writes_and_names_a_checkpoint(scratch):
    server = work(scratch)
    first = verify(scratch, server).ok().quiet()
    entries, checkpoint = matches(first.out, r"intact: (\d+) entries, checkpoint (\d+:\S+)$").groups()
    true(int(entries) >= 6, f"an entry for every write: {first.out}")
    server.start()
    scratch.run("cloud", "repo", "create", "--name", "more", "--type", "migration_directory",
                "--driver", "sqlite").ok()
    server.stop()
    later = verify(scratch, server, "--checkpoint", checkpoint).ok()
    true(int(matches(later.out, r"intact: (\d+) entries")[1]) > int(entries), "the log grew")
    verify(scratch, server, "--checkpoint", checkpoint[:-1] + "x").fails()


@test
def any_changed_row_is_found(scratch):
    server = work(scratch)
    path = store(server)
    with opened(path) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(audit)")]
        rows = [row for (row,) in connection.execute("SELECT rowid FROM audit ORDER BY rowid")]
    with open(path, "rb") as f:
        intact = f.read()
    for column in columns:
        for row in {rows[0], rows[len(rows) // 2], rows[-1]}:
            with opened(path) as connection:
                where = f"WHERE rowid = {row}"
                value, = connection.execute(f'SELECT "{column}" FROM audit {where}').fetchone()
                connection.execute(f'UPDATE audit SET "{column}" = ? {where}', (one_byte_changed(value),))
            done = verify(scratch, server)
            true(done.code == 1 and "Error: " in done.err, f"{column} of row {row} changed unseen: {done}")
            put_back(path, intact)
    verify(scratch, server).ok()


def one_byte_changed(value):
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str):
        return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"
    return 7 if value is None else value + 1_000_000


@test
def a_removed_row_is_found(scratch):
    server = work(scratch)
    checkpoint = matches(verify(scratch, server).ok().out, r"checkpoint (\d+:\S+)$")[1]
    path = store(server)
    with open(path, "rb") as f:
        intact = f.read()
    for which, flags in (("2", ()), ("(SELECT max(rowid) FROM audit)", ("--checkpoint", checkpoint))):
        with opened(path) as connection:
            connection.execute(f"DELETE FROM audit WHERE rowid = {which}")
        verify(scratch, server, *flags).fails()
        put_back(path, intact)


@test
def rebuild_gives_the_same_rows(scratch):
    server = work(scratch)
    done = scratch.run("registry", "rebuild", *server.store_flags).ok().quiet()
    matches(done.out, r"^Rebuilt \d+ databases of 1 repository from \d+ events: nothing differed$")
    server.change_store("UPDATE databases SET status = 'FAILED'")
    contains(scratch.run("registry", "rebuild", *server.store_flags).ok().out, "rows differed")
    contains(scratch.run("registry", "rebuild", *server.store_flags).ok().out, "nothing differed")


def export(scratch, server, *more):
    """The export in a file of its own."""
    path = scratch.file_path(f"export-{len(os.listdir(scratch.path))}")
    scratch.run("audit", "export", *server.store_flags, "-o", path, *more).ok().quiet()
    return path


@test
def an_export_is_verified_without_store_and_server(scratch):
    server = work(scratch)
    key = scratch.write("audit.pem", scratch.run("audit", "key", *server.store_flags).ok().quiet().out)
    checkpoint = matches(verify(scratch, server).ok().out, r"checkpoint (\d+:\S+)$")[1]
    for form in "jsonl", "csv":
        whole = export(scratch, server, "--format", form)
        said = scratch.run("audit", "verify", whole, "--key", key, "--checkpoint", checkpoint).ok().quiet().out
        matches(said, r"^The export is intact: \d+ entries \(1 to \d+\), all from the first on, fits 1 checkpoint; "
                      r"signed by key [0-9a-f]{16}$")
        part = export(scratch, server, "--format", form, "--action", "dir.push,deployment.report", "--actor", "admin")
        contains(scratch.run("audit", "verify", part).ok().out, "a part of the log", "signed by key")
        with open(whole, "rb") as f:
            content = f.read()
        scratch.write("changed", content.replace(b"repo/myapp", b"repo/other", 1).decode())
        scratch.run("audit", "verify", "changed").fails("was changed after it was written")
        lines = content.split(b"\n")
        scratch.write("less", b"\n".join(lines[:3] + lines[4:]).decode())
        scratch.run("audit", "verify", "less").fails("audit entry")
        scratch.write("short", b"\n".join(lines[:-2] + [b""]).decode())
        scratch.run("audit", "verify", "short").fails("cut short")
    scratch.run("audit", "verify", whole, "--key", "00" * 32).fails("is not trusted")
    scratch.run("audit", "export", *server.store_flags, "--format", "xml").fails("must be jsonl or csv")
    scratch.run("audit", "export", *server.store_flags, "--from", "yesterday").fails("from")


@test
def administrators_download_an_export(scratch):
    server = work(scratch)
    server.start()
    actions = ["deployment.report", "dir.push"]
    status, content = server.get(f"/audit/export?format=jsonl&action={','.join(actions)}")
    same(status, 200, "export over HTTP")
    records = [json.loads(line) for line in content.splitlines()]
    same(sorted({e["action"] for e in records if e["type"] == "entry"}), actions, "what was asked for")
    scratch.write("part.jsonl", content)
    contains(scratch.run("audit", "verify", "part.jsonl").ok().out, "a part of the log")
    same(server.get("/audit/export?format=xml")[0], 400, "an unknown format")
    same(server.get("/audit/nothing")[0], 404, "an unknown path")
    key = server.get("/audit/key")[1]
    contains(key, "BEGIN PUBLIC KEY")
    newest = server.migrations()[0]
    version, env = newest["version"], newest["envName"]
    status, pack = server.get(f"/audit/evidence?repo=myapp&version={version}&env={env}")
    same(status, 200, f"evidence over HTTP: {pack[:200]}")
    with open(scratch.file_path("pack.tar.gz"), "wb") as f:
        f.write(pack.encode("latin-1"))
    contains(scratch.run("audit", "verify", "pack.tar.gz").ok().out, f"version {version} of myapp in {env}")
    same(server.get("/audit/evidence?repo=myapp&version=0")[0], 404, "a version that is not there")
    true(server.get("/audit/checkpoints")[1].startswith('{"type":"checkpoint"'), "checkpoints")
    token = scratch.run("cloud", "token", "create", "--bot", "ci", "--scope", "cloud:read").ok().out.strip()
    same(server.get("/audit/export", token=token)[0], 403, "a bot that is no administrator")
    same(server.get("/audit/export", token="rgb_nobody")[0], 401, "a wrong token")
    log = server.api("{ auditLog { entries { action object after requestID ip } } }")["auditLog"]["entries"]
    refused = [e for e in log if e["object"] == "path/audit/export" and e["action"] == "request.refused"]
    same(len(refused), 1, "the refusal is an entry")
    run = [e for e in log if e["action"] == "export.run"]
    same([e["object"] for e in run], ["evidence/myapp", "audit"], "exports are entries")
    same(run[-1]["after"], {"format": "jsonl", "filter": {"actions": actions}}, "so is the export")
    true(run[0]["requestID"] and run[0]["ip"], f"with where it came from: {run[0]}")
