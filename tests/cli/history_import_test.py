"""`history import`: the tables of other tools, made by the tools themselves where they are installed.

Django, Alembic, ActiveRecord and Sqitch come with Debian (tools/setup test); dbmate, golang-migrate,
goose, Flyway and Liquibase are used where they are on the PATH, and their documented tables otherwise.
"""

import json
import os
import pty
import shutil
import subprocess

from databases import MariaDatabase, PostgresDatabase
from harness import Skipped, contains, lacks, same, test, true
from scenes import tables

DEBIAN_PYTHON = "/usr/bin/python3"  # the interpreter that Debian's own modules are for
DBMATE = ["CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)",
          "INSERT INTO schema_migrations VALUES ('1'), ('2')"]
FILES = {"1_users.sql": "CREATE TABLE users (id integer);\n", "2_pets.sql": "CREATE TABLE pets (id integer);\n",
         "3_toys.sql": "CREATE TABLE toys (id integer);\n"}


def import_(scratch, *more, url="sqlite://app.db", **options):
    return scratch.run("history", "import", "--url", url, *more, **options)


def found(scratch, *more, **options):
    """What it says of the history, as JSON."""
    return json.loads(import_(scratch, "--dry-run", "--format", "{{ json . }}", *more, **options).ok().quiet().out)


def labels(document):
    return [(entry["Version"], entry["State"]) for entry in document["Entries"]]


def fill(scratch, statements=None, database="app.db"):
    for statement in statements or DBMATE:
        scratch.query(database, statement)


def revisions(scratch, database="app.db"):
    return scratch.query(database, "SELECT version, type FROM atlas_schema_revisions ORDER BY version")


def content(scratch, database="app.db"):
    """Every byte of the database file."""
    with open(scratch.file_path(database), "rb") as f:
        return f.read()


def tool(scratch, *words, folder=".", env=None, code=0):
    """Runs another tool, or skips the test."""
    if not (os.path.isabs(words[0]) and os.path.exists(words[0])) and not shutil.which(words[0]):
        raise Skipped(f"{words[0]} is not installed")
    done = subprocess.run(words, cwd=scratch.file_path(folder), env={**scratch.environment, **(env or {})},
                          text=True, capture_output=True, check=False)
    if done.returncode != code:
        raise AssertionError(f"{words}: {done.returncode} {done.stdout} {done.stderr}")
    return done


def debian_module(scratch, module):
    if not os.path.exists(DEBIAN_PYTHON) or subprocess.run([DEBIAN_PYTHON, "-c", f"import {module}"],
                                                           capture_output=True, check=False).returncode:
        raise Skipped(f"Debian's python3 has no {module}")


# ---------------------------------------------------------------- what it does


@test
def a_history_becomes_a_baseline_and_apply_goes_on(scratch):
    fill(scratch)
    scratch.directory("migrations", FILES)
    done = import_(scratch, "--auto-approve").ok().quiet()
    contains(done.out, "schema_migrations of dbmate: 2 migrations, the database is at version 2",
             "Baseline: version 2 (2_pets.sql)", "The baseline is written")
    same(revisions(scratch), [("2", 1)], "rows")
    same(scratch.query("app.db", "SELECT version FROM schema_migrations"), [("1",), ("2",)], "the tool's table")
    scratch.run("migrate", "apply", "--url", "sqlite://app.db").ok()
    same(tables(scratch, "app.db"), ["schema_migrations", "toys"], "what apply made")
    done = import_(scratch, "--auto-approve").ok()
    contains(done.out, "has that version already")


@test
def a_dry_run_writes_nothing(scratch):
    fill(scratch)
    scratch.directory("migrations", FILES)
    before = content(scratch)
    out = import_(scratch, "--dry-run").ok().quiet().out
    same(out, "schema_migrations of dbmate: 2 migrations, the database is at version 2\n\n"
              "VERSION  STATE    FILE\n1        applied  1_users.sql\n2        applied  2_pets.sql\n\n"
              "Baseline: version 2 (2_pets.sql)\n", "text")
    document = found(scratch)
    same(document["Baseline"], {"Version": "2", "File": "2_pets.sql", "State": "planned"}, "baseline")
    same(labels(document), [("1", "applied"), ("2", "applied")], "entries")
    same(import_(scratch, "--dry-run", "--format", "{{ .Tool }} {{ .Current }}").ok().out, "dbmate 2", "template")
    same(content(scratch), before, "the database")


