"""What the registry keeps beside directories and deployments, over HTTP and through restarts."""

import json

from harness import contains, same, test, true
from scenes import FIRST, FIRST_VERSION, REGISTRY_PROJECT, SECOND, SECOND_VERSION, apply, push

# Documents of published clients, word for word where they are known (registry.md 3.3, 4.9-4.13).
PUSH_SCHEMA = "mutation pushSchema($input: PushSchemaInput!) { pushSchema(input: $input) { link slug url } }"
SCHEMA_STATE = "query schemaState($input: SchemaStateInput!) { schemaState(input: $input) { hcl } }"
CREATE_PLAN = ("mutation CreateDeclarativePlan($input: CreateDeclarativePlanInput!) { "
               "CreateDeclarativePlan(input: $input) { link url } }")
PLANS = ("query DeclarativePlanByHashes($input: DeclarativePlanByHashesInput!) { "
         "DeclarativePlanByHashes(input: $input) { id name status url } }")
LINT = ("mutation reportMigrationLint($input: ReportMigrationLintInput!) { "
        "reportMigrationLint(input: $input) { url } }")
SNAPSHOT_HASH = "query snapshotHash($input: SnapshotHashInput!) { snapshotHash(input: $input) { hash } }"
PUSH_SNAPSHOT = ("mutation pushSnapshot($input: PushSnapshotInput!) { pushSnapshot(input: $input) { "
                 "newVersion url } }")
VISUALIZE = "query visualize($input: VisualizeInput!) { visualizeInspect(input: $input) { url } }"
APPLY = ("mutation ReportSchemaApply($input: ReportSchemaApplyInput!) { reportSchemaApply(input: $input) "
         "{ url } }")


def send(server, document, **input_):
    return server.api(document, {"input": input_})


def refused(server, document, **input_):
    """Status and first error of an answer that has one."""
    status, reply = server.post({"query": document, "variables": {"input": input_}})
    true(reply.get("errors"), f"refused: {reply}")
    return status, reply["errors"][0]["extensions"]["code"]


def verify(scratch, server):
    """The chain and the projections of a registry that was stopped."""
    scratch.run("audit", "verify", *server.store_flags).ok()
    contains(scratch.run("registry", "rebuild", *server.store_flags).ok().out, "nothing differed")


@test
def schemas_plans_and_their_runs_outlive_a_restart(scratch):
    server = scratch.server()
    same(refused(server, SCHEMA_STATE, slug="app"), (200, "NOT_FOUND"), "an unknown schema")
    for tag in (None, "v1"):
        answer = send(server, PUSH_SCHEMA, slug="app", tag=tag, hcl='schema "main" {}', hash="hash-1")
        same(answer["pushSchema"]["url"], "atlas://app" + ("?tag=v1" if tag else ""), "the address")
    send(server, PUSH_SCHEMA, slug="app", hcl='schema "main" { comment = "2" }', hash="hash-2")
    plan = {"name": "p", "schemaSlug": "app", "status": "APPROVED", "fromHash": "hash-1",
            "toHash": "hash-2", "migration": "COMMENT ON SCHEMA main IS '2'"}
    created = send(server, CREATE_PLAN, **plan)
    same(send(server, CREATE_PLAN, **plan), created, "the same plan again")
    same(refused(server, CREATE_PLAN, **{**plan, "migration": "other"}), (200, "CONFLICT"), "another plan")
    report = {"projectName": "default", "envName": "prod", "schemaSlug": "app", "atlasVersion": "v1",
              "target": {"id": "db", "schema": "main", "url": "sqlite://app.db"},
              "startTime": "2026-11-29T10:00:00Z", "endTime": "2026-11-29T10:00:01Z",
              "fromHash": "hash-1", "toHash": "hash-2", "planURL": created["CreateDeclarativePlan"]["url"],
              "files": [], "log": "", "reportID": "r-1"}
    first = send(server, APPLY, **report)
    same(refused(server, APPLY, **{**report, "toHash": "hash-1"}), (200, "CONFLICT"), "another report")
    same(server.stop(), 0, "exit status")
    server.start()
    same(send(server, SCHEMA_STATE, slug="app", tag="v1"), {"schemaState": {"hcl": 'schema "main" {}'}},
         "the tagged state")
    plans = send(server, PLANS, schemaSlug="app", fromHash="hash-1", toHash="hash-2")
    same([row["status"] for row in plans["DeclarativePlanByHashes"]], ["APPROVED"], "the plan")
    same(send(server, APPLY, **report), first, "the same report again")
    (event,) = server.migrations("kind type status plan { name }")
    same(event, {"kind": "SCHEMA_APPLY", "type": "SCHEMA", "status": "PASSED", "plan": {"name": "p"}},
         "the deployment")
    server.stop()
    verify(scratch, server)


