"""`cloud database merge|unmerge|split`: two rows that are one database, and one identifier of two databases."""

import json
import shutil

from harness import contains, lacks, same, test
from scenes import FIRST, REGISTRY_PROJECT, SECOND, apply, push


def deploy_a_copy(scratch):
    """A database, and the dump of it that somebody put elsewhere."""
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "prod", "1", env="production").ok()
    shutil.copy(scratch.file_path("prod"), scratch.file_path("copy"))
    apply(scratch, "copy", env="production").ok()
    return server


def listed(scratch):
    return scratch.run("cloud", "database", "list").ok().out


def rebuilt(scratch, server):
    server.stop()
    done = scratch.run("registry", "rebuild", *server.store_flags).ok()
    server.start()
    return done.out


@test
def merges_two_rows_of_one_database(scratch):
    server = deploy_a_copy(scratch)
    plan = scratch.run("cloud", "database", "merge", "--id", "1", "--into", "2", "--dry-run").ok().quiet()
    same(plan.out, """\
Would Go         1 "prod"
Into             2 "copy"
Deployments      1
Entries of Sets  0
Drifts           0
Plans            0
Instances        0
Snapshots        0
Merged Earlier   0
""", "what would move")
    contains(listed(scratch), "prod", "copy")
    done = scratch.run("cloud", "database", "merge", "--id", "1", "--into", "2", "--format",
                       "{{ .IntoName }} {{ .Status }} {{ .Deployments }}").ok().quiet()
    same(done.out, "copy SYNCED 1", "a template over what was merged")
    lacks(listed(scratch), "prod  ")
    apply(scratch, "prod", env="production").ok()
    contains(listed(scratch), "2   copy  production  SYNCED", "Total: 1")
    contains(rebuilt(scratch, server), "nothing differed")
    scratch.run("cloud", "database", "merge", "--id", "1", "--into", "2").fails(
        "database 1 was merged into database 2")


@test
def takes_a_merge_back(scratch):
    server = deploy_a_copy(scratch)
    scratch.run("cloud", "database", "unmerge", "--id", "1").fails("database 1 was not merged into another one")
    scratch.run("cloud", "database", "merge", "--id", "1", "--into", "2").ok()
    apply(scratch, "prod", env="production").ok()
    lacks(listed(scratch), "prod  ")
    done = scratch.run("cloud", "database", "unmerge", "--id", "1").ok().quiet()
    same(done.out, """\
Back             1 "prod"
From             2 "copy"
Deployments      2
Entries of Sets  0
Drifts           0
""", "what came back")
    contains(listed(scratch), "1   prod  production  SYNCED", "2   copy  production  SYNCED", "Total: 2")
    contains(rebuilt(scratch, server), "nothing differed")
    scratch.run("cloud", "database", "unmerge", "--id", "9").fails("database 9 not found")
    scratch.run("cloud", "database", "unmerge").fails('required flag(s) "id" not set')


@test
def splits_two_databases_with_one_identifier(scratch):
    server = deploy_a_copy(scratch)
    done = scratch.run("cloud", "database", "split", "--id", "2", "--from", "1").ok().quiet()
    same(done.out, "Databases 2 and 1 are two.\n", "the answer")
    apply(scratch, "prod", env="production").ok()
    apply(scratch, "copy", env="production").ok()
    answer = server.api("query D($input: DatabasesInput) { databases(input: $input) "
                        "{ databases { id duplicateOf } } }", {"input": {}})
    same(json.dumps(answer["databases"]["databases"]),
         '[{"id": "2", "duplicateOf": null}, {"id": "1", "duplicateOf": null}]', "no notice")


@test
def says_what_cannot_be(scratch):
    deploy_a_copy(scratch)
    scratch.run("cloud", "database", "merge", "--id", "1", "--into", "1").fails(
        "database 1 is named twice; name two databases")
    scratch.run("cloud", "database", "merge", "--id", "1", "--into", "99").fails("database 99 not found")
    scratch.run("cloud", "database", "merge", "--id", "1").fails('required flag(s) "into" not set')
    scratch.run("cloud", "database", "split", "--id", "x", "--from", "1").fails("database not found")
