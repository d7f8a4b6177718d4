"""How much one registry carries, on either store: reports at once, a large set, long lists, open pages.

RHUMB_BENCH_DEPLOYMENTS is the length of the history (1,000,000).
"""

import contextlib
import json
import os
import select
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

import registry
from harness import ROOT, TOOLS, Row, mib, ms, say

sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 (needs the path above)

LOADS = {1: 2_000, 16: 10_000, 64: 20_000, 256: 20_000}  # reports by connections
TARGETS, FILES = 10_000, 20
VIEWERS = 1_000
DEPLOYMENTS = int(os.environ.get("RHUMB_BENCH_DEPLOYMENTS", "1000000"))
DATABASES = 100_000
SHARE = 0.5  # of raw inserts


class DurablePostgres(servers.Postgres):
    """Keeps what it has committed when the power goes."""

    def command(self):
        return [*super().command(), "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
                "-c", "autovacuum=on", "-c", "shared_buffers=1GB"]

    def execute(self, sql):
        subprocess.run([os.path.join(self.find_bin_folder(), "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-",
                        self.url], input=sql, text=True, check=True, stdout=subprocess.DEVNULL)


# ---------------------------------------------------------------- reports


def raw_sqlite(folder, lines, in_commit):
    path = folder / "raw.db"
    done = subprocess.run([TOOLS / "rhumb_bench_inserts", path, lines, str(in_commit)], capture_output=True, text=True,
                          check=True)
    path.unlink()
    rows, seconds = done.stdout.split()
    return int(rows) / float(seconds)


def raw_postgres(store, lines, in_commit):
    """The same bytes through psql, a statement each, as many in a transaction."""
    statements = ["CREATE TABLE raw (id bigint GENERATED ALWAYS AS IDENTITY, body bytea NOT NULL);"]
    with lines.open() as source:
        bodies = [line.rstrip("\n").encode().hex() for line in source]
    for number, body in enumerate(bodies):
        if number % in_commit == 0:
            statements.append("BEGIN;" if number == 0 else "COMMIT; BEGIN;")
        statements.append(f"INSERT INTO raw (body) VALUES ('\\x{body}');")
    start = time.perf_counter()
    store.execute("\n".join([*statements, "COMMIT; DROP TABLE raw;"]))
    return len(bodies) / (time.perf_counter() - start)


def send_lines(server, lines, connections):
    done = subprocess.run([TOOLS / "rhumb_bench_load", str(server.port), registry.TOKEN, lines, str(connections)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def send(server, lines, connections):
    writes, commits = server.store_counts()
    result = send_lines(server, lines, connections)
    writes_after, commits_after = server.store_counts()
    return result, (writes_after - writes) / (commits_after - commits)


def rate_of(result):
    return result["reports"] / result["seconds"]


def empty_rate(folder, server, connections, count):
    """Calls that store nothing, over the same connections: what HTTP and GraphQL leave room for."""
    lines = folder / "empty.jsonl"
    lines.write_text('{"query":"{ __typename }"}\n' * count)
    return rate_of(send_lines(server, lines, connections))


def measure_loads(folder, place):
    first, cells, raw_cells, shares = 0, [], [], {}
    with place.serve(folder / "loads") as server:
        for connections, count in LOADS.items():
            lines = folder / "reports.jsonl"
            registry.write_reports(lines, range(first, first + count))
            first += count
            result, in_commit = send(server, lines, connections)
            rate = rate_of(result)
            cells.append(f"{connections}: {rate:,.0f}/s, p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms")
            raw = place.raw_rate(folder, lines, max(1, round(in_commit)))
            shares[connections] = rate / raw
            empty = empty_rate(folder, server, connections, 2 * count)
            raw_cells.append(f"{connections}: {raw:,.0f}/s, {in_commit:.0f} in a commit, share {rate / raw:.2f}, "
                             f"empty calls {empty:,.0f}/s")
            say(f"  {place.title}, {cells[-1]}; raw {raw_cells[-1]}")
        memory = server.peak_bytes()
    return Row(f"{place.title}: reports accepted, durable, by connections", f"{'; '.join(cells)}; {mib(memory)}",
               "raw inserts of the same bytes, as many in a commit, and calls that store nothing: "
               f"{'; '.join(raw_cells)}",
               f"at least {SHARE} of raw inserts", min(shares.values()) >= SHARE)


# ---------------------------------------------------------------- a set


def large_set():
    start, end = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
    files = [{"name": f"202601{number:02d}000000_f.sql", "content": f"SELECT {number};\n", "startTime": start,
              "endTime": end, "skipped": 0, "applied": 1} for number in range(1, FILES + 1)]
    completed = [{"projectName": "default", "envName": "production", "dirName": "shop", "atlasVersion": "v1",
                  "target": {"id": f"tenant-{number}", "schema": "main", "url": f"sqlite://tenant-{number}.db"},
                  "startTime": start, "endTime": end, "fromVersion": "", "toVersion": f"202601{FILES:02d}000000",
                  "currentVersion": f"202601{FILES:02d}000000", "files": files, "log": ""}
                 for number in range(TARGETS)]
    return json.dumps({
        "query": "mutation s($input: ReportMigrationSetInput!) { reportMigrationSet(input: $input) { url } }",
        "variables": {"input": {"id": "bench", "planned": TARGETS, "startTime": start, "endTime": end, "log": [],
                                "completed": completed}}}, separators=(",", ":")).encode()


def measure_set(folder, place):
    body = large_set()
    with place.serve(folder / "set") as server:
        before = server.peak_bytes()
        start = time.perf_counter()
        reply = registry.post(server, body)
        seconds = time.perf_counter() - start
        if reply.get("errors"):
            raise RuntimeError(str(reply["errors"])[:500])
        grown = server.peak_bytes() - before
    return Row(f"{place.title}: one set of {TARGETS:,} targets with {FILES} files each ({mib(len(body))})",
               f"{seconds:.2f} s, {mib(grown)} more memory at the most", "", "below 2 s", seconds < 2)


# ---------------------------------------------------------------- lists


SQLITE_SERIES = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT i FROM n) n"
POSTGRES_SERIES = "generate_series(1, {0}) n(i)"
EPOCH = 1767225600000000000


def history(series):
    """Statements that write a history straight into the tables of a new store; both engines read them."""
    sort = "CAST(n.i AS bigint) * 104729 / 7 % 20"  # has nothing to do with the database
    statuses = f"CASE WHEN {sort} < 17 THEN 'PASSED' WHEN {sort} = 17 THEN 'FAILED' ELSE 'NO_ACTION' END"
    at = f"{EPOCH} + CAST(n.i AS bigint) * 1000000000"
    return [
        "INSERT INTO environments (org_id, name, created_at) SELECT 1, 'env-' || i, 0 FROM " + series.format(5),
        "INSERT INTO repos (org_id, project_id, slug, name, type, driver, created_at, databases_synced) SELECT 1, 1, "
        "'repo-' || i, 'repo-' || i, 'MIGRATION_DIRECTORY', 'SQLITE', 0, 5000 FROM " + series.format(20),
        "INSERT INTO databases (org_id, repo_id, env_id, ext_id, schema_name, name, url, driver, first_seen, last_report, "
        "atlas_version, current_version, status) SELECT 1, 1 + i % 20, 1 + i % 5, 'ext-' || i, 'main', 'tenant-' || i || "
        "'.db', 'sqlite://tenant-' || i || '.db', 'SQLITE', 0, 0, 'v1', '20260102000000', 'SYNCED' FROM "
        + series.format(DATABASES),
        "INSERT INTO events (org_id, repo_id, env_id, database_id, kind, status, version, started_at, completed_at, "
        "received_at, order_at, from_version, to_version, current_version, actor_kind, actor_name, user_agent, "
        f"atlas_version) SELECT 1, d.repo_id, d.env_id, d.id, 'APPLY', {statuses}, '20260102000000', {at}, {at}, {at}, "
        f"{at}, '20260101000000', '20260102000000', '20260102000000', 'BOT', 'ci', 'v1', 'v1' FROM "
        f"{series.format(DEPLOYMENTS)} JOIN databases d ON d.id = 1 + CAST(n.i AS bigint) * 7919 % {DATABASES}",
        "INSERT INTO event_counts (org_id, repo_id, env_id, status, kind, events) SELECT org_id, repo_id, env_id, status, "
        "kind, count(*) FROM events GROUP BY 1, 2, 3, 4, 5",
        "UPDATE databases SET listed_events = c.events FROM (SELECT database_id, count(*) AS events FROM events GROUP BY "
        "database_id) c WHERE c.database_id = databases.id",
        *(f"INSERT INTO event_periods SELECT org_id, {hours}, order_at / {hours * 3600 * 10**9}, version, '', repo_id, "
          "env_id, status, kind, count(*) FROM events GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9" for hours in (1, 24)),
        "ANALYZE"]


def stretch(day, hours, first_hour=0):
    """The filter for so many hours of the history, from a day on that there is; a history is a deployment a second."""
    days = max(1, (DEPLOYMENTS - 3600 * hours) // 86400)
    start = EPOCH // 10**9 + day % days * 86400 + int(first_hour * 3600)
    text = "%Y-%m-%dT%H:%M:%SZ"
    return {"from": time.strftime(text, time.gmtime(start)), "to": time.strftime(text, time.gmtime(start + 3600 * hours))}


def measure_lists(folder, place):
    data = folder / "long"
    with place.serve(data):
        pass  # makes the store
    say(f"  {place.title}: writing {DEPLOYMENTS:,} deployments")
    place.fill(data)
    start = time.perf_counter()
    with place.serve(data) as server:
        started = time.perf_counter() - start
        pages = registry.Pages(server)
        kinds = {"newest": lambda n: {}, "one repository": lambda n: {"repo": f"repo-{1 + n % 20}"},
                 "one environment, failed": lambda n: {"envName": f"env-{1 + n % 5}", "statuses": ["FAILED"]},
                 "one database": lambda n: {"database": str(1 + n * 31 % DATABASES)},
                 "by name": lambda n: {"name": f"tenant-{1 + n * 37 % DATABASES}.db"},
                 "one day": lambda n: stretch(n * 7, 24),
                 "one day of another time zone, one repository": lambda n: {"repo": f"repo-{1 + n % 20}",
                                                                            **stretch(n * 7, 24, 19.5)},
                 "one week, one environment, failed": lambda n: {"envName": f"env-{1 + n % 5}", "statuses": ["FAILED"],
                                                                 **stretch(n * 3, 168)},
                 "one version": lambda n: {"version": "20260102000000"},
                 "one version, one repository, one day": lambda n: {"version": "20260102000000",
                                                                    "repo": f"repo-{1 + n % 20}", **stretch(n * 5, 24)}}
        slowest = {name: pages.p95(lambda n, kind=kind: {**kind(n), "page": {"pageSize": 50}})
                   for name, kind in kinds.items()}
        memory = server.peak_bytes("VmRSS")
    detail = ", ".join(f"{name} {ms(seconds)}" for name, seconds in slowest.items())
    yield Row(f"{place.title}: page of the list at {DEPLOYMENTS:,} deployments of {DATABASES:,} databases, p95",
              f"{ms(max(slowest.values()))} ({detail}); {mib(memory)}", "", "p95 at most 20 ms",
              max(slowest.values()) <= 0.020)
    yield Row(f"{place.title}: start on that store", ms(started), "", "at most 200 ms", started <= 0.2)


# ---------------------------------------------------------------- open pages


def open_viewer(port):
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(f"GET /events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {registry.TOKEN}\r\n\r\n".encode())
    return line


def wait_for_all(viewers, start):
    """Seconds until each has the event that was just reported."""
    poll, waiting, taken = select.epoll(), {}, []
    for viewer in viewers:
        poll.register(viewer.fileno(), select.EPOLLIN)
        waiting[viewer.fileno()] = viewer
    while waiting:
        for number, _event in poll.poll(10):
            if b"data:" in waiting[number].recv(65536):
                taken.append(time.perf_counter() - start)
                poll.unregister(number)
                del waiting[number]
    return taken


def measure_viewers(folder, place):
    with place.serve(folder / "live") as server:
        idle = server.peak_bytes("VmRSS")
        viewers = [open_viewer(server.port) for _ in range(VIEWERS)]
        for viewer in viewers:
            viewer.recv(65536)  # the head
        taken = []
        for number in range(10):
            start = time.perf_counter()
            registry.post(server, json.dumps({"query": registry.MUTATION,
                                              "variables": {"input": registry.report(number)}}).encode())
            taken += wait_for_all(viewers, start)
        memory = server.peak_bytes("VmRSS")
        for viewer in viewers:
            viewer.close()
    taken.sort()
    yield Row(f"{place.title}: a report on {VIEWERS:,} open pages",
              f"p50 {ms(statistics.median(taken))}, last one {ms(taken[-1])}; {mib(memory)}", "", "last one at most 250 ms",
              taken[-1] <= 0.25)
    yield Row(f"{place.title}: memory of a registry that is idle", mib(idle), "", "at most 64 MiB", idle <= 64 * 2**20)


# ---------------------------------------------------------------- the stores


class Embedded:
    title = "SQLite"

    @staticmethod
    def serve(data):
        data.parent.mkdir(exist_ok=True)
        return registry.serve(data)

    @staticmethod
    def raw_rate(folder, lines, in_commit):
        return raw_sqlite(folder, lines, in_commit)

    @staticmethod
    def fill(data):
        with contextlib.closing(sqlite3.connect(data / "registry.db", isolation_level=None)) as store:
            store.execute("PRAGMA synchronous = OFF")
            store.execute("PRAGMA cache_size = -500000")
            store.execute("BEGIN")
            for statement in history(SQLITE_SERIES):
                store.execute(statement)
            store.execute("COMMIT")


class Shared:
    """A PostgreSQL server of its own; each subject has a schema."""

    title = "PostgreSQL"

    def __init__(self, server):
        self.server = server

    def serve(self, data):
        schema = f"bench_{data.name}"
        self.server.execute(f"CREATE SCHEMA IF NOT EXISTS {schema};")
        sign = "&" if "?" in self.server.url else "?"
        return registry.serve(data, f"{self.server.url}{sign}search_path={schema}")

    def raw_rate(self, _folder, lines, in_commit):
        return raw_postgres(self.server, lines, in_commit)

    def fill(self, data):
        statements = [f"SET search_path = bench_{data.name}", "SET synchronous_commit = off", "BEGIN",
                      *history(POSTGRES_SERIES), "COMMIT"]
        self.server.execute(";\n".join(statements) + ";")


def measure_store(folder, place):
    yield measure_loads(folder, place)
    yield measure_set(folder, place)
    yield from measure_lists(folder, place)
    yield from measure_viewers(folder, place)


def measure(folder, _rounds):
    yield from measure_store(folder, Embedded())
    if not servers.Postgres.is_installed():
        return
    store = DurablePostgres()
    store.start()
    try:
        yield from measure_store(folder, Shared(store))
    finally:
        store.stop()
