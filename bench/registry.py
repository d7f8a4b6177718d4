"""The registry under load: accepting reports, and showing a page of a long list."""

import contextlib
import http.client
import json
import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import time
import urllib.request
import uuid

from harness import RHUMB, TOOLS, Row, clean_env, mib, ms, say

REPORTS = 100_000
SAMPLE = 20_000  # of them timed beside raw inserts, in turns
CONNECTIONS = 64
DEPLOYMENTS = 1_000_000
REPOS, ENVIRONMENTS, DATABASES = 20, 5, 10_000
REQUESTS = 60
STATUSES = ("PASSED",) * 17 + ("FAILED", "NO_ACTION", "DRY_RUN")
MUTATION = ("mutation ReportMigration($input: ReportMigrationInput!) "
            "{ reportMigration(input: $input) { url success } }")
ROW = ("id repoName type kind envName databaseName targetsSucceeded targetsTotal version status "
       "startedAt completedAt error")
LIST = (f"query Migrations($input: MigrationsInput) {{ migrations(input: $input) "
        f"{{ migrations {{ {ROW} }} pageInfo {{ page pageSize total endCursor }} }} }}")
TOKEN = "rhumb_benchmark_token_0123456789abcdef"
ORDERS = ("CREATE TABLE orders (\n  id bigint NOT NULL,\n  customer_id bigint NOT NULL,\n"
          "  note text,\n  PRIMARY KEY (id)\n);\nCREATE INDEX orders_customer ON orders "
          "(customer_id);\n")


