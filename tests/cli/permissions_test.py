"""Who may do what: every operation of the API, asked for with every role and with every scope alone."""

import os

from api_requests import Api
from api_world import OPERATIONS, World
from harness import same, test, true

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "permissions.md")
BEGIN = "<!-- made by the test of permissions: RHUMB_WRITE_DOCS=1 tests/cli/run.py BUILD every_role -->\n"
ROLES = ["VIEWER", "DEVELOPER", "DEPLOYER", "APPROVER", "ADMIN", "OWNER"]
SCOPES = ["dir:read", "dir:push", "schema:read", "schema:push", "plan:push", "plan:approve", "report:write",
          "ci:write", "snapshot:write", "repo:create", "cloud:read", "deployer-override", "protected"]


def token_of(world, **rights):
    return world.do("Mutation.createBot", name=world.name("caller"), **{"scopes": [], **rights})["secret"]


def is_refused(world, operation, token):
    """Asks for it. -> whether the caller may not"""
    body = {"query": world.api.document(operation, depth=0), "variables": OPERATIONS[operation](world)}
    status, reply = world.server.post(body, token=token)
    true(status in (200, 403), f"{operation}: {status} {reply}")
    codes = [error["extensions"]["code"] for error in reply.get("errors", [])]
    true(set(codes) <= {"FORBIDDEN"}, f"{operation} with {body['variables']}: {reply}")
    return bool(codes)


def row(world, operation, roles, scopes):
    """-> a line of the table"""
    marks = ["" if is_refused(world, operation, roles[role]) else "yes" for role in ROLES]
    alone = [f"`{scope}`" for scope in SCOPES if not is_refused(world, operation, scopes[scope])]
    words = "any" if len(alone) == len(SCOPES) else ", ".join(alone)
    return f"| `{operation.split('.')[1]}` | {' | '.join(marks)} | {words} |"


def table(world):
    roles = {role: token_of(world, grants=[{"role": role}]) for role in ROLES}
    scopes = {scope: token_of(world, scopes=[scope]) for scope in SCOPES}
    lines = []
    for root in ("Query", "Mutation"):
        lines += [f"\n## {root}\n", f"| operation | {' | '.join(ROLES)} | a scope that is enough |",
                  "|---|" + "---|" * (len(ROLES) + 1)]
        lines += [row(world, name, roles, scopes) for name in world.api.operations() if name.startswith(root + ".")]
    return "\n".join(lines) + "\n"


@test
def every_role_and_every_scope_may_do_what_the_page_says(scratch):
    server = scratch.server()
    world = World(scratch, server, Api(server))
    same(sorted(set(world.api.operations()) ^ set(OPERATIONS)), [], "operations without an entry in api_world.py")
    world.prepare()
    found = table(world)
    with open(PAGE, encoding="utf-8") as page:
        head, _, written = page.read().partition(BEGIN)
    if os.environ.get("RHUMB_WRITE_DOCS"):
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(head + BEGIN + found)
        return
    same(written, found, "docs/permissions.md")
