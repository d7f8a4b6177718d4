"""`cloud database` and `cloud migration`: tables column for column, templates, pages, errors."""

import json

from harness import matches, same, test, wait_for
from scenes import FIRST, FIRST_VERSION, REGISTRY_PROJECT, SECOND, SECOND_VERSION, apply, push

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
SET_PROJECT = """\
env "production" {
  for_each = toset(["a", "b"])
  url = "sqlite://tenant-${each.value}.db"
  migration {
    dir = "atlas://myapp"
  }
}
"""


def deploy_three(scratch):
    """A database that is up to date, one that is behind, one that failed."""
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "prod", env="production").ok()
    apply(scratch, "prod-eu", "1", env="production").ok()
    scratch.query("staging", "CREATE TABLE orders (id integer)")
    apply(scratch, "staging", "--allow-dirty", env="staging").fails("table orders already exists")
    return server


@test
def lists_databases_with_their_status(scratch):
    deploy_three(scratch)
    done = scratch.run("cloud", "database", "list").ok().quiet()
    same(done.out, """\
ID  NAME     ENV         STATUS   CURRENT VERSION
1   prod     production  SYNCED   20260514083000
2   prod-eu  production  PENDING  20260512141500
3   staging  staging     FAILED   20260512141500
--------------------------------
Page: 1  Page Size: 20  Total: 3
""", "the table")
    done = scratch.run("cloud", "database", "list", "--env-name", "production", "--verbose").ok().quiet()
    same(done.out, """\
ID  REPO   NAME     ENV         STATUS   CURRENT VERSION
1   myapp  prod     production  SYNCED   20260514083000
2   myapp  prod-eu  production  PENDING  20260512141500
--------------------------------
Page: 1  Page Size: 20  Total: 2
""", "the table of one environment")


@test
def describes_a_database_by_either_id(scratch):
    deploy_three(scratch)
    by_id = scratch.run("cloud", "database", "describe", "--id", "1").ok().quiet().out
    matches(by_id, "\\A"
            "ID                    1\n"
            "Name                  prod\n"
            "Environment           production\n"
            "Status                SYNCED\n"
            "Current Version       20260514083000\n"
            f"Last Deployment Time  {TIME}\n\\Z")
    (identity,), = scratch.query("prod", "SELECT description FROM atlas_schema_revisions"
                                            " WHERE version = '.atlas_cloud_identifier'")
    by_ext_id = scratch.run("cloud", "database", "describe", "--ext-id", identity).ok().quiet().out
    same(by_ext_id, by_id, "the same database")
    scratch.run("cloud", "database", "describe", "--id", "99").fails("Error: database not found")
    scratch.run("cloud", "database", "describe").fails(
        "at least one of the flags in the group [id ext-id] is required")
    scratch.run("cloud", "database", "describe", "--id", "1", "--ext-id", identity).fails(
        "if any flags in the group [id ext-id] are set none of the others can be;"
        " [ext-id id] were all set")


@test
def lists_deployments_and_sets(scratch):
    deploy_three(scratch)
    scratch.write("atlas.hcl", SET_PROJECT)
    scratch.run("migrate", "apply", "--env", "production").ok().quiet()
    done = scratch.run("cloud", "migration", "list").ok().quiet()
    same(done.out, """\
ID  REPO   TYPE                 ENV         DATABASE    TARGETS  VERSION         STATUS
4   myapp  MIGRATION_DIRECTORY  production  (multiple)  2/2      20260514083000  PASSED
3   myapp  MIGRATION_DIRECTORY  staging     staging     -        20260514083000  FAILED
2   myapp  MIGRATION_DIRECTORY  production  prod-eu     -        20260512141500  PASSED
1   myapp  MIGRATION_DIRECTORY  production  prod        -        20260514083000  PASSED
--------------------------------
Page: 1  Page Size: 20  Total: 4
""", "the table")
    for flags, ids in ((["--status", "PASSED"], "421"), (["--status", "FAILED"], "3"),
                       (["--status", "FAILED", "--status", "PASSED"], "4321"),
                       (["--repo", "myapp", "--env-name", "staging"], "3"),
                       (["--name", "prod"], "21"), (["--status", "NO_ACTION"], "")):
        found = scratch.run("cloud", "migration", "list", *flags, "--format",
                            "{{ range .Migrations }}{{ .ID }}{{ end }}").ok().quiet().out
        same(found.strip(), ids, f"ids found with {flags}")