class Server:
    """A running `rhumb serve`."""

    def __init__(self, process, port):
        self.process = process
        self.port = port

    def peak_bytes(self, field="VmHWM"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(field))
        return int(line.split()[1]) * 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def store_counts(self):
        """Returns (writes, commits) since the start."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/metrics",
                                         headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            lines = reply.read().decode().splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return tuple(int(values[f"rhumb_store_{name}_total"]) for name in ("writes", "commits"))


@contextlib.contextmanager
def serve(data, store=None):
    """`store`: the URL of a database instead of the folder."""
    env = {**os.environ, **clean_env(data.parent), "RHUMB_ADMIN_TOKEN": TOKEN}
    place = ["--store", store] if store else ["--data", data]
    with (data.parent / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [RHUMB, "serve", *place, "--listen", "127.0.0.1:0", "--rate-limit", "0"],
            env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            port = None
            while port is None:
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError("the registry did not start: " +
                                       (data.parent / "serve.log").read_text())
                if "is listening on" in line:
                    port = int(line.rstrip().rsplit(":", 1)[1])
            yield Server(process, port)
        finally:
            process.terminate()
            process.wait()


def post(server, body):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/query", data=body, headers={
        "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as reply:
        return json.loads(reply.read())


def report(number):
    """A file of two statements that ran on one of many tenants, each run with its own log."""
    second = f"{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    day = 1 + number // 86400
    start, end = (f"2026-01-{day:02d}T{second}.{part}Z" for part in ("100000000", "900000000"))
    tenant = number % 2000
    return {
        "projectName": "default", "envName": "production", "dirName": "shop",
        "atlasVersion": "Atlas CLI v1.2.4",
        "target": {"id": str(uuid.UUID(int=tenant + 1)), "schema": "main",
                   "url": f"sqlite://tenant-{tenant}.db"},
        "startTime": start, "endTime": end, "fromVersion": "20260101000000",
        "toVersion": "20260102000000", "currentVersion": "20260102000000",
        "files": [{"name": "20260102000000_orders.sql", "content": ORDERS, "startTime": start,
                   "endTime": end, "skipped": 0, "applied": 2, "checks": [], "error": None}],
        "log": "Migrating to version 20260102000000 from 20260101000000 (1 migrations in total):\n"
               f"\n  -- migrating version 20260102000000\n  -- ok ({800 + number / 1000:.3f}ms)\n",
        "context": {"triggerType": "GITHUB_ACTION", "triggerVersion": "v1.2.3"},
    }


def write_reports(path, numbers):
    with path.open("w") as out:
        for number in numbers:
            out.write(json.dumps({"query": MUTATION, "variables": {"input": report(number)}}))
            out.write("\n")


def load(server, lines):
    writes, commits = server.store_counts()
    cpu, own = server.cpu_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([TOOLS / "rhumb_bench_load", str(server.port), TOKEN, lines,
                           str(CONNECTIONS)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    result = json.loads(done.stdout)
    result["cpu"] = (server.cpu_seconds() - cpu) / result["reports"]
    client = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["client_cpu"] = (client.ru_utime + client.ru_stime - own.ru_utime -
                            own.ru_stime) / result["reports"]
    writes_after, commits_after = server.store_counts()
    result["in_commit"] = (writes_after - writes) / (commits_after - commits)
    return result


def raw_rate(folder, lines, number, in_commit):
    """Rows per second of the same bytes, as many in a commit as the registry had."""
    done = subprocess.run([TOOLS / "rhumb_bench_inserts", folder / f"raw-{number}.db", lines,
                           str(max(1, round(in_commit)))], capture_output=True, text=True,
                          check=True)
    rows, seconds = done.stdout.split()
    return int(rows) / float(seconds)


def measure_reports(folder):
    parts = REPORTS // SAMPLE
    rates, raw_rates, latencies, results = [], [], [], []
    with serve(folder / "data") as server:
        for part in range(parts):
            lines = folder / f"reports-{part}.jsonl"
            write_reports(lines, range(part * SAMPLE, (part + 1) * SAMPLE))
            result = load(server, lines)
            rates.append(result["reports"] / result["seconds"])
            latencies.append((result["p50_ms"], result["p99_ms"]))
            raw_rates.append(raw_rate(folder, lines, part, result["in_commit"]))
            results.append(result)
            lines.unlink()
            say(f"  {rates[-1]:.0f} reports/s, raw inserts {raw_rates[-1]:.0f}/s")
        memory = server.peak_bytes()
    stored = sqlite3.connect(folder / "data" / "registry.db").execute(
        "SELECT count(*) FROM events").fetchone()[0]
    if stored != REPORTS:
        raise RuntimeError(f"{stored} of {REPORTS} reports were stored")
    rate, raw = statistics.median(rates), statistics.median(raw_rates)
    cpu, client_cpu, in_commit = (statistics.median(result[name] for result in results)
                                  for name in ("cpu", "client_cpu", "in_commit"))
    p50, p99 = (statistics.median(values) for values in zip(*latencies))
    return Row(f"reports accepted, durable, {CONNECTIONS} connections",
               f"{rate:,.0f}/s ({min(rates):,.0f} to {max(rates):,.0f}), p50 {p50:.1f} ms, p99 {p99:.1f} ms, {mib(memory)} after "
               f"{REPORTS:,}, {cpu * 1e6:.0f} µs cpu each (and {client_cpu * 1e6:.0f} µs the "
               "client on the same cores)",
               f"raw inserts of the same bytes, {in_commit:.0f} in a commit as there, {raw:,.0f}/s "
               f"({min(raw_rates):,.0f} to {max(raw_rates):,.0f})",
               "at least half of raw inserts", rate >= 0.5 * raw)


FIXTURE = f"""
INSERT INTO environments (org_id, name, created_at)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ENVIRONMENTS})
  SELECT :org, 'env-' || i, 0 FROM n;
INSERT INTO repos (org_id, project_id, slug, name, type, driver, created_at)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {REPOS})
  SELECT :org, :project, 'repo-' || i, 'repo-' || i, 'MIGRATION_DIRECTORY', 'SQLITE', 0 FROM n;
INSERT INTO databases (id, org_id, repo_id, env_id, ext_id, schema_name, name, url, driver,
    first_seen, last_report, atlas_version, current_version, status)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DATABASES})
  SELECT i, :org, :repo + i % {REPOS}, :env + i % {ENVIRONMENTS}, 'ext-' || i, 'main',
         'tenant-' || i || '.db', 'sqlite://tenant-' || i || '.db', 'SQLITE', 0, 0,
         'Atlas CLI v1.2.4', '20260102000000', 'SYNCED' FROM n;