@test
def a_version_is_traced_from_its_lint_to_its_databases(scratch):
    server = scratch.server()
    same(send(server, LINT, context={"repo": "o/r", "branch": "main"})["reportMigrationLint"]["url"],
         f"{server.address}/ci-runs/1", "what published clients send")
    send(server, LINT, slug="myapp", status="SUCCESSFUL", context={"branch": "main"},
         payload={"Files": [{"Name": next(iter(SECOND))}]})
    push(scratch, FIRST)
    push(scratch, {**FIRST, **SECOND})
    push(scratch, {**FIRST, **SECOND}, name="myapp:v2")
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "staging.db", env="staging").ok()
    apply(scratch, "prod.db", "1").ok()
    trace = ("query T($input: TraceInput!) { trace(input: $input) { pushes { tag } ciRuns { id status } "
             "environments { name total reached migrations { status } } } }")
    found = send(server, trace, repo="myapp", version=SECOND_VERSION)["trace"]
    same([row["tag"] for row in found["pushes"]], ["latest", "v2"], "pushes")
    same(found["ciRuns"], [{"id": "2", "status": "SUCCESSFUL"}], "CI runs")
    same([(row["name"], row["reached"], row["total"], len(row["migrations"]))
          for row in found["environments"]], [("prod", 0, 1, 0), ("staging", 1, 1, 1)], "environments")
    move = "mutation M($input: MoveTagInput!) { moveTag(input: $input) { version } }"
    same(send(server, move, slug="myapp", tag="v2", to=FIRST_VERSION)["moveTag"]["version"],
         FIRST_VERSION, "the moved tag")
    server.api('mutation { deleteTag(input: {slug: "myapp", tag: "v2"}) { success } }')
    apply(scratch, "staging.db", env="staging").ok()
    server.stop()
    verify(scratch, server)


@test
def snapshots_find_drift(scratch):
    server = scratch.server()
    send(server, PUSH_SCHEMA, slug="app", hcl="v1", hash="hash-1", version="v1")
    target = {"id": "db", "schema": "public", "url": "postgres://u:xxxxx@h/app"}
    send(server, APPLY, projectName="default", envName="prod", schemaSlug="app", atlasVersion="v1",
         target=target, startTime="2026-11-29T10:00:00Z", endTime="2026-11-29T10:00:01Z", toHash="hash-1",
         log="")
    scope = {"url": "postgres://u:secret@h/app", "schemas": ["public"]}
    same(send(server, SNAPSHOT_HASH, **scope), {"snapshotHash": {"hash": ""}}, "an unknown scope")
    seen = send(server, PUSH_SNAPSHOT, **scope, snapshot={"hash": "hash-1", "hcl": "v1"}, hashMatch=False)
    same(seen["pushSnapshot"]["newVersion"], True, "the first snapshot")
    drifted = "{ databases { databases { drifted drifts(input: {open: true}) { pageInfo { total } } } } }"

    def state():
        (row,) = server.api(drifted)["databases"]["databases"]
        return row["drifted"], row["drifts"]["pageInfo"]["total"]

    same(state(), (False, 0), "as it should be")
    send(server, PUSH_SNAPSHOT, **scope, snapshot={"hash": "other", "hcl": "v1+"}, hashMatch=False)
    same(state(), (True, 1), "changed by hand")
    same(send(server, SNAPSHOT_HASH, **scope), {"snapshotHash": {"hash": "other"}}, "the latest")
    send(server, PUSH_SNAPSHOT, **scope, hashMatch=True)
    same(state(), (True, 1), "still so")
    send(server, PUSH_SNAPSHOT, **scope, snapshot={"hash": "hash-1", "hcl": "v1"}, hashMatch=False)
    same(state(), (False, 0), "put back")
    same("secret" in json.dumps(server.api("{ instances { instances { url } } drifts { drifts { id } } }")),
         False, "the password is kept")
    url = send(server, VISUALIZE, hcl="v1", sql="", driver="POSTGRES")["visualizeInspect"]["url"]
    same(url, f"{server.address}/explore/1", "the page of the drawing")
    server.stop()
    verify(scratch, server)