@test
def describes_a_deployment_and_a_set(scratch):
    deploy_three(scratch)
    scratch.write("atlas.hcl", SET_PROJECT)
    scratch.run("migrate", "apply", "--env", "production").ok()
    matches(scratch.run("cloud", "migration", "describe", "--id", "4").ok().quiet().out, "\\A"
            "ID            4\n"
            "Repository    myapp\n"
            "Type          MIGRATION_DIRECTORY\n"
            "Database      \\(multiple\\)\n"
            "Version       20260514083000\n"
            "Status        PASSED\n"
            f"Completed At  {TIME}\n"
            "Targets       2/2 succeeded\n\\Z")
    matches(scratch.run("cloud", "migration", "describe", "--id", "3").ok().quiet().out, "\\A"
            "ID            3\n"
            "Repository    myapp\n"
            "Type          MIGRATION_DIRECTORY\n"
            "Database      staging\n"
            "Version       20260514083000\n"
            "Status        FAILED\n"
            f"Completed At  {TIME}\n\\Z")
    verbose = scratch.run("cloud", "migration", "describe", "--id", "4", "--verbose", "--log").ok().out
    matches(verbose, r"^Environment   production$")
    matches(verbose, r"^5   tenant-a\.db  20260514083000  PASSED$")
    scratch.run("cloud", "migration", "describe", "--id", "99").fails("Error: migration not found")
    scratch.run("cloud", "migration", "describe").fails('required flag(s) "id" not set')


@test
def templates_get_the_documented_names(scratch):
    deploy_three(scratch)
    lists = json.loads(scratch.run("cloud", "database", "list", "--format", "{{ json . }}").ok().quiet().out)
    same(lists["PageInfo"], {"Page": 1, "PageSize": 20, "Total": 3}, "page")
    database = lists["Databases"][0]
    same({k: database[k] for k in ("ID", "Name", "RepoName", "EnvName", "Status", "CurrentVersion")},
         {"ID": "1", "Name": "prod", "RepoName": "myapp", "EnvName": "production",
          "Status": "SYNCED", "CurrentVersion": SECOND_VERSION}, "a database")
    one = json.loads(scratch.run("cloud", "database", "describe", "--id", "1", "--format",
                                 "{{ json . }}").ok().quiet().out)
    same(one, database, "describe shows the same object")
    events = json.loads(scratch.run("cloud", "migration", "list", "--format", "{{ json . }}").ok().quiet().out)
    event = events["Migrations"][1]
    same({k: event[k] for k in ("ID", "RepoName", "Type", "EnvName", "DatabaseName", "Version", "Status")},
         {"ID": "2", "RepoName": "myapp", "Type": "MIGRATION_DIRECTORY", "EnvName": "production",
          "DatabaseName": "prod-eu", "Version": FIRST_VERSION, "Status": "PASSED"}, "an event")
    same([k for k in ("TargetsTotal", "TargetsSucceeded") if k in event], [], "absent members")
    empty = scratch.run("cloud", "migration", "list", "--repo", "none", "--format", "{{ json .Migrations }}")
    same(empty.ok().quiet().out.strip(), "[]", "an empty list")
    for words in (["database", "list"], ["migration", "list"], ["repo", "list"]):
        scratch.run("cloud", *words, "--format", "{{ .Nothing }}").fails("Nothing")


@test
def pages_hold_twenty_rows(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", 'env "tenants" {\n  for_each = toset([for i in range(23) : format("%02d", i)])\n'
                               '  url = "sqlite://t${each.value}.db"\n  migration {\n'
                               '    dir = "atlas://myapp"\n  }\n}\n')
    scratch.run("migrate", "apply", "--env", "tenants").ok().quiet()
    wait_for(lambda: server.migrations(), "the set is stored")
    lines = scratch.run("cloud", "database", "list").ok().quiet().out.splitlines()
    same((len(lines), lines[-1]), (23, "Page: 1  Page Size: 20  Total: 23"), "the first page")
    lines = scratch.run("cloud", "database", "list", "--page", "2").ok().quiet().out.splitlines()
    same((len(lines), lines[-1]), (6, "Page: 2  Page Size: 20  Total: 23"), "the second page")
    done = scratch.run("cloud", "database", "list", "--page", "3").ok().quiet()
    same(done.out, "No databases found.\n--------------------------------\n"
                   "Page: 3  Page Size: 20  Total: 23\n", "a page past the end")
    scratch.run("cloud", "database", "list", "--page", "0").fails("invalid --page value")
    scratch.run("cloud", "migration", "list", "--page", "x").fails('invalid argument "x" for "--page"')


@test
def empty_lists_and_wrong_words_say_so(scratch):
    scratch.server()
    for words, text in ((["database", "list"], "No databases found.\n"),
                        (["migration", "list"], "No migrations found.\n"),
                        (["repo", "list"], "No repositories found.\n")):
        same(scratch.run("cloud", *words).ok().quiet().out, text, "the empty list")
    scratch.run("cloud", "migration", "list", "--status", "passed").fails(
        'invalid --status value "passed"', "PASSED, FAILED, NO_ACTION")
    scratch.run("cloud", "repo", "describe", "--slug", "none").fails("Error: repository not found")
    scratch.run("cloud", "databases").fails('unknown command "databases"')
    done = scratch.run("cloud", "repo", "create", "--name", "payments", "--type", "migration_directory",
                       "--driver", "postgres").ok().quiet()
    matches(done.out, r"payments[\s\S]*/repos/payments$")
    same(scratch.run("cloud", "repo", "list").ok().out.splitlines()[:2],
         ["SLUG      TITLE                           TYPE                 DRIVER      SYNCED  PENDING  FAILED",
          "payments  payments (Migration Directory)  MIGRATION_DIRECTORY  POSTGRESQL  0       0        0"],
         "the repository")
