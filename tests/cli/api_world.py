"""Something for every operation of the API to work on, made by the administrator.

OPERATIONS names each operation with how its variables are made: what it changes is new each time, so
that an operation can be asked for again and again by different callers.
"""

import base64
import io
import os
import tarfile

from scenes import FIRST, FIRST_VERSION, SECOND, SECOND_VERSION, small_report

NOON, LATER = "2026-11-01T12:00:00Z", "2026-11-01T12:00:05Z"
TARGET = {"schema": "main", "url": "sqlite://file.db"}


def tar_of(folder):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(os.path.join(folder, name), name)
    return base64.b64encode(raw.getvalue()).decode()


class World:
    def __init__(self, scratch, server, api):
        self.server, self.api, self.number = server, api, 0
        folder = scratch.directory("content", {**FIRST, **SECOND})
        scratch.run("migrate", "hash", "--dir", "file://content").ok()
        self.dir = tar_of(folder or scratch.file_path("content"))

    def name(self, prefix="n"):
        self.number += 1
        return f"{prefix}-{self.number}"

    def ask(self, operation, depth=0, **variables):
        """As the administrator. -> what the operation answers"""
        answer = self.server.api(self.api.document(operation, depth), variables)
        return answer[operation.split(".")[1]]

    def do(self, operation, depth=0, **input_):
        return self.ask(operation, depth, input=input_)

    def prepare(self):
        """What the questions are about, and the first of its kind."""
        self.do("Mutation.diffSyncDir", slug="myapp", driver="SQLITE", dir=self.dir)
        self.do("Mutation.pushSchema", slug="shop", hcl='schema "main" {}', hash="a", driver="SQLITE", version="1")
        self.do("Mutation.pushSchema", slug="shop", hcl='schema "main" {}', hash="a", driver="SQLITE", tag="v1",
                version="1")
        self.do("Mutation.createDeclarativePlan", name="plan", schemaSlug="shop", status="PENDING", fromHash="a",
                toHash="b", migration="SELECT 1")
        self.do("Mutation.reportMigration", **self.report())
        self.down_plan()
        self.snapshot()

    # ------------------------------------------------------------ things

    def repo(self):
        slug = self.name("repo")
        self.do("Mutation.pushDir", slug=slug, tag="v1", driver="SQLITE", dir=self.dir)
        return self.do("Query.repo", slug=slug)

    def archived_repo(self):
        repo = self.repo()
        self.do("Mutation.archiveRepo", id=repo["id"])
        return repo

    def schema(self):
        slug = self.name("schema")
        self.do("Mutation.pushSchema", slug=slug, hcl='schema "main" {}', hash="from", driver="SQLITE", tag="v1",
                version="1")
        return slug

    def plan(self):
        plan = {"name": self.name("plan"), "schemaSlug": self.schema()}
        self.do("Mutation.createDeclarativePlan", **plan, status="PENDING", fromHash="from", toHash="to",
                migration="SELECT 1")
        return plan

    def report(self, **more):
        name = self.name("db")
        return {**small_report(name), "dirName": "myapp", "reportID": name, **more}

    def database(self):
        report = self.report()
        self.do("Mutation.reportMigration", **report)
        return self.do("Query.database", extID=report["target"]["id"])

    def ephemeral_glob(self):
        return self.do("Mutation.setEphemeralEnvironments", glob=self.name("pr") + "-*", hours=72)["glob"]

    def copies(self):
        """Two databases with one identifier."""
        target = self.report()["target"]
        for place in ("first", "second"):
            copy = {**target, "url": f"sqlite://{place}/copy.db"}
            self.do("Mutation.reportMigration", **{**self.report(), "target": copy})
        latest = self.do("Query.database", extID=target["id"])
        return {"id": latest["id"], "from": latest["duplicateOf"]}

    def merged(self):
        """The number of a database that went into another one."""
        copies = self.copies()
        self.do("Mutation.mergeDatabases", id=copies["id"], into=copies["from"])
        return copies["id"]

    def down_request(self):
        return {"extID": self.name("down"), "dirName": "myapp", "envName": "prod", "atlasVersion": "v1",
                "target": {"id": self.name("target"), **TARGET}, "fromVersion": SECOND_VERSION,
                "toVersion": FIRST_VERSION,
                "files": [{"name": f"{SECOND_VERSION}_orders.sql", "version": SECOND_VERSION,
                           "stmts": ["DROP TABLE orders"]}]}

    def down_plan(self):
        """One that waits: its repository asks for approvals."""
        repo = self.repo()
        self.do("Mutation.updateRepo", id=repo["id"], protectedFlows={"migrateDown": True, "selfApproval": True})
        request = {**self.down_request(), "dirName": repo["slug"]}
        self.do("Mutation.createMigrateDownPlan", **request)
        return self.do("Query.migratePlanByExtID", extID=request["extID"])

    def ran_down(self):
        return {"projectName": "default", "envName": "prod", "dirName": "myapp", "atlasVersion": "v1",
                "target": {"id": self.name("target"), **TARGET}, "startTime": NOON, "endTime": LATER,
                "fromVersion": SECOND_VERSION, "toVersion": FIRST_VERSION, "currentVersion": FIRST_VERSION,
                "files": [], "log": ""}

    def ran_schema(self):
        return {"projectName": "default", "envName": "prod", "schemaSlug": "shop", "atlasVersion": "v1",
                "target": {"id": self.name("target"), **TARGET}, "startTime": NOON, "endTime": LATER,
                "fromHash": "from", "toHash": "to", "files": [], "log": "", "reportID": self.name("report")}

    def policy(self, slug=None):
        stages = [{"name": "staging", "envs": ["staging"], "requires": []},
                  {"name": "prod", "envs": ["prod"], "requires": ["staging"], "approvals": 1}]
        return self.do("Mutation.setPromotionPolicy", repo=slug or self.repo()["slug"], stages=stages)

    def guarded_version(self):
        slug = self.repo()["slug"]
        self.policy(slug)
        return {"repo": slug, "stage": "prod", "version": FIRST_VERSION}

    def member(self):
        return self.do("Mutation.inviteMember", email=f"{self.name('person')}@example.com", roles=["VIEWER"])

    def bot(self):
        """-> its token, with the number of the bot"""
        return self.do("Mutation.createBot", depth=2, name=self.name("bot"), scopes=["dir:read"])["token"]

    def trust(self):
        return {"name": self.name("trust"), "botID": self.bot()["owner"]["id"], "issuer": "https://ci.test",
                "claims": {"repository": "acme/app"}, "scopes": ["dir:read"]}

    def snapshot(self):
        url = f"sqlite://{self.name('watched')}.db"
        self.do("Mutation.pushSnapshot", url=url, hashMatch=False, snapshot={"hash": "h", "hcl": 'schema "main" {}'})
        return url

    def drawing(self):
        url = self.do("Query.visualizeInspect", hcl=f'schema "{self.name()}" {{}}', driver="SQLITE")["url"]
        return url.rsplit("/", 1)[1]

    def webhook(self):
        """For repositories that there are none of: it is told of nothing."""
        return self.do("Mutation.createWebhook", url="https://hooks.invalid/x", repo=self.name("hooked") + "-*")

    def lint_report(self):
        return self.do("Mutation.reportMigrationLint", slug="myapp", status="SUCCESSFUL")["url"].rsplit("/", 1)[1]


