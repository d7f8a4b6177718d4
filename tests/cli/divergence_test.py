"""`cloud repo divergence`: databases that differ from the others on their version."""

import json

from harness import matches, same, test
from scenes import FIRST, REGISTRY_PROJECT, SECOND, apply, push

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
SNAPSHOT = "mutation P($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }"


def look_at(server, database, digest):
    """As an agent that took a snapshot of the database where it reports from."""
    known = server.api("query D($input: DatabasesInput) { databases(input: $input) { databases { url } } }",
                       {"input": {"search": database}})["databases"]["databases"][0]
    server.api(SNAPSHOT, {"input": {"url": known["url"], "hashMatch": False,
                                    "snapshot": {"hash": digest, "hcl": 'schema "main" {}'}}})


def deploy(scratch):
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    for name in ("amber", "birch", "cedar", "dune"):
        apply(scratch, name, env="prod").ok()
    apply(scratch, "elm", "1", env="prod").ok()
    for name, digest in (("amber", "h1:usual"), ("birch", "h1:usual"), ("cedar", "h1:other"), ("elm", "h1:older")):
        look_at(server, name, digest)
    return server


@test
def odd_databases_are_named(scratch):
    deploy(scratch)
    out = scratch.run("cloud", "repo", "divergence", "--slug", "myapp").ok().quiet().out
    lines = out.splitlines()
    matches(lines[0], "^ENV +VERSION +SCHEMA +DATABASES +ODD +SINCE +NAMES$")
    matches(lines[1], f"^prod +20260514083000 +h1:usual +2 +- +{TIME} +-$")
    matches(lines[2], f"^prod +20260514083000 +h1:other +1 +yes +{TIME} +cedar$")
    matches(lines[3], "^prod +20260514083000 +unknown +1 +- +- +-$")
    matches(lines[4], f"^prod +20260512141500 +h1:older +1 +- +{TIME} +-$")
    same(len(lines), 5, "lines")
    done = scratch.run("cloud", "repo", "divergence", "--slug", "myapp", "--env-name", "prod", "--format",
                       "{{ json . }}").ok().quiet()
    same([(row["Schema"], row["Databases"], row["Odd"], row["Names"]) for row in json.loads(done.out)["Clusters"]],
         [("h1:usual", 2, False, ""), ("h1:other", 1, True, "cedar"), ("unknown", 1, False, ""),
          ("h1:older", 1, False, "")], "the clusters")


@test
def says_what_cannot_be(scratch):
    scratch.server()
    push(scratch, FIRST)
    same(scratch.run("cloud", "repo", "divergence", "--slug", "myapp").ok().quiet().out, "No databases found.\n", "none")
    scratch.run("cloud", "repo", "divergence", "--slug", "x").fails("repository not found")
    scratch.run("cloud", "repo", "divergence", "--slug", "myapp", "--env-name", "x").fails("environment not found")
    scratch.run("cloud", "repo", "divergence").fails('required flag(s) "slug" not set')