INSERT INTO events (org_id, repo_id, env_id, database_id, kind, status, version, started_at,
    completed_at, received_at, order_at, from_version, to_version, current_version, actor_kind,
    actor_name, user_agent, atlas_version)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DEPLOYMENTS})
  SELECT :org, d.repo_id, d.env_id, d.id, 'APPLY', s.value, '20260102000000',
         1767225600000000000 + i * 1000000000, 1767225600800000000 + i * 1000000000,
         1767225601000000000 + i * 1000000000, 1767225600000000000 + i * 1000000000,
         '20260101000000', '20260102000000', '20260102000000', 'BOT', 'ci', 'Atlas CLI v1.2.4',
         'Atlas CLI v1.2.4'
  FROM n JOIN databases d ON d.id = 1 + n.i * 7919 % {DATABASES}
  JOIN json_each('{json.dumps(STATUSES)}') s ON s.key = n.i * 104729 / 7 % {len(STATUSES)};
INSERT INTO event_counts (org_id, repo_id, env_id, status, kind, events)
  SELECT org_id, repo_id, env_id, status, kind, count(*) FROM events GROUP BY 1, 2, 3, 4, 5;
UPDATE databases SET listed_events = c.events
  FROM (SELECT database_id, count(*) AS events FROM events GROUP BY database_id) c
  WHERE c.database_id = databases.id;
ANALYZE;
"""


def fill(database):
    """A store of a million deployments, written straight into its tables."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")
    ids = {"org": "SELECT min(id) FROM organizations", "project": "SELECT min(id) FROM projects",
           "env": "SELECT coalesce(max(id), 0) + 1 FROM environments",
           "repo": "SELECT coalesce(max(id), 0) + 1 FROM repos"}
    names = {name: connection.execute(query).fetchone()[0] for name, query in ids.items()}
    connection.execute("BEGIN")
    for statement in FIXTURE.split(";\n"):
        if statement.strip():
            connection.execute(statement, names)
    connection.execute("COMMIT")
    connection.close()


class Pages:
    """Asks for pages of the list over one kept connection."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, wanted):
        """Returns (seconds, payload)."""
        body = json.dumps({"query": LIST, "variables": {"input": wanted}})
        start = time.perf_counter()
        self.connection.request("POST", "/query", body, {"Authorization": f"Bearer {TOKEN}",
                                                         "Content-Type": "application/json"})
        reply = json.loads(self.connection.getresponse().read())
        seconds = time.perf_counter() - start
        if reply.get("errors"):
            raise RuntimeError(str(reply["errors"]))
        return seconds, reply["data"]["migrations"]

    def p95(self, wanted):
        """`wanted` maps the number of a request to its input."""
        seconds = []
        for number in range(REQUESTS):
            taken, payload = self.ask(wanted(number))
            if len(payload["migrations"]) == 0:
                raise RuntimeError(f"{wanted(number)}: an empty page")
            seconds.append(taken)
        return sorted(seconds)[REQUESTS * 95 // 100]


def measure_pages(folder):
    data = folder / "long"
    with serve(data):
        pass  # makes the store
    say(f"  writing {DEPLOYMENTS:,} deployments")
    fill(data / "registry.db")
    with serve(data) as server:
        pages = Pages(server)
        kinds = {
            "newest": lambda n: {"page": {"pageSize": 50}},
            "one repository": lambda n: {"repo": f"repo-{1 + n % REPOS}", "page": {"pageSize": 50}},
            "one environment, failed": lambda n: {"envName": f"env-{1 + n % ENVIRONMENTS}",
                                                  "statuses": ["FAILED"], "page": {"pageSize": 50}},
            "one database": lambda n: {"database": str(1 + n * 31), "page": {"pageSize": 50}},
            "by name": lambda n: {"name": f"tenant-{1000 + n}", "page": {"pageSize": 50}},
            "page 1,000": lambda n: {"page": {"pageSize": 50, "page": 1000 + n}},
        }
        _seconds, first = pages.ask(kinds["newest"](0))
        if first["pageInfo"]["total"] != DEPLOYMENTS:
            raise RuntimeError(f"the list has {first['pageInfo']['total']} deployments")
        slowest = {name: pages.p95(wanted) for name, wanted in kinds.items()}
        memory = server.peak_bytes("VmRSS")
    detail = ", ".join(f"{name} {ms(seconds)}" for name, seconds in slowest.items())
    return Row(f"page of the list at {DEPLOYMENTS:,} deployments, p95",
               f"{ms(max(slowest.values()))} ({detail}); {mib(memory)}", "", "p95 at most 20 ms",
               max(slowest.values()) <= 0.020)


def measure(folder, _rounds):
    yield measure_reports(folder)
    yield measure_pages(folder)