def by_input(make):
    return lambda world: {"input": make(world)}


def by_id(make, member="id"):
    return lambda world: {member: make(world)}


def nothing(_world):
    return {}


def pushed(world, **more):
    return {"slug": world.repo()["slug"], "driver": "SQLITE", "dir": world.dir, **more}


OPERATIONS = {
    "Query.me": nothing,
    "Query.organization": nothing,
    "Query.dirState": by_input(lambda w: {"slug": "myapp"}),
    "Query.dir": by_input(lambda w: {"slug": "myapp"}),
    "Query.dirs": nothing,
    "Query.schemaState": by_input(lambda w: {"slug": "shop"}),
    "Query.schemaStateByVersion": by_input(lambda w: {"slug": "shop", "version": "1"}),
    "Query.declarativePlanByHashes": by_input(lambda w: {"schemaSlug": "shop", "fromHash": "a", "toHash": "b"}),
    "Query.declarativePlanByName": by_input(lambda w: {"schemaSlug": "shop", "name": "plan"}),
    "Query.declarativePlans": nothing,
    "Query.declarativePlan": by_id(lambda w: "1"),
    "Query.migratePlanByExtID": by_input(lambda w: {"extID": "none"}),
    "Query.migrateTargetByExtID": by_input(lambda w: {"extID": "none"}),
    "Query.migratePlans": nothing,
    "Query.migratePlan": by_id(lambda w: "1"),
    "Query.snapshotHash": by_input(lambda w: {"url": "sqlite://watched.db"}),
    "Query.visualizeInspect": by_input(lambda w: {"hcl": f'schema "{w.name()}" {{}}', "driver": "SQLITE"}),
    "Query.drawing": by_id(World.drawing),
    "Query.repos": nothing,
    "Query.repo": by_input(lambda w: {"slug": "myapp"}),
    "Query.databases": nothing,
    "Query.database": by_input(lambda w: {"id": "1"}),
    "Query.divergence": by_input(lambda w: {"repo": "myapp"}),
    "Query.databaseMerge": by_input(lambda w: {"id": w.database()["id"], "into": w.database()["id"]}),
    "Query.migrations": nothing,
    "Query.migration": by_id(lambda w: "1"),
    "Query.ciRuns": nothing,
    "Query.ciRun": by_id(World.lint_report),
    "Query.environments": nothing,
    "Query.ephemeralEnvironments": nothing,
    "Query.schemaDiff": by_input(lambda w: {"from": {"repo": "shop", "tag": "v1"}, "to": {"repo": "shop"}}),
    "Query.trace": by_input(lambda w: {"repo": "myapp", "version": FIRST_VERSION}),
    "Query.drifts": nothing,
    "Query.instances": nothing,
    "Query.instance": by_id(lambda w: "1"),
    "Query.checkDeployment": by_input(lambda w: {"repo": "myapp", "envName": "load", "version": FIRST_VERSION}),
    "Query.promotionPolicies": nothing,
    "Query.waitingVersions": nothing,
    "Query.members": nothing,
    "Query.bots": nothing,
    "Query.trusts": nothing,
    "Query.account": nothing,
    "Query.device": by_id(lambda w: "BCDF-GHJK", "userCode"),
    "Query.tokens": nothing,
    "Query.webhooks": nothing,
    "Query.webhookDeliveries": by_input(lambda w: {"webhookID": w.webhook()["id"]}),
    "Query.auditLog": nothing,
    "Query.dirSlugs": nothing,
    "Mutation.pushDir": by_input(lambda w: pushed(w, tag="v2")),
    "Mutation.diffSyncDir": by_input(pushed),
    "Mutation.syncDir": by_input(pushed),
    "Mutation.pushSchema": by_input(lambda w: {"slug": w.schema(), "hcl": 'schema "main" {}', "hash": "h",
                                               "driver": "SQLITE"}),
    "Mutation.moveTag": by_input(lambda w: {"slug": w.repo()["slug"], "tag": "v1", "to": SECOND_VERSION}),
    "Mutation.deleteTag": by_input(lambda w: {"slug": w.repo()["slug"], "tag": "v1"}),
    "Mutation.reportMigration": by_input(World.report),
    "Mutation.reportMigrationSet": by_input(lambda w: {"id": w.name("set"), "planned": 1, "startTime": NOON,
                                                       "endTime": LATER, "completed": [w.report()]}),
    "Mutation.reportMigrationDown": by_input(World.ran_down),
    "Mutation.reportMigrationLint": by_input(lambda w: {"slug": "myapp", "status": "SUCCESSFUL"}),
    "Mutation.reportSchemaApply": by_input(World.ran_schema),
    "Mutation.reportSchemaApplySet": by_input(lambda w: {"id": w.name("set"), "planned": 1, "startTime": NOON,
                                                         "endTime": LATER, "completed": [w.ran_schema()]}),
    "Mutation.beginMigrationSet": by_input(lambda w: {"id": w.name("set"), "planned": 1, "startTime": NOON,
                                                      "envName": "load", "dirName": "myapp"}),
    "Mutation.createDeclarativePlan": by_input(lambda w: {
        "name": w.name("plan"), "schemaSlug": "shop", "status": "PENDING", "fromHash": "a", "toHash": "b",
        "migration": "SELECT 1"}),
    "Mutation.approveDeclarativePlan": by_input(World.plan),
    "Mutation.deleteDeclarativePlan": by_input(World.plan),
    "Mutation.createMigrateDownPlan": by_input(World.down_request),
    "Mutation.approveMigratePlan": by_input(lambda w: {"id": w.down_plan()["id"]}),
    "Mutation.abortMigratePlan": by_input(lambda w: {"id": w.down_plan()["id"]}),
    "Mutation.pushSnapshot": by_input(lambda w: {"url": f"sqlite://{w.name('watched')}.db", "hashMatch": False,
                                                 "snapshot": {"hash": "h", "hcl": 'schema "main" {}'}}),
    "Mutation.validateToken": by_id(lambda w: w.server.token, "token"),
    "Mutation.createRepo": by_input(lambda w: {"name": w.name("made"), "type": "SCHEMA", "driver": "SQLITE"}),
    "Mutation.updateRepo": by_input(lambda w: {"id": w.repo()["id"], "description": "changed"}),
    "Mutation.archiveRepo": by_input(lambda w: {"id": w.repo()["id"]}),
    "Mutation.deleteRepo": by_input(lambda w: (lambda repo: {"id": repo["id"], "confirmSlug": repo["slug"]})(
        w.archived_repo())),
    "Mutation.renameDatabase": by_input(lambda w: {"id": w.database()["id"], "name": w.name("called")}),
    "Mutation.archiveDatabase": by_input(lambda w: {"id": w.database()["id"]}),
    "Mutation.mergeDatabases": by_input(lambda w: {"id": w.database()["id"], "into": w.database()["id"]}),
    "Mutation.splitDatabases": by_input(World.copies),
    "Mutation.unmergeDatabase": by_id(World.merged),
    "Mutation.updateEnvironment": by_input(lambda w: {"name": "load", "rank": w.number}),
    "Mutation.setEphemeralEnvironments": by_input(lambda w: {"glob": w.name("pr") + "-*", "hours": 72}),
    "Mutation.deleteEphemeralEnvironments": by_id(World.ephemeral_glob, "glob"),
    "Mutation.setPromotionPolicy": by_input(lambda w: {
        "repo": w.repo()["slug"], "stages": [{"name": "prod", "envs": ["prod"], "requires": []}]}),
    "Mutation.deletePromotionPolicy": by_id(lambda w: w.policy()["id"]),
    "Mutation.approveVersion": by_input(World.guarded_version),
    "Mutation.redactValue": by_input(lambda w: {"value": f"nowhere-{w.name()}", "reason": "a test"}),
    "Mutation.updateOrganization": by_input(lambda w: {"name": w.name("org")}),
    "Mutation.inviteMember": by_input(lambda w: {"email": f"{w.name('person')}@example.com", "roles": ["VIEWER"]}),
    "Mutation.updateMember": by_input(lambda w: {"id": w.member()["id"], "roles": ["DEVELOPER"]}),
    "Mutation.removeMember": by_id(lambda w: w.member()["id"]),
    "Mutation.resetMember": by_id(lambda w: w.member()["id"]),
    "Mutation.createBot": by_input(lambda w: {"name": w.name("bot"), "scopes": []}),
    "Mutation.createToken": by_input(lambda w: {"botID": w.bot()["owner"]["id"], "scopes": []}),
    "Mutation.rotateToken": by_input(lambda w: {"id": w.bot()["id"]}),
    "Mutation.revokeToken": by_id(lambda w: w.bot()["id"]),
    "Mutation.createTrust": by_input(World.trust),
    "Mutation.deleteTrust": by_id(lambda w: w.do("Mutation.createTrust", **w.trust())["id"]),
    "Mutation.updateAccount": by_input(lambda w: {"name": w.name("person")}),
    "Mutation.setPassword": by_input(lambda w: {"password": "a long secret"}),
    "Mutation.proposeApp": by_id(lambda w: "a long secret", "password"),
    "Mutation.confirmApp": by_id(lambda w: "000000", "code"),
    "Mutation.removeApp": by_id(lambda w: "a long secret", "password"),
    "Mutation.proposePasskey": by_id(lambda w: "a long secret", "password"),
    "Mutation.confirmPasskey": by_input(lambda w: {"name": w.name("passkey"), "clientDataJSON": "e30",
                                                   "attestationObject": "AA"}),
    "Mutation.renamePasskey": by_input(lambda w: {"id": "1", "name": w.name("passkey")}),
    "Mutation.removePasskey": lambda w: {"id": "1", "password": "a long secret"},
    "Mutation.endSession": by_id(lambda w: "1"),
    "Mutation.decideDevice": by_input(lambda w: {"userCode": "BCDF-GHJK", "approve": True}),
    "Mutation.removeBot": by_id(lambda w: w.bot()["owner"]["id"]),
    "Mutation.createWebhook": by_input(lambda w: {"url": "https://hooks.invalid/x", "repo": w.name("hooked") + "-*"}),
    "Mutation.updateWebhook": lambda w: {"id": w.webhook()["id"], "input": {"envs": ["prod"]}},
    "Mutation.deleteWebhook": by_id(lambda w: w.webhook()["id"]),
    "Mutation.pingWebhook": by_id(lambda w: w.webhook()["id"]),
    "Mutation.redeliverWebhook": by_id(lambda w: w.ask("Mutation.pingWebhook", id=w.webhook()["id"])["id"], "deliveryID"),
    "Mutation.reportDir": by_input(lambda w: {
        "repo": w.repo()["slug"], "branch": "main", "commit": "abcdef1", "path": "migrations", "url": "https://git.test",
        "driver": "SQLITE", "dir": w.dir}),
    "Mutation.uploadDir": by_input(lambda w: {
        "repo": w.repo()["slug"], "branch": "main", "commit": "abcdef1", "path": "migrations", "url": "https://git.test",
        "projectName": "default", "driver": "SQLITE", "dir": w.dir}),
    "Mutation.createReport": by_input(lambda w: {
        "envName": "ci", "projectName": "default", "branch": "main", "commit": "abcdef1", "url": "https://git.test",
        "status": "SUCCESSFUL"}),
    "Mutation.reportGitHubCLI": by_id(lambda w: w.server.token, "atlasCloudToken"),
}
