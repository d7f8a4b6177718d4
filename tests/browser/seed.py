"""Fills a registry over its API: pushed directories, deployments that passed and failed, a set."""

import base64
import datetime
import hashlib
import io
import json
import tarfile
import urllib.request
import uuid

CLIENT = "Atlas CLI v1.2.4"
COMMIT = "267b9d1799a3f37ccc0c4112d33f6b3455b62de8"
FILES = {
    "20260510090000_users.sql": "CREATE TABLE users (id int NOT NULL, PRIMARY KEY (id));\n",
    "20260512141500_orders.sql": "CREATE TABLE orders (\n  id int NOT NULL,\n  user_id int NOT NULL"
                                 " REFERENCES users (id)\n);\n",
    "20260513101010_carts.sql": "CREATE TABLE carts (id int NOT NULL);\n"
                                "CREATE INDEX carts_id ON carts (id);\n",
    "20260514083000_email.sql": "-- every user has an address from now on\n"
                                "ALTER TABLE users ADD COLUMN email text;\n"
                                "UPDATE users SET email = '(sensitive)' WHERE id = 1;\n"
                                "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n",
}
NAMES = list(FILES)
VERSIONS = [name.split("_")[0] for name in NAMES]
NULLS = 'pq: column "email" of relation "users" contains null values'


