"""`migrate checkpoint`: what it checks, and that it changes nothing."""

import os

from harness import contains, same, test

FILES = {"1_a.sql": "CREATE TABLE a (id int);\n",
         "2_checkpoint.sql": "-- atlas:checkpoint v1\n\nCREATE TABLE a (id int);\n"}
DEV = ("--dev-url", "sqlite://dev.db")


def contents(scratch):
    found = {}
    for name in sorted(os.listdir(scratch.file_path("migrations"))):
        with open(scratch.file_path("migrations", name), encoding="utf-8") as f:
            found[name] = f.read()
    return found


def refuses(scratch, *words, parts):
    before = contents(scratch)
    done = scratch.run("migrate", "checkpoint", *words).fails(*parts)
    same(contents(scratch), before, f"files after {words}")
    same(os.path.exists(scratch.file_path("dev.db")), False, "a dev database")
    return done


@test
def checkpoint_says_what_to_do_instead(scratch):
    scratch.directory("migrations", FILES)
    done = refuses(scratch, *DEV, "v2", parts=("does not compute checkpoints", "nothing was changed"))
    contains(done.err, "_checkpoint.sql", "'-- atlas:checkpoint v2'", "migrate hash'")
    same(done.out, "", "stdout")
    refuses(scratch, *DEV, parts=("'-- atlas:checkpoint'",))
    scratch.write("atlas.hcl", 'env "local" {\n  dev = "sqlite://dev.db"\n}\n')
    refuses(scratch, "--env", "local", "v2", parts=("does not compute checkpoints",))


@test
def a_file_that_is_written_as_told_is_a_checkpoint(scratch):
    scratch.directory("migrations", FILES)
    scratch.directory("migrations", {"3_checkpoint.sql": "-- atlas:checkpoint v2\n\nCREATE TABLE whole (id int);\n"})
    scratch.run("migrate", "apply", "--url", "sqlite://app.db").ok()
    same(scratch.query("app.db", "SELECT version FROM atlas_schema_revisions"), [("3",)], "history")
    refuses(scratch, *DEV, "v2", parts=('checkpoint tag "v2" is that of "3_checkpoint.sql" already',))


@test
def checkpoint_checks_before_it_refuses(scratch):
    scratch.directory("migrations", FILES)
    refuses(scratch, parts=('required flag(s) "dev-url" not set',))
    refuses(scratch, *DEV, "v1", parts=('checkpoint tag "v1" is that of "2_checkpoint.sql" already',))
    refuses(scratch, *DEV, "a b", parts=('checkpoint tag "a b" must be a word',))
    refuses(scratch, *DEV, "", parts=('checkpoint tag "" must be a word',))
    refuses(scratch, *DEV, "a", "b", parts=("accepts at most 1 arg(s), received 2",))
    refuses(scratch, *DEV, "--lock-timeout", "x", parts=('invalid argument "x" for "--lock-timeout" flag',))
    refuses(scratch, *DEV, "--nope", parts=("unknown flag: --nope",))
    refuses(scratch, *DEV, "--dir", "file://none", parts=("stat none: no such file or directory",))
    refuses(scratch, *DEV, "--dir", "atlas://app", parts=("changes files of a folder",))
    for name in ("golang-migrate", "goose", "flyway", "liquibase", "dbmate"):
        scratch.run("migrate", "hash", "--dir-format", name).ok()
        refuses(scratch, *DEV, "--dir-format", name, parts=(f"checkpoint is not supported by {name}",))
    scratch.write("migrations/1_a.sql", "edited")
    done = refuses(scratch, *DEV, parts=("checksum mismatch",))
    contains(done.out, "You have a checksum error")
