"""`migrate test`: cases of test files on dev databases."""

import os
import re
import signal
import sqlite3
import time

from databases import MariaDatabase, PostgresDatabase
from harness import contains, lacks, same, test, true, wait_for

FILES = {
    "1_users.sql": "CREATE TABLE users (id integer NOT NULL, name varchar(50), PRIMARY KEY (id));\n",
    "2_display.sql": "ALTER TABLE users ADD COLUMN display varchar(80);\n"
                     "UPDATE users SET display = upper(name);\n",
    "3_pets.sql": "CREATE TABLE pets (id integer NOT NULL, PRIMARY KEY (id));\n",
}
MEMORY = "sqlite://dev?mode=memory"

# On every engine: a migration of data, what must fail, and that nothing of one case is in the next.
CASES = """
test "migrate" "data is kept" {
  migrate { to = "1" }
  exec {
    sql = <<-SQL
      INSERT INTO users (id, name) VALUES (1, 'ann');
      INSERT INTO users (id, name) VALUES (2, NULL);
    SQL
  }
  migrate { to = "2" }
  exec {
    sql    = "SELECT id, display FROM users ORDER BY id"
    output = <<-CSV
      1, ANN
      2, NULL
    CSV
  }
  exec {
    sql    = "SELECT id, name FROM users ORDER BY id"
    format = table
    output = <<TABLE
 id | name
----+------
 1  | ann
 2  | NULL
TABLE
  }
  log { message = "${testing.name}: two users" }
  catch {
    sql   = "INSERT INTO users (id, name) VALUES (1, 'bob')"
    error = "(?i)unique|duplicate"
  }
  assert { sql = "SELECT count(*) = 2 FROM users" }
  migrate { to = "3" }
  exec {
    sql   = "SELECT count(*) FROM pets"
    match = "^0$"
  }
}

test "migrate" "starts empty" {
  for_each = ["users", "pets"]
  catch {
    sql = "SELECT * FROM ${each.value}"
  }
  exec { sql = "CREATE TABLE leftover (id integer)" }
  migrate { to = "3" }
  assert { sql = "SELECT count(*) = 0 FROM ${each.value}" }
}
"""


def folder(scratch, cases, files=None):
    scratch.directory("migrations", files or FILES)
    scratch.write("a.test.hcl", cases)


def case(commands, name="t"):
    return f'test "migrate" "{name}" {{\n{commands}\n}}\n'


def run(scratch, *more, url=MEMORY, **options):
    return scratch.run("migrate", "test", "--dev-url", url, *more, **options)


def without_durations(text):
    return re.sub(r"\([0-9.]+(µs|ms|s)\)", "(T)", text)


def passes_everywhere(scratch, url):
    folder(scratch, CASES)
    for _ in range(2):  # the second run finds the database as the first did
        done = run(scratch, url=url).ok().quiet()
        same(without_durations(done.out),
             "-- PASS: data is kept (T)\n    a.test.hcl:28: data is kept: two users\n"
             "-- PASS: starts empty/1 (T)\n-- PASS: starts empty/2 (T)\nPASS\n", "report")


def restores_after_a_failure(scratch, url):
    """A case that fails in the middle of a transaction leaves nothing behind either."""
    begin = "BEGIN"
    folder(scratch, case(f"""
  migrate {{ to = "1" }}
  exec {{ sql = "{begin}" }}
  exec {{ sql = "INSERT INTO users (id) VALUES (1)" }}
  assert {{
    sql           = "SELECT count(*) = 2 FROM users"
    error_message = "two users"
  }}
""", "fails") + case('  migrate { to = "3" }\n  assert { sql = "SELECT count(*) = 0 FROM users" }', "next"))
    done = run(scratch, url=url)
    same((done.code, done.err), (1, ""), "how it ends")
    contains(done.out, "-- FAIL: fails (", "    a.test.hcl:6:\n      Error: assert: two users\n"
             "        assertion \"SELECT count(*) = 2 FROM users\" returned ", "-- PASS: next (")
    true(done.out.endswith("\nFAIL\n"), done.out)


@test
def cases_pass_on_sqlite(scratch):
    passes_everywhere(scratch, MEMORY)
    passes_everywhere(scratch, "sqlite://dev.db")
    same(scratch.query("dev.db", "SELECT count(*) FROM sqlite_master"), [(0,)], "what is left")


