"""`migrate import`: directories of other tools, and what is left when one cannot be imported."""

import os
import resource
import signal

from harness import contains, same, test
from scenes import tables

GOOSE = {"00001_users.sql": "-- +goose Up\nCREATE TABLE users (id int);\n\n-- +goose Down\nDROP TABLE users;\n",
         "00002_pets.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE pets (id int);\nVACUUM;\n"}
GOOD = {
    "golang-migrate": {"1_users.up.sql": "CREATE TABLE users (id int);\n", "1_users.down.sql": "DROP TABLE users;\n",
                       "2_pets.up.sql": "CREATE TABLE pets (id int)"},
    "goose": GOOSE,
    "flyway": {"V1__users.sql": "CREATE TABLE users (id int);\n", "sub/V2__pets.sql": "CREATE TABLE pets (id int);\n",
               "U2__pets.sql": "DROP TABLE pets;\n"},
    "liquibase": {"1.sql": "--liquibase formatted sql\n\n--changeset ann:1\nCREATE TABLE users (id int);\n"
                           "--rollback DROP TABLE users;\n\n--changeset ann:2\nCREATE TABLE pets (id int);\n"},
    "dbmate": {"1_all.sql": "-- migrate:up transaction:false\nCREATE TABLE users (id int);\nVACUUM;\n"
                            "CREATE TABLE pets (id int);\n\n-- migrate:down\nDROP TABLE users;\n"},
}


def write_all(scratch, folder, files):
    for name, text in files.items():
        scratch.write(f"{folder}/{name}", text)


def content(scratch, folder):
    """Every file below a folder with its text; None without one."""
    if not os.path.isdir(scratch.file_path(folder)):
        return None
    found = {}
    for path, _, names in os.walk(scratch.file_path(folder)):
        for name in names:
            with open(os.path.join(path, name), encoding="utf-8") as f:
                found[os.path.relpath(os.path.join(path, name), scratch.file_path(folder))] = f.read()
    return found


def import_(scratch, source, target="file://to", *more, **options):
    return scratch.run("migrate", "import", "--from", source, "--to", target, *more, **options)


@test
def every_format_runs_as_it_did_before(scratch):
    for name, files in GOOD.items():
        write_all(scratch, name, files)
        done = import_(scratch, f"file://{name}?format={name}", f"file://to/{name}").ok().quiet()
        same(done.out, "", f"stdout of {name}")
        same(content(scratch, name), files, f"the source of {name}")
        scratch.run("migrate", "validate", "--dir", f"file://to/{name}").ok().quiet()
        scratch.run("migrate", "apply", "--dir", f"file://to/{name}", "--url", f"sqlite://{name}.db").ok().quiet()
        same(tables(scratch, f"{name}.db"), ["pets", "users"], f"tables of {name}")


@test
def a_database_the_other_tool_migrated_goes_on_with_a_baseline(scratch):
    write_all(scratch, "from", GOOD["golang-migrate"])
    import_(scratch, "file://from?format=golang-migrate").ok()
    scratch.query("app.db", "CREATE TABLE users (id int)")
    scratch.run("migrate", "apply", "--dir", "file://to", "--url", "sqlite://app.db", "--baseline", "1").ok()
    same(tables(scratch, "app.db"), ["pets", "users"], "tables")


@test
def nothing_is_made_when_a_source_cannot_be_read(scratch):
    cases = [("goose", "-- +goose Down\n", "goose: 2_bad.sql:1 unexpected goosePragma 'Down'"),
             ("goose", "-- +goose Up\nSELECT 'open;\n", 'scanning statements from "2_bad.sql": 2:8: unclosed quote'),
             ("dbmate", "-- migrate:up\nSELECT 'open;\n", 'scanning statements from "2_bad.sql": ')]
    for number, (name, bad, text) in enumerate(cases):
        write_all(scratch, f"from{number}", {"1_good.sql": "-- +goose Up\nSELECT 1;\n", "2_bad.sql": bad})
        import_(scratch, f"file://from{number}?format={name}").fails(text)
        same(content(scratch, "to"), None, f"the target after {text}")
    os.makedirs(scratch.file_path("from9", "3_folder.sql"))
    import_(scratch, "file://from9?format=goose").fails('read file "3_folder.sql"')
    write_all(scratch, "twice", {"R__v.sql": "SELECT 1;", "sub/R__v.sql": "SELECT 2;"})
    import_(scratch, "file://twice?format=flyway").fails('"R__v.sql" and "sub/R__v.sql"', '"0R_v.sql"')
    same(content(scratch, "to"), None, "the target in the end")


