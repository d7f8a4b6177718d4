"""`cloud trace`: how far a version has come in each environment."""

import json

from harness import contains, matches, same, test
from scenes import FIRST, FIRST_VERSION, REGISTRY_PROJECT, SECOND, SECOND_VERSION, apply, push


@test
def a_version_on_its_way(scratch):
    scratch.server()
    push(scratch, {**FIRST, **SECOND})
    push(scratch, {**FIRST, **SECOND}, name="myapp:v2")
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "prod.db", "1", env="prod").ok()
    apply(scratch, "staging.db", env="staging").ok()
    apply(scratch, "preview.db", env="pr-7").ok()
    scratch.run("cloud", "env", "ephemeral", "set", "--glob", "pr-*", "--ttl", "48h").ok().quiet()
    trace = ("cloud", "trace", "--repo", "myapp")
    lines = scratch.run(*trace, "--version", SECOND_VERSION).ok().quiet().out.splitlines()
    same(lines[0].split(), ["ENV", "REACHED", "DATABASES", "FAILED", "FIRST", "LAST", "EPHEMERAL", "HOURS"], "head")
    same(lines[1].split(), ["prod", "0", "1", "0", "-", "-", "-"], "where it is not yet")
    matches(lines[2], r"^staging +1 +1 +0 +20\S+Z +20\S+Z +-$")
    same(lines[3:], ["1 ephemeral environment is left out; see --ephemeral"], "what is not shown")
    same(scratch.run(*trace, "--tag", "v2").ok().out.splitlines(), lines, "by its tag")
    lines = scratch.run(*trace, "--version", SECOND_VERSION, "--ephemeral").ok().quiet().out.splitlines()
    same([line.split()[0] for line in lines], ["ENV", "pr-7", "prod", "staging"], "with --ephemeral")
    matches(lines[1], r"^pr-7 +1 +1 +0 +\S+ +\S+ +48$")
    told = json.loads(scratch.run(*trace, "--version", FIRST_VERSION, "--format", "{{ json . }}").ok().out)
    same((told["Version"], told["EphemeralLeftOut"]), (FIRST_VERSION, 1), "the object")
    same([(row["Name"], row["Reached"], row["Databases"]) for row in told["Environments"]],
         [("prod", 1, 1), ("staging", 1, 1)], "its environments")
    # What waits for an environment names it.
    done = scratch.run("cloud", "wait", "--repo", "myapp", "--env", "pr-7", "--version", SECOND_VERSION, "--timeout", "0s")
    contains(done.ok().out, '1 of 1 databases of "pr-7"')


@test
def says_what_cannot_be_traced(scratch):
    scratch.server()
    push(scratch, FIRST)
    same(scratch.run("cloud", "trace", "--repo", "myapp", "--version", "9").ok().quiet().out,
         "No environments found.\n", "nothing is deployed")
    scratch.run("cloud", "trace", "--repo", "x", "--version", "9").fails("repository not found")
    scratch.run("cloud", "trace", "--repo", "myapp", "--tag", "x").fails('tag "x" not found')
    scratch.run("cloud", "trace", "--repo", "myapp").fails("one of --version and --tag is required")
    scratch.run("cloud", "trace", "--version", "9").fails('required flag(s) "repo" not set')