@test
def cases_pass_on_postgres(scratch):
    database = PostgresDatabase(scratch)
    passes_everywhere(scratch, database.url)
    passes_everywhere(scratch, database.psql_url)  # bound to no schema
    same(database.sql("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN "
                      "('pg_catalog', 'information_schema')"), "0\n", "tables left")
    same(database.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'atlas%'"), "0\n", "schemas left")


@test
def cases_pass_on_mariadb(scratch):
    database = MariaDatabase(scratch)
    passes_everywhere(scratch, database.url)
    same(database.sql("SHOW TABLES"), "", "tables left")


@test
def a_failed_case_is_undone_on_sqlite(scratch):
    restores_after_a_failure(scratch, MEMORY)


@test
def a_failed_case_is_undone_on_postgres(scratch):
    restores_after_a_failure(scratch, PostgresDatabase(scratch).url)


@test
def a_failed_case_is_undone_on_mariadb(scratch):
    restores_after_a_failure(scratch, MariaDatabase(scratch).url)


@test
def postgres_shows_its_own_kinds_of_values(scratch):
    folder(scratch, case("""
  exec {
    sql    = "SELECT true, NULL::bool, 1.50::numeric, ARRAY[1,2], '{\\"a\\": 1}'::jsonb"
    output = "true, NULL, 1.50, {1,2}, {\\"a\\": 1}"
  }
  exec { sql = "CREATE TABLE t (id int, name text)" }
  exec { sql = "COPY t FROM stdin;\\n1\\tann\\n2\\tbob\\n\\\\." }
  exec {
    sql    = "SELECT * FROM t"
    output = "1, ann\\n2, bob"
  }
  exec { sql = "SET search_path = pg_catalog" }
"""))
    run(scratch, url=PostgresDatabase(scratch).url).ok()


@test
def the_first_command_that_fails_ends_the_case(scratch):
    folder(scratch, case('  log { message = "before" }\n  exec { sql = "SELECT nope" }\n'
                         '  log { message = "after" }', "one") + case('  log { message = "on it goes" }', "two"))
    done = run(scratch)
    same((done.code, done.err), (1, ""), "how it ends")
    same(without_durations(done.out),
         "-- FAIL: one (T)\n    a.test.hcl:2: before\n    a.test.hcl:3:\n"
         '      Error: exec: executing statement "SELECT nope": no such column: nope\n'
         "-- PASS: two (T)\n    a.test.hcl:7: on it goes\nFAIL\n", "report")


@test
def what_was_found_and_what_was_wanted_is_told(scratch):
    folder(scratch, case('  exec {\n    sql    = "SELECT 1 UNION SELECT 2"\n    output = "1"\n  }') +
           case('  catch { sql = "SELECT 1" }') + case('  migrate { to = "9" }') +
           case('  external { program = ["sh", "-c", "echo oops >&2; exit 3"] }'),
           {**FILES, "4_bad.sql": "INSERT INTO nope VALUES (1);\n"})
    scratch.write("b.test.hcl", case('  migrate { to = "4" }', "bad file"))
    done = run(scratch)
    contains(done.out,
             "    a.test.hcl:2:\n      Error: exec: the output is not the expected one\n        got:\n          1\n"
             "          2\n        want:\n          1\n",
             "      Error: catch: an error was expected, but every statement succeeded\n",
             '      Error: migrate: sql/migrate: migration with version "9" not found\n',
             "      Error: external: running program ", ": oops\n",
             '    b.test.hcl:2:\n      Error: migrate: sql/migrate: executing statement "INSERT INTO nope VALUES (1);" '
             'from version "4": no such table: nope\n')


@test
def cases_are_picked_and_skipped(scratch):
    folder(scratch, case('  for_each = toset(["x", "y"])\n  log { message = each.value }', "users") +
           case('  skip = true\n  exec { sql = "SELECT nope" }', "pets") +
           'test "schema" "another command" {\n  parallel = true\n  exec { sql = "SELECT nope" }\n}\n')
    same(without_durations(run(scratch).ok().quiet().out),
         "-- PASS: users/1 (T)\n    a.test.hcl:3: x\n-- PASS: users/2 (T)\n    a.test.hcl:3: y\n"
         "-- SKIP: pets\nPASS\n", "all")
    same(without_durations(run(scratch, "--run", "users/2$").ok().quiet().out),
         "-- PASS: users/2 (T)\n    a.test.hcl:3: y\nPASS\n", "one")
    nothing = run(scratch, "--run", "dogs").ok()
    same(nothing.out, "PASS\n", "none")
    contains(nothing.err, "Warning: no case to run")
    run(scratch, "--run", "(").fails('invalid argument "(" for "--run" flag: error parsing regexp: missing closing )')


@test
def the_project_names_files_and_variables(scratch):
    scratch.directory("migrations", FILES)
    text = case('  log { message = "${var.who} ${atlas.env}" }')
    scratch.write("tests/one.test.hcl", 'variable "who" {\n  type = string\n}\n' + text)
    scratch.write("own.test.hcl", text)
    scratch.write("atlas.hcl", f"""
test {{
  migrate {{
    src  = ["tests"]
    vars = {{ who = "Ann" }}
  }}
}}
env "ci" {{
  dev = "{MEMORY}"
}}
env "own" {{
  dev = "{MEMORY}"
  test {{
    migrate {{ src = ["own.test.hcl"] }}
  }}
}}
""")
    contains(scratch.run("migrate", "test", "--env", "ci").ok().quiet().out, "tests/one.test.hcl:5: Ann ci\n")
    contains(scratch.run("migrate", "test", "--env", "ci", "--var", "who=Bob").ok().out, ": Bob ci\n")
    contains(run(scratch, "--config", "file://atlas.hcl").ok().out, ": Ann\n")
    scratch.run("migrate", "test", "--env", "own").fails("own.test.hcl:", 'There is no variable named "var"')
    run(scratch, "tests/one.test.hcl").fails('missing value for required variable "who"')
    run(scratch, "tests", "--var", "who=Cid").ok()


@test
def nothing_runs_when_a_file_is_wrong(scratch):
    ran = scratch.file_path("ran")
    folder(scratch, case(f'  external {{ program = ["touch", "{ran}"] }}', "first") +
           case("  exec {\n    sql = local.nope\n  }", "second"))
    done = run(scratch).fails('test "second": exec: a.test.hcl:6,', "Unknown variable")
    same(done.out, "", "stdout")
    true(not os.path.exists(ran), "the first case ran")


@test
def what_it_needs_is_asked_for(scratch):
    scratch.directory("migrations", FILES)
    scratch.run("migrate", "test").fails('required flag(s) "dev-url" not set')
    run(scratch).fails('no test file (*.test.hcl) in "."')
    run(scratch, "none.test.hcl").fails('test file "none.test.hcl" was not found')
    scratch.write("a.test.hcl", case('  migrate { to = "1" }'))
    run(scratch, url="nope://dev").fails('unknown driver "nope"')
    scratch.query("used.db", "CREATE TABLE mine (id int)")
    run(scratch, url="sqlite://used.db").fails('connected database is not clean: found table "mine"')
    same(scratch.query("used.db", "SELECT name FROM sqlite_master"), [("mine",)], "used.db")
    scratch.write("migrations/1_users.sql", "edited")
    done = run(scratch).fails("checksum mismatch")
    contains(done.out, "You have a checksum error")


@test
def secrets_do_not_show(scratch):
    folder(scratch, 'variable "password" {\n  type      = string\n  sensitive = true\n}\n' +
           case('  log { message = "it is ${var.password}" }\n  exec { sql = "SELECT \'${var.password}\' AND nope" }'))
    done = run(scratch, "--var", "password=hunter2-hunter2")
    same(done.code, 1, "status")
    lacks(done.out + done.err, "hunter2")
    contains(done.out, "it is (sensitive)\n")


@test
def foreign_keys_are_off_in_a_file_as_they_are_for_apply(scratch):
    folder(scratch, case("""
  migrate { to = "1" }
  exec { sql = "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)" }
  migrate { to = "2" }
  assert { sql = "SELECT count(*) = 1 FROM child" }
"""), {
        "1_a.sql": "CREATE TABLE parent (id integer PRIMARY KEY);\n"
                   "CREATE TABLE child (id integer REFERENCES parent (id) ON DELETE CASCADE);\n",
        "2_rebuild.sql": "CREATE TABLE new_parent (id integer PRIMARY KEY, name text);\n"
                         "INSERT INTO new_parent (id) SELECT id FROM parent;\nDROP TABLE parent;\n"
                         "ALTER TABLE new_parent RENAME TO parent;\n"})
    run(scratch, url="sqlite://dev?mode=memory&_fk=1").ok()


@test
def other_formats_can_be_tested(scratch):
    scratch.write("migrations/1_a.up.sql", "CREATE TABLE a (id int);\n")
    scratch.write("migrations/1_a.down.sql", "DROP TABLE a;\n")
    scratch.run("migrate", "hash", "--dir-format", "golang-migrate").ok()
    scratch.write("a.test.hcl", case('  migrate { to = "1" }\n  exec { sql = "SELECT * FROM a" }'))
    run(scratch, "--dir-format", "golang-migrate", "--revisions-schema", "x", "--context", "{}").ok().quiet()


@test
def an_interrupt_restores_the_database(scratch):
    marker = scratch.file_path("started")
    folder(scratch, case(f'  migrate {{ to = "3" }}\n  external {{ program = ["sh", "-c", "touch {marker}; sleep 60"] }}'))
    child = scratch.start("migrate", "test", "--dev-url", "sqlite://dev.db")
    wait_for(lambda: os.path.exists(marker), "the program runs")
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    done = scratch.finish(child)
    true(time.monotonic() - began < 20, "it waited for the program")
    done.fails("interrupted")
    connection = sqlite3.connect(scratch.file_path("dev.db"))
    same(connection.execute("SELECT count(*) FROM sqlite_master").fetchall(), [(0,)], "what is left")
    connection.close()
