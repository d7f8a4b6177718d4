"""Operations of the API that no command of ours sends in this form: what they answer, over HTTP."""

from api_requests import Api
from api_world import TARGET, World
from harness import contains, same, test, true
from scenes import FIRST_VERSION, SECOND_VERSION


def open_world(scratch):
    server = scratch.server()
    world = World(scratch, server, Api(server))
    world.prepare()
    return server, world


def ask(server, document, **input_):
    return server.api(document, {"input": input_} if input_ else None)


def refused(server, document, **input_):
    status, reply = server.post({"query": document, "variables": {"input": input_}})
    error = reply["errors"][0]
    return error["extensions"]["code"], error["message"]


@test
def legacy_clients_are_served(scratch):
    server, world = open_world(scratch)
    report = ("mutation r($input: ReportDirInput!) { reportDir(input: $input) { success } }")
    upload = ("mutation u($input: UploadDirInput!) { uploadDir(input: $input) { success } }")
    common = {"branch": "main", "commit": "abcdef1", "path": "migrations", "url": "https://git.test/o/r",
              "driver": "SQLITE", "dir": world.dir}
    true(ask(server, report, repo="o/old", **common)["reportDir"]["success"], "a push")
    true(ask(server, upload, repo="o/older", projectName="default", **common)["uploadDir"]["success"], "its first name")
    slugs = server.api("{ dirSlugs }")["dirSlugs"]
    true({"myapp", "migrations"} & set(slugs), f"directories that were pushed: {slugs}")
    good, bad = (server.api('mutation { reportGitHubCLI(atlasCloudToken: "%s") { success } validateToken(token: '
                            '"%s") { success } }' % (token, token)) for token in (server.token, "rgb_" + "x" * 43))
    same([good["reportGitHubCLI"]["success"], good["validateToken"]["success"]], [True, True], "a token")
    same([bad["reportGitHubCLI"]["success"], bad["validateToken"]["success"]], [False, False], "no token")


@test
def policies_are_set_asked_and_taken_away(scratch):
    server, world = open_world(scratch)
    slug = world.repo()["slug"]
    put = ("mutation s($input: SetPromotionPolicyInput!) { setPromotionPolicy(input: $input) { id repo stages { name "
           "envs requires approvals } } }")
    check = ("query c($input: CheckDeploymentInput!) { checkDeployment(input: $input) { allowed reasons { policy message } "
             "} }")
    stages = [{"name": "staging", "envs": ["staging"], "requires": []},
              {"name": "prod", "envs": ["prod-*"], "requires": ["staging"], "approvals": 1}]
    policy = ask(server, put, repo=slug, stages=stages)["setPromotionPolicy"]
    same([stage["name"] for stage in policy["stages"]], ["staging", "prod"], "the stages")
    known = server.api('{ promotionPolicies(repo: "%s") { id repo } }' % slug)["promotionPolicies"]
    same(known, [{"id": policy["id"], "repo": slug}], "the policy")
    question = {"repo": slug, "envName": "prod-eu", "version": FIRST_VERSION}
    answer = ask(server, check, **question)["checkDeployment"]
    same(answer["allowed"], False, "nothing has passed in staging")
    contains(answer["reasons"][0]["message"], FIRST_VERSION, "staging")
    approve = ("mutation a($input: ApproveVersionInput!) { approveVersion(input: $input) { stage version approvals } }")
    approval = {"repo": slug, "stage": "prod", "version": FIRST_VERSION}
    contains(refused(server, approve, **approval)[1], "who pushed it")
    somebody = world.do("Mutation.createBot", name="reviewer", scopes=["plan:approve"])["secret"]
    status, reply = server.post({"query": approve, "variables": {"input": approval}}, token=somebody)
    same((status, reply["data"]["approveVersion"]["approvals"]), (200, 1), "an approval of somebody else")
    same(refused(server, approve, **{**approval, "stage": "nowhere"})[0], "NOT_FOUND", "another stage")
    server.api('mutation { deletePromotionPolicy(id: "%s") { success } }' % policy["id"])
    same(ask(server, check, **question)["checkDeployment"], {"allowed": True, "reasons": []}, "without a policy")
    change = ("mutation u($input: UpdateEnvironmentInput!) { updateEnvironment(input: $input) { name rank protected } }")
    same(ask(server, change, name="prod-eu", rank=3, protected=True)["updateEnvironment"],
         {"name": "prod-eu", "rank": 3, "protected": True}, "the environment")


@test
def a_revert_is_asked_for_approved_and_reported(scratch):
    server, world = open_world(scratch)
    slug = world.repo()["slug"]
    world.do("Mutation.updateRepo", id=world.do("Query.repo", slug=slug)["id"],
             protectedFlows={"migrateDown": True, "selfApproval": True})
    create = ("mutation c($input: CreateMigrateDownPlanInput!) { createMigrateDownPlan(input: $input) { url } }")
    by_ext = "query p($input: MigratePlanByExtIDInput!) { migratePlanByExtID(input: $input) { id status extID } }"
    request = {**world.down_request(), "dirName": slug}
    url = ask(server, create, **request)["createMigrateDownPlan"]["url"]
    plan = ask(server, by_ext, extID=request["extID"])["migratePlanByExtID"]
    same(plan["status"], "PENDING_USER", "it waits")
    contains(url, plan["id"])
    server.api('mutation { approveMigratePlan(input: {id: "%s"}) { status } }' % plan["id"])
    report = ("mutation r($input: ReportMigrationDownInput!) { reportMigrationDown(input: $input) { url } }")
    ran = {**world.ran_down(), "dirName": slug, "target": request["target"], "extID": request["extID"]}
    first = ask(server, report, **ran)
    same(ask(server, report, **ran), first, "the same report again")
    same(server.api('{ migratePlan(id: "%s") { status fromVersion toVersion } }' % plan["id"])["migratePlan"],
         {"status": "APPLIED", "fromVersion": SECOND_VERSION, "toVersion": FIRST_VERSION}, "it was carried out")
    target = ("query t($input: MigrateTargetByExtIDInput!) { migrateTargetByExtID(input: $input) { extID "
              "currentVersion } }")
    same(ask(server, target, extID=request["target"]["id"], schema=TARGET["schema"])["migrateTargetByExtID"],
         {"extID": request["target"]["id"], "currentVersion": FIRST_VERSION}, "its database")
    same(ask(server, target, extID="nobody")["migrateTargetByExtID"], None, "an unknown database")