@test
def a_full_disk_leaves_an_empty_target(scratch):
    big = "-- +goose Up\nINSERT INTO t VALUES ('" + "x" * 9000 + "');\n"
    write_all(scratch, "from", {"1_small.sql": GOOSE["00001_users.sql"], "2_big.sql": big})
    import_(scratch, "file://from?format=goose", preexec_fn=limit_file_size).fails("2_big.sql", "large")
    same(content(scratch, "to"), {}, "the target")
    import_(scratch, "file://from?format=goose").ok()
    same(sorted(content(scratch, "to")), ["1_small.sql", "2_big.sql", "atlas.sum"], "once there is room")


def limit_file_size():
    """Writes past the limit fail like those on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@test
def a_target_in_use_is_left_alone(scratch):
    write_all(scratch, "from", GOOSE)
    for url in ("file://from", "file://from?format=goose", "file://./from/../from"):
        import_(scratch, "file://from?format=goose", url).fails("target migration directory must be empty")
    same(content(scratch, "from"), GOOSE, "the source")
    # Files of flyway may stand below the folder only; the folder is still the source.
    write_all(scratch, "sub", {"deep/V1__a.sql": "SELECT 1;\n"})
    import_(scratch, "file://sub?format=flyway", "file://sub").fails("target migration directory must be empty")
    same(sorted(content(scratch, "sub")), ["deep/V1__a.sql"], "the source with folders")
    write_all(scratch, "to", {"README.md": "mine"})
    import_(scratch, "file://from?format=goose").ok()
    same(sorted(content(scratch, "to")), ["00001_users.sql", "00002_pets.sql", "README.md", "atlas.sum"], "files")
    scratch.write("plain", "a file")
    import_(scratch, "file://from?format=goose", "file://plain").fails('sql/migrate: "plain" is not a dir')
    import_(scratch, "file://from?format=goose", "atlas://app").fails('unsupported driver "atlas"')
    import_(scratch, "file://from?format=goose", "mem://app").fails('"mem://app" is not provided by a data source')


@test
def a_source_that_was_changed_behind_its_sum_is_refused(scratch):
    write_all(scratch, "from", GOOSE)
    scratch.run("migrate", "hash", "--dir", "file://from?format=goose").ok()
    import_(scratch, "file://from", "file://first", "--dir-format", "goose").ok().quiet()
    scratch.write("from/00001_users.sql", "-- +goose Up\nSELECT 2;\n")
    done = import_(scratch, "file://from?format=goose").fails("checksum mismatch")
    contains(done.out, "L2: 00001_users.sql was edited", "atlas migrate hash")
    same(content(scratch, "to"), None, "the target")


@test
def an_environment_gives_the_format_and_no_target(scratch):
    scratch.write("atlas.hcl", 'env "dev" {\n  src = "file://schema.hcl"\n  migration {\n    format = goose\n  }\n}\n')
    write_all(scratch, "from", GOOSE)
    scratch.run("migrate", "import", "--env", "dev", "--from", "file://from").ok().quiet()
    same(sorted(content(scratch, "migrations")), ["00001_users.sql", "00002_pets.sql", "atlas.sum"], "files")


@test
def the_help_says_what_to_do_next(scratch):
    out = scratch.run("migrate", "import", "--help").ok().out
    contains(out, "golang-migrate, goose, flyway, liquibase", "--from", "--to", "?format=", "--baseline")