class Api:
    """The registry's GraphQL interface, asked with one token."""

    def __init__(self, base, token):
        self.base = base
        self.token = token

    def call(self, document, variables):
        request = urllib.request.Request(
            f"{self.base}/query",
            data=json.dumps({"query": document, "variables": variables}).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            reply = json.load(response)
        if reply.get("errors"):
            raise RuntimeError(f"{document[:60]}: {reply['errors']}")
        return reply["data"]


def checksum_file(files):
    """`atlas.sum`: a running hash of names and contents, and a hash of the entries on top."""
    running, entries, total = hashlib.sha256(), [], hashlib.sha256()
    for name, content in files.items():
        running.update(name.encode() + content.encode())
        digest = base64.b64encode(running.digest()).decode()
        entries.append(f"{name} h1:{digest}\n")
        total.update(f"{name}{digest}".encode())
    return f"h1:{base64.b64encode(total.digest()).decode()}\n" + "".join(entries)


def archive(files):
    """The directory as the API takes it: base64 of an uncompressed tar, checksum file first."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in {"atlas.sum": checksum_file(files), **files}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content.encode())
            entry.mode = 0o600
            tar.addfile(entry, io.BytesIO(content.encode()))
    return base64.b64encode(buffer.getvalue()).decode()


def minutes_ago(minutes, seconds=0.0):
    moment = datetime.datetime.now(datetime.timezone.utc)
    moment += datetime.timedelta(seconds=seconds - 60 * minutes)
    return moment.isoformat().replace("+00:00", "Z")


def deployed_file(index, ago, error=None, checks=None, delay=0.1):
    """The file as it was executed, `delay` seconds after the run began."""
    name = NAMES[index]
    statements = FILES[name].count(";\n")
    return {"name": name, "content": FILES[name], "startTime": minutes_ago(ago, delay),
            "endTime": minutes_ago(ago, delay + 0.8), "skipped": 0,
            "applied": 0 if checks and error is None else statements, "checks": checks or [],
            "error": error}


def report(database, env, ago, first, last, **changes):
    """A run of the files `first` to `last` (from 0, exclusive) that passed; `changes` make it other."""
    whole = {
        "projectName": "default", "envName": env, "dirName": "shop", "atlasVersion": CLIENT,
        "target": {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{env}.{database}")),
                   "schema": "public",
                   "url": f"postgres://app:xxxxx@db.{env}.internal:5432/{database}?sslmode=require"},
        "startTime": minutes_ago(ago), "endTime": minutes_ago(ago, last - first + 0.2),
        "fromVersion": VERSIONS[first - 1] if first > 0 else "",
        "toVersion": VERSIONS[last - 1] if last > first else "",
        "currentVersion": VERSIONS[last - 1],
        "files": [deployed_file(i, ago, delay=i - first + 0.1) for i in range(first, last)],
        "log": f"Migrating to version {VERSIONS[last - 1]} ({last - first} migrations in total):\n"
               + "".join(f"\n  -- migrating version {VERSIONS[i]}\n  -- ok (800ms)\n"
                         for i in range(first, last)),
        "context": {"triggerType": "GITHUB_ACTION", "triggerVersion": "v1.2.3"},
    }
    return {**whole, **changes}


FIGURES = [{"number": 3, "seconds": 0.62, "rowsAffected": 0, "lockWaitSeconds": 0.41},
           {"number": 1, "seconds": 0.093, "rowsAffected": 0, "lockWaitSeconds": 0},
           {"number": 2, "seconds": 0.0517, "rowsAffected": 1214, "lockWaitSeconds": None}]


def failed_report(database, env, ago):
    """The last file fails at its last statement, which had waited, and is rolled back."""
    error = {"stmt": "ALTER TABLE users ALTER COLUMN email SET NOT NULL;", "text": NULLS}
    log = (f"Migrating to version {VERSIONS[3]} from {VERSIONS[1]} (2 migrations in total):\n"
           f"\n  -- migrating version {VERSIONS[2]}\n  -- ok (800ms)\n"
           f"\n  -- migrating version {VERSIONS[3]}\n    -> {error['stmt']}\n"
           f"    {NULLS}\n\n  1 migration with errors\n")
    return report(database, env, ago, 2, 4, currentVersion=VERSIONS[2],
                  files=[deployed_file(2, ago), {**deployed_file(3, ago, error, delay=1.1), "slowest": FIGURES}],
                  error=f"executing statement: {NULLS}", log=log,
                  masked={"policy": "LITERALS", "values": 1, "statements": 0})


def checked_report(database, env, ago):
    """A check before the last file does not hold."""
    checks = [{"name": "checks.sql", "start": minutes_ago(ago), "end": minutes_ago(ago, 0.2),
               "checks": [{"stmt": "SELECT count(*) > 0 FROM users", "error": None},
                          {"stmt": "SELECT NOT EXISTS (SELECT 1 FROM users WHERE id = 0)",
                           "error": "assertion returned false"}], "error": None}]
    return report(database, env, ago, 3, 4, currentVersion=VERSIONS[2],
                  files=[deployed_file(3, ago, None, checks)], error="1 of 2 assertions failed",
                  log=f"Migrating to version {VERSIONS[3]}:\n\n  1 of 2 assertions failed\n")


def deployment_set(ago):
    """Four targets: two succeed, one fails, one never has its turn."""
    completed = [report("tenant-a", "production", ago, 3, 4), report("tenant-b", "production", ago, 3, 4),
                 failed_report("tenant-c", "production", ago)]
    urls = [entry["target"]["url"] for entry in completed]
    urls.append("postgres://app:xxxxx@db.production.internal:5432/tenant-d?sslmode=require")
    log = [{"text": "Start migration for 4 targets", "startTime": minutes_ago(ago),
            "endTime": minutes_ago(ago, 0.2), "error": False, "log": [{"text": url} for url in urls]}]
    for i, entry in enumerate(completed):
        failed = "error" in entry
        lines = [{"text": f"Target URL: {urls[i]}"}, {"text": "Migration directory: atlas://shop"}]
        lines += [{"text": f"Error: {NULLS}"}] if failed else []
        log.append({"text": f"Run migration: {i + 1}", "startTime": minutes_ago(ago, 0.2 + 2 * i),
                    "endTime": minutes_ago(ago, 2.2 + 2 * i), "error": failed, "log": lines})
        entry.pop("context")
    return {"id": str(uuid.uuid4()), "planned": 4, "startTime": minutes_ago(ago),
            "endTime": minutes_ago(ago, 6.4), "error": f"Error: executing statement: {NULLS}",
            "log": log, "completed": completed,
            "context": {"triggerType": "KUBERNETES", "triggerVersion": "v0.6.0"}}


def push(api, slug, count, commit=None):
    """The first `count` files, untagged and then under a commit, as CI does it."""
    files = {name: FILES[name] for name in NAMES[:count]}
    context = {"repo": "acme/shop", "branch": "main", "commit": commit or COMMIT, "username": "ada",
               "url": "https://git.example.com/acme/shop/pull/7", "scmType": "GITHUB"}
    whole = {"slug": slug, "driver": "POSTGRESQL", "dir": archive(files), "context": context}
    api.call("mutation DiffSyncDir($input: DiffSyncDirInput!) { diffSyncDir(input: $input) { url } }",
             {"input": whole})
    if commit is None:
        return None
    reply = api.call("mutation PushDir($input: PushDirInput!) { pushDir(input: $input) { url } }",
                     {"input": {**whole, "tag": commit}})
    return reply["pushDir"]["url"]


def send(api, entry):
    return api.call("mutation ReportMigration($input: ReportMigrationInput!) "
                    "{ reportMigration(input: $input) { url } }",
                    {"input": entry})["reportMigration"]["url"]


def send_set(api, whole):
    return api.call("mutation ReportMigrationSet($input: ReportMigrationSetInput!) "
                    "{ reportMigrationSet(input: $input) { url } }",
                    {"input": whole})["reportMigrationSet"]["url"]


def ask_plan(api, database, env):
    """A revert of the newest version that waits for an approval. -> its page"""
    target = report(database, env, 0, 0, 1)["target"]
    plan = {"extID": "0f1e2d", "dirName": "shop", "envName": env, "atlasVersion": CLIENT, "target": target,
            "fromVersion": VERSIONS[3], "toVersion": VERSIONS[2],
            "files": [{"name": NAMES[3], "version": VERSIONS[3], "checks": [],
                       "stmts": ["ALTER TABLE users DROP COLUMN email"]}]}
    return api.call("mutation CreateMigrateDownPlan($input: CreateMigrateDownPlanInput!) "
                    "{ createMigrateDownPlan(input: $input) { url } }",
                    {"input": plan})["createMigrateDownPlan"]["url"]


def keep_more(api):
    """What the registry keeps beside directories and deployments. -> its pages"""
    def ask(kind, field, answer, **input_):
        document = f"{kind} M($input: {field[0].upper()}{field[1:]}Input!) {{ {field}(input: $input) {{ {answer} }} }}"
        return api.call(document, {"input": input_})[field][answer]

    hcl = 'schema "main" {}\n'
    schema = ask("mutation", "pushSchema", "link", slug="catalog", hcl=hcl, hash="hash-1", driver="SQLITE")
    plan = ask("mutation", "createDeclarativePlan", "link", name="add-users", schemaSlug="catalog",
               status="PENDING", fromHash="hash-1", toHash="hash-2", migration="CREATE TABLE users (id integer);")
    run = ask("mutation", "reportMigrationLint", "url", slug="shop", status="FAILED",
              context={"branch": "main", "commit": COMMIT}, payload={"Files": [{"Name": NAMES[3]}]})
    watched = ask("mutation", "pushSnapshot", "url", url="sqlite://main.db", hashMatch=False,
                  snapshot={"hash": "hash-1", "hcl": hcl})
    drawing = api.call("query V($input: VisualizeInput!) { visualizeInspect(input: $input) { url } }",
                       {"input": {"hcl": hcl, "sql": "", "driver": "SQLITE"}})["visualizeInspect"]["url"]
    webhook = api.call("mutation W($input: WebhookInput!) { createWebhook(input: $input) { id } }",
                       {"input": {"url": "https://hooks.invalid/shop?token=t0ken", "repo": "shop", "envs": ["prod*"]}})
    api.call("mutation P($id: ID!) { pingWebhook(id: $id) { id } }", {"id": webhook["createWebhook"]["id"]})
    return {"schema": schema, "declarativePlan": plan, "ciRun": run, "instance": watched, "drawing": drawing}


STAGES = [{"name": "staging", "envs": ["staging"]},
          {"name": "production", "envs": ["production", "prod-*"], "requires": ["staging"], "soak": "24h",
           "approvals": 1, "freezes": [{"weekly": "Fri 16:00 - Mon 08:00", "reason": "weekend"}]}]


def rule(api):
    """A place for each environment, and a policy with a version that waits. -> token of who pushed it"""
    for rank, name in enumerate(("staging", "production")):
        api.call("mutation E($input: UpdateEnvironmentInput!) { updateEnvironment(input: $input) { name } }",
                 {"input": {"name": name, "rank": rank}})
    bot = api.call("mutation B($input: CreateBotInput!) { createBot(input: $input) { secret } }",
                   {"input": {"name": "pusher", "scopes": ["dir:push", "repo:create", "cloud:read", "plan:approve"]}})
    pusher = Api(api.base, bot["createBot"]["secret"])
    push(pusher, "inventory", 1)
    api.call("mutation P($input: SetPromotionPolicyInput!) { setPromotionPolicy(input: $input) { id } }",
             {"input": {"repo": "inventory", "stages": STAGES}})
    return pusher.token


def seed(api):
    """Returns the addresses of what the journeys look at, as the registry gave them."""
    push(api, "shop", 3, "9f3c1d0b5a6e47d2c8b1e0f4a7d6c5b4a3f2e1d0")
    for letter in "abegh":
        send(api, report(f"tenant-{letter}", "production", 180, 0, 3))
    for letter in "cf":
        send(api, report(f"tenant-{letter}", "production", 175, 0, 2))
    send(api, report("main", "staging", 170, 0, 3))
    tag = push(api, "shop", 4, COMMIT)
    passed = send(api, report("main", "staging", 90, 3, 4))
    send(api, report("main", "staging", 85, 4, 4, toVersion="", files=[]))
    send(api, report("tenant-e", "production", 80, 3, 4, dryRun=True, currentVersion=VERSIONS[2]))
    checked = send(api, checked_report("tenant-g", "production", 70))
    whole = send_set(api, deployment_set(60))
    failed = send(api, failed_report("tenant-f", "production", 30))
    send(api, {**report("ledger", "production", 20, 0, 2), "dirName": "team/billing"})
    push(api, "search", 1)
    plan = ask_plan(api, "main", "staging")
    return {"pusher": rule(api), "plan": plan, "tag": tag, "passed": passed, "checked": checked, "failed": failed, "set": whole,
            **keep_more(api)}
