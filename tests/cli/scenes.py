"""Migration directories, project files and the push that several subjects begin with."""

import hashlib

FULL_TAG = "267b9d1799a3f37ccc0c4112d33f6b3455b62de8"
SHORT_TAG = FULL_TAG[:7]

FIRST = {"20260512141500_users.sql": "CREATE TABLE users (id integer PRIMARY KEY, name text);\n"}
SECOND = {"20260514083000_orders.sql": "CREATE TABLE orders (id integer PRIMARY KEY);\n"
                                       "INSERT INTO users (name) VALUES ('amber');\n"}
BROKEN = {"20260515093000_broken.sql": "CREATE TABLE carts (id integer);\nINSERT INTO nowhere VALUES (1);\n"}

FIRST_VERSION, SECOND_VERSION = "20260512141500", "20260514083000"

REGISTRY_PROJECT = """\
env {
  # Set environment name dynamically based on --env value.
  name = atlas.env
  migration {
    # In this example, the directory is named "myapp".
    dir = "atlas://myapp"
  }
}
"""

LOCAL_PROJECT = """\
env {
  name = atlas.env
  migration {
    dir = "file://migrations"
    report = true
    repo {
      name = "myapp"
    }
  }
}
"""


def push(scratch, files, name="myapp", directory="pushed"):
    """Pushes the files, `name` with or without a tag. -> what the command printed"""
    scratch.directory(directory, files)
    return scratch.run("migrate", "push", name, "--dir", f"file://{directory}",
                       "--dev-url", "sqlite://dev?mode=memory").ok().quiet().out


def apply(scratch, database, *more, env="prod", **options):
    """`migrate apply` with atlas.hcl to a SQLite file of the scratch folder."""
    return scratch.run("migrate", "apply", "--url", f"sqlite://{database}", "--config",
                       "file://atlas.hcl", "--env", env, *more, **options)


def tables(scratch, database):
    """Names of the tables a user made."""
    rows = scratch.query(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
                                   " 'sqlite_%' AND name <> 'atlas_schema_revisions' ORDER BY name")
    return [name for (name,) in rows]


def revisions(scratch, database):
    """Rows of the history: (version, applied, total, error)."""
    return scratch.query(database, "SELECT version, applied, total, error FROM atlas_schema_revisions"
                                   " WHERE version NOT LIKE '.%' ORDER BY version")


def small_report(name):
    """A run of one file on a database of this name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"projectName": "default", "envName": "load", "dirName": "myapp", "atlasVersion": "Atlas CLI v1.2.4",
            "target": {"id": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}",
                       "schema": "public", "url": f"postgres://app:xxxxx@db:5432/{name}"},
            "startTime": "2026-05-14T08:30:00Z", "endTime": "2026-05-14T08:30:01Z", "fromVersion": "",
            "toVersion": "20260512141500", "currentVersion": "20260512141500",
            "files": [{"name": "20260512141500_users.sql", "content": f"SELECT 1; -- {name}\n",
                       "startTime": "2026-05-14T08:30:00Z", "endTime": "2026-05-14T08:30:01Z",
                       "skipped": 0, "applied": 1, "checks": []}], "log": "ok\n"}


def all_database_names(server):
    names, page = set(), {"pageSize": 100}
    while True:
        payload = server.api("query D($input: DatabasesInput) { databases(input: $input) { databases { name }"
                             " pageInfo { endCursor hasNextPage } } }", {"input": {"page": page}})
        names |= {row["name"] for row in payload["databases"]["databases"]}
        info = payload["databases"]["pageInfo"]
        if not info["hasNextPage"]:
            return names
        page = {"pageSize": 100, "after": info["endCursor"]}


def send_report(server, input_, **options):
    """Sends the input of a single report or of a set as a client does. -> (status, reply)"""
    operation = "ReportMigrationSet" if "completed" in input_ else "ReportMigration"
    field = operation[0].lower() + operation[1:]
    return server.post({"query": f"mutation {operation}($input: {operation}Input!) {{ {field}(input:"
                                 " $input) { url } }", "variables": {"input": input_}}, **options)