@test
def without_a_directory_there_is_a_history_to_see_and_no_baseline(scratch):
    fill(scratch)
    document = found(scratch)
    same(labels(document), [("1", "applied"), ("2", "applied")], "entries")
    contains(document["Problem"], "a baseline is a version of the migration directory")
    import_(scratch, "--auto-approve").fails("a baseline is a version of the migration directory")
    import_(scratch, "--dry-run", "--dir", "file://other").fails("no such file or directory")


@test
def nobody_at_the_terminal_and_no_flag_is_a_no(scratch):
    fill(scratch)
    scratch.directory("migrations", FILES)
    before = content(scratch)
    import_(scratch).fails("history import requires --auto-approve when no terminal is attached")
    same(content(scratch), before, "the database")


def answer(scratch, text):
    """Runs it at a terminal where somebody types `text`. -> (exit status, what was shown)"""
    leader, follower = pty.openpty()
    child = subprocess.Popen([scratch.rhumb, "history", "import", "--url", "sqlite://app.db"], cwd=scratch.path,
                             env=scratch.environment, stdin=follower, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    os.close(follower)
    os.write(leader, (text + "\n").encode())
    out, _ = child.communicate(timeout=60)
    os.close(leader)
    return child.returncode, out


@test
def a_person_at_the_terminal_is_asked(scratch):
    fill(scratch)
    scratch.directory("migrations", FILES)
    before = content(scratch)
    for text in ("n", "", "maybe"):
        code, out = answer(scratch, text)
        same(code, 1, f"exit status after {text!r}")
        contains(out, 'Declare that the database is at version "2"? [y/N]', "Nothing was written.")
        same(content(scratch), before, "the database")
    code, out = answer(scratch, "Yes")
    same(code, 0, "exit status after a yes")
    same(revisions(scratch), [("2", 1)], "rows")


@test
def a_failed_version_stops_a_baseline(scratch):
    fill(scratch, ["CREATE TABLE schema_migrations (version uint64, dirty bool)",
                   "INSERT INTO schema_migrations VALUES (2, 1)"])
    scratch.directory("migrations", FILES)
    same(labels(found(scratch)), [("2", "failed")], "entries")
    before = content(scratch)
    import_(scratch, "--auto-approve").fails('version "2" of golang-migrate failed half-way', "migrate force VERSION")
    same(content(scratch), before, "the database")


@test
def a_database_with_a_history_of_ours_is_left_alone(scratch):
    fill(scratch)
    scratch.directory("migrations", FILES)
    scratch.run("migrate", "set", "1", "--url", "sqlite://app.db").ok()
    import_(scratch, "--auto-approve").fails("has a history already", 'at version "1"', "migrate set")
    same(revisions(scratch), [("1", 4)], "rows")


@test
def the_environment_says_where_things_are(scratch):
    fill(scratch)
    scratch.directory("sql", FILES)
    scratch.write("atlas.hcl", 'env "prod" {\n  url = "sqlite://app.db"\n  migration {\n    dir = "file://sql"\n  }\n}\n')
    done = scratch.run("history", "import", "--env", "prod", "--auto-approve").ok().quiet()
    contains(done.out, "Baseline: version 2")
    same(revisions(scratch), [("2", 1)], "rows")


@test
def wrong_words_are_explained(scratch):
    fill(scratch)
    import_(scratch, "--from", "knex").fails('unknown tool "knex"; --from takes flyway, liquibase')
    import_(scratch, "--from", "goose").fails("no history of goose (goose_db_version) in sqlite://app.db")
    import_(scratch, "--from", "golang-migrate").fails('has no column "dirty"', "--from dbmate")
    scratch.run("history", "import").fails('required flag(s) "url" not set')
    import_(scratch, "--dry-run", "--auto-approve").fails("none of the others can be")
    import_(scratch, "--history-url", "nope://x").fails("--history-url: ", "unknown driver")


@test
def the_help_names_every_tool(scratch):
    out = scratch.run("history", "import", "--help").ok().out
    contains(out, "flyway", "liquibase", "golang-migrate", "goose", "dbmate", "alembic", "prisma", "sqitch", "rails",
             "django", "--auto-approve", "--dry-run", "--history-url")


# ---------------------------------------------------------------- real tools


@test
def django_wrote_it(scratch):
    debian_module(scratch, "django")
    scratch.write("make.py", """
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "app.db"}}, USE_TZ=True,
                   INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
                   DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
""")
    tool(scratch, DEBIAN_PYTHON, "make.py")
    document = found(scratch)
    same(document["Tool"], "django", "tool")
    true(len(document["Entries"]) > 10, "entries")
    same({entry["Scope"] for entry in document["Entries"]}, {"auth", "contenttypes"}, "apps")
    true(all(entry["At"].endswith("Z") for entry in document["Entries"]), "times")
    scratch.directory("migrations", {"0001_initial.sql": "SELECT 1;\n", "0002_remove_content_type_name.sql": "SELECT 1;\n",
                                     "0003_more.sql": "SELECT 1;\n"})
    import_(scratch, "--auto-approve").fails("several (auth, contenttypes)", "--scope")
    import_(scratch, "--auto-approve", "--scope", "contenttypes").ok()
    same(revisions(scratch), [("0002", 1)], "rows")


ALEMBIC = """
from alembic.config import main
main(["init", "alembic"])
with open("alembic.ini", encoding="utf-8") as f:
    text = f.read()
with open("alembic.ini", "w", encoding="utf-8") as f:
    f.write(text.replace("driver://user:pass@localhost/dbname", "sqlite:///app.db"))
for name in ("aaa111", "bbb222"):
    main(["revision", "-m", name, "--rev-id", name])
main(["upgrade", "head"])
"""


@test
def alembic_wrote_it(scratch):
    debian_module(scratch, "alembic")
    scratch.write("make.py", ALEMBIC)
    tool(scratch, DEBIAN_PYTHON, "make.py")
    scratch.directory("migrations", {"aaa111_a.sql": "SELECT 1;\n", "bbb222_b.sql": "SELECT 1;\n",
                                     "ccc333_c.sql": "SELECT 1;\n"})
    document = found(scratch)
    same((document["Tool"], document["Current"]), ("alembic", "bbb222"), "history")
    contains(import_(scratch, "--auto-approve").ok().out, "keeps its newest version only")
    same(revisions(scratch), [("bbb222", 1)], "rows")


RAILS = """
require "active_record"
require "fileutils"
ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: "app.db")
FileUtils.mkdir_p("db")
{ 1 => "Users", 2 => "Pets" }.each do |number, name|
  File.write("db/2024010#{number}000000_create_#{name.downcase}.rb",
             "class Create#{name} < ActiveRecord::Migration[6.1]\\n  def change\\n    create_table(:#{name.downcase})\\n  end\\nend\\n")
end
ActiveRecord::Migration.verbose = false
ActiveRecord::MigrationContext.new("db", ActiveRecord::SchemaMigration).migrate
"""


@test
def rails_wrote_it(scratch):
    scratch.write("make.rb", RAILS)
    try:
        tool(scratch, "ruby", "make.rb")
    except AssertionError as failure:
        if "cannot load such file" in str(failure):
            raise Skipped("ruby has no ActiveRecord") from None
        raise
    document = found(scratch)
    same((document["Tool"], document["Environment"]), ("rails", "default_env"), "history")
    same(labels(document), [("20240101000000", "applied"), ("20240102000000", "applied")], "entries")
    scratch.directory("migrations", {"20240101000000_users.sql": "SELECT 1;\n", "20240102000000_pets.sql": "SELECT 1;\n"})
    import_(scratch, "--auto-approve").ok()
    same(revisions(scratch), [("20240102000000", 1)], "rows")


@test
def sqitch_wrote_it_beside_the_database(scratch):
    person = {"SQITCH_FULLNAME": "Ann", "SQITCH_EMAIL": "ann@example.com"}
    scratch.write("sqitch.conf", "[core]\n\tengine = sqlite\n")
    scratch.write("sqitch.plan", "%syntax-version=1.0.0\n%project=app\n\n"
                                 "users 2024-01-01T00:00:00Z Ann <ann@example.com> # the users\n"
                                 "pets 2024-01-02T00:00:00Z Ann <ann@example.com> # the pets\n")
    for name in ("users", "pets"):
        scratch.write(f"deploy/{name}.sql", f"BEGIN;\nCREATE TABLE {name} (id integer);\nCOMMIT;\n")
        scratch.write(f"revert/{name}.sql", f"BEGIN;\nDROP TABLE {name};\nCOMMIT;\n")
    try:
        tool(scratch, "sqitch", "deploy", "db:sqlite:app.db", env=person)
    except AssertionError as failure:
        if "DBD::SQLite" in str(failure):
            raise Skipped("sqitch has no driver for SQLite") from None
        raise
    import_(scratch, "--from", "sqitch", "--dry-run").fails("sqitch.db beside the database", "--history-url")
    scratch.directory("migrations", {"1_users.sql": "SELECT 1;\n", "2_pets.sql": "SELECT 1;\n"})
    document = found(scratch, "--history-url", "sqlite://sqitch.db")
    same(labels(document), [("users", "applied"), ("pets", "applied")], "entries")
    same([entry["By"] for entry in document["Entries"]], ["Ann", "Ann"], "who")
    tool(scratch, "sqitch", "revert", "-y", "--to", "users", "db:sqlite:app.db", env=person)
    same(labels(found(scratch, "--history-url", "sqlite://sqitch.db")), [("users", "applied"), ("pets", "reverted")],
         "after a revert")
    import_(scratch, "--history-url", "sqlite://sqitch.db", "--auto-approve").ok()
    same(revisions(scratch), [("1", 1)], "rows are in the database and not in Sqitch's file")
    scratch.write("deploy/pets.sql", "INSERT INTO nope VALUES (1);\n")
    tool(scratch, "sqitch", "deploy", "db:sqlite:app.db", env=person, code=2)
    import_(scratch, "--history-url", "sqlite://sqitch.db", "--auto-approve").fails('"app.pets" of sqitch failed')


@test
def dbmate_wrote_it(scratch):
    for name, text in FILES.items():
        scratch.write(f"db/{name}", "-- migrate:up\n" + text + "-- migrate:down\n")
    tool(scratch, "dbmate", "--url", "sqlite:app.db", "-d", "db", "--no-dump-schema", "up")
    same(found(scratch)["Current"], "3", "version")
    scratch.run("migrate", "hash", "--dir", "file://db?format=dbmate").ok()
    import_(scratch, "--dir", "file://db?format=dbmate", "--auto-approve").ok()
    contains(scratch.run("migrate", "status", "--url", "sqlite://app.db", "--dir", "file://db?format=dbmate").ok().out,
             "Already at latest version")


@test
def golang_migrate_wrote_it(scratch):
    for name, text in FILES.items():
        scratch.write("db/" + name.replace(".sql", ".up.sql"), text)
    words = ("migrate", "-path", "db", "-database", "sqlite://app.db")
    tool(scratch, *words, "up", "2")
    directory = "file://db?format=golang-migrate"
    same(found(scratch, "--dir", directory)["Baseline"]["File"], "2_pets.up.sql", "baseline")
    import_(scratch, "--dir", directory, "--auto-approve").ok()
    scratch.write("db/3_toys.up.sql", "INSERT INTO nope VALUES (1);\n")
    tool(scratch, *words, "up", code=1)
    same(labels(found(scratch, "--dir", directory)), [("3", "failed")], "entries")


@test
def goose_wrote_it(scratch):
    for name, text in FILES.items():
        scratch.write("db/0000" + name, "-- +goose Up\n" + text)
    tool(scratch, "goose", "-dir", "db", "sqlite3", "app.db", "up-to", "2")
    directory = "file://db?format=goose"
    same(labels(found(scratch, "--dir", directory)), [("1", "applied"), ("2", "applied")], "entries")
    import_(scratch, "--dir", directory, "--auto-approve").ok()
    same(revisions(scratch), [("00002", 1)], "rows")


# ---------------------------------------------------------------- reports

FLYWAY = ["CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), description"
          " VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, installed_by"
          " VARCHAR(100) NOT NULL, installed_on TEXT NOT NULL, execution_time INT NOT NULL, success BOOLEAN NOT NULL)",
          "INSERT INTO flyway_schema_history VALUES"
          " (1, '1', 'users', 'SQL', 'V1__users.sql', 1, 'sa', '2024-01-02 03:04:05.5', 8, 1),"
          " (2, '2', 'pets', 'SQL', 'V2__pets.sql', 2, 'sa', '2024-02-02 03:04:05', 6, 1)"]


def project(scratch, more=""):
    scratch.write("atlas.hcl", 'env "prod" {\n  url = "sqlite://app.db"\n  migration {\n    repo {\n      name = "shop"\n    }\n' + more + "  }\n}\n")


def report(scratch, *more, **options):
    return scratch.run("history", "import", "--env", "prod", "--report", *more, **options)


def events(server):
    """Oldest first."""
    return [(event["version"], event["status"]) for event in reversed(server.migrations())]


@test
def a_reported_history_is_in_the_registry_once(scratch):
    server = scratch.server()
    fill(scratch, FLYWAY)
    scratch.directory("migrations", FILES)
    project(scratch)
    before = content(scratch)
    done = report(scratch).ok().quiet()
    contains(done.out, "Reported 2 of 2 deployments to shop.", server.address)
    same(events(server), [("1", "PASSED"), ("2", "PASSED")], "events")
    same(content(scratch), before, "the database")
    scratch.environment["USER"] = "somebody-else"
    report(scratch).ok().quiet()
    same(len(server.migrations()), 2, "events after the same again")
    scratch.query("app.db", "INSERT INTO flyway_schema_history VALUES"
                            " (3, '3', 'toys', 'SQL', 'V3__toys.sql', 3, 'sa', '2024-03-02 03:04:05', 60, 0)")
    report(scratch).ok().quiet()
    same(events(server), [("1", "PASSED"), ("2", "PASSED"), ("3", "FAILED")], "events after a failure")
    database, = server.api("{ databases { databases { name status currentVersion lastDeploymentTime } } }")["databases"]["databases"]
    same((database["status"], database["currentVersion"]), ("FAILED", "2"), "database")
    contains(database["lastDeploymentTime"], "2024-03-02T03:04:05")


@test
def what_was_imported_is_the_database_that_is_deployed_to(scratch):
    server = scratch.server()
    fill(scratch, FLYWAY)
    scratch.directory("migrations", FILES)
    project(scratch, "    report = true\n")
    report(scratch).ok()
    scratch.run("history", "import", "--env", "prod", "--auto-approve").ok()
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    report(scratch).ok().quiet()
    same(events(server), [("1", "PASSED"), ("2", "PASSED"), ("3", "PASSED")], "events")
    databases = server.api("{ databases { databases { status currentVersion } } }")["databases"]["databases"]
    same(databases, [{"status": "SYNCED", "currentVersion": "3"}], "databases")


@test
def a_tool_without_times_reports_where_it_is(scratch):
    server = scratch.server()
    fill(scratch, ["CREATE TABLE schema_migrations (version uint64, dirty bool)",
                   "INSERT INTO schema_migrations VALUES (1, 0)"])
    project(scratch)
    for sql, want in (("SELECT 1", ("1", "PASSED")), ("SELECT 1", ("1", "NO_ACTION")),
                      ("UPDATE schema_migrations SET version = 2", ("2", "PASSED")),
                      ("UPDATE schema_migrations SET version = 1", ("1", "PASSED")),
                      ("UPDATE schema_migrations SET version = 3, dirty = 1", (None, "FAILED"))):
        scratch.query("app.db", sql)
        report(scratch).ok().quiet()
        same(events(server)[-1], want, f"event after {sql}")


@test
def a_registry_that_is_away_gets_it_later(scratch):
    server = scratch.server()
    fill(scratch, FLYWAY)
    project(scratch)
    server.stop()
    done = report(scratch)
    same(done.code, 1, f"exit status of {done}")
    contains(done.err, "Error: ", "2 reports are kept for later", "cloud report flush")
    report(scratch)
    same(len(scratch.spool()), 2, "kept once")
    server.start()
    scratch.run("cloud", "report", "flush").ok()
    same(events(server), [("1", "PASSED"), ("2", "PASSED")], "events")
    report(scratch).ok().quiet()
    same(len(server.migrations()), 2, "events after the same again")


@test
def values_in_errors_stay_here(scratch):
    server = scratch.server()
    fill(scratch, ["CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, finished_at DATETIME,"
                   " migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME, started_at DATETIME NOT NULL,"
                   " applied_steps_count INTEGER NOT NULL)",
                   "INSERT INTO _prisma_migrations VALUES ('a', 'c', NULL, '20240102_bad', 'duplicate key"
                   " INSERT INTO users VALUES (''s3cr3t-value'')', NULL, 1704067200000, 0)"])
    project(scratch)
    contains(import_(scratch, "--dry-run").ok().out, "s3cr3t-value")
    printed = report(scratch, "--print-report").ok().quiet()
    lacks(printed.out, "s3cr3t-value")
    shown, = json.loads(printed.out)
    contains(shown["error"], 'prisma: version "20240102" failed: duplicate key', "(sensitive)")
    same((shown["envName"], shown["dirName"], shown["startTime"]), ("prod", "shop", "2024-01-01T00:00:00Z"), "report")
    same(server.migrations(), [], "events after printing")
    report(scratch).ok().quiet()
    same(events(server), [("20240102", "FAILED")], "events")


@test
def a_report_needs_an_environment_a_repository_and_a_registry(scratch):
    fill(scratch, FLYWAY)
    import_(scratch, "--report").fails("--report needs --env")
    scratch.write("atlas.hcl", 'env "prod" {\n  url = "sqlite://app.db"\n}\n')
    report(scratch).fails("--report needs a repository", "--repo")
    report(scratch, "--repo", "shop").fails("command requires 'atlas login'")
    same(json.loads(report(scratch, "--repo", "shop", "--print-report").ok().out)[0]["dirName"], "shop", "repository")
    project(scratch, "    skip_report = true\n")
    report(scratch).fails("skip_report is set")
    import_(scratch, "--report", "--auto-approve").fails("none of the others can be")


# ---------------------------------------------------------------- servers


def import_on_server(scratch, database):
    database.sql("CREATE TABLE goose_db_version (id integer NOT NULL PRIMARY KEY, version_id bigint NOT NULL,"
                 " is_applied boolean NOT NULL, tstamp timestamp NULL)")
    database.sql("INSERT INTO goose_db_version VALUES (1, 0, true, '2024-01-01 00:00:00'),"
                 " (2, 1, true, '2024-01-01 00:00:01'), (3, 2, true, '2024-01-01 00:00:02')")
    scratch.directory("migrations", FILES)
    contains(import_(scratch, "--auto-approve", url=database.url).ok().quiet().out, "Baseline: version 2")
    scratch.run("migrate", "apply", "--url", database.url).ok()
    same(database.sql("SELECT version, type FROM atlas_schema_revisions ORDER BY version"), "2\t1\n3\t2\n", "rows")
    same(database.sql("SELECT count(*) FROM toys"), "0\n", "what apply made")
    same(database.sql("SELECT count(*) FROM goose_db_version"), "3\n", "the tool's table")


@test
def a_baseline_on_postgres(scratch):
    import_on_server(scratch, PostgresDatabase(scratch))


@test
def a_baseline_on_mariadb(scratch):
    import_on_server(scratch, MariaDatabase(scratch))


@test
def the_schemas_of_a_project_do_not_say_where_the_table_is(scratch):
    database = PostgresDatabase(scratch)
    for statement in DBMATE:
        database.sql(statement)
    scratch.write("atlas.hcl", f'env "prod" {{\n  url = "{database.url}"\n  schemas = ["shop"]\n}}\n')
    words = ("history", "import", "--env", "prod", "--dry-run")
    contains(scratch.run(*words).ok().out, "public.schema_migrations of dbmate")
    scratch.run(*words, "--schema", "shop").fails('in schema "shop"')
