"""The migrations of real applications, from ../shared/data, and the databases they are applied to."""

import glob
import os
import re

from cut_servers import HISTORY
from harness import SHARED, Skipped

# Every file counts itself at its start and its end, in a table without any key.
COUNTER = "CREATE TABLE {schema}ran (file varchar(20), place varchar(20));\n"
COUNT = "INSERT INTO {schema}ran VALUES ('{file}', '{place}');\n"


def read_files(pattern, name_pattern):
    """-> {file name of this layout: (version, text)}"""
    files = {}
    for path in sorted(glob.glob(os.path.join(SHARED, "data", *pattern))):
        version, name = re.fullmatch(name_pattern, os.path.basename(path)).groups()
        with open(path, encoding="utf-8") as f:
            files[f"{version}_{name}.sql"] = (version, f.read().rstrip() + "\n")
    if not files:
        raise Skipped(f"no ../shared/data/{'/'.join(pattern)} (RHUMB_SHARED names the folder)")
    return files


def authelia(folder):
    """26 files for one engine."""
    return read_files(("authelia", folder, "*.up.sql"), r"V(\d+)\.(\w+)\.up\.sql")


def supabase():
    """70 files for PostgreSQL, templates with the name of their schema as `{{ index . "Namespace" }}`."""
    files = read_files(("supabase-auth", "migrations", "*.sql"), r"(\d+)_([\w.]+?)(?:\.postgres)?\.up\.sql")
    templates = {name: (version, re.sub(r"\{\{ ?index \.Options", "{{ index .", text))
                 for name, (version, text) in files.items()}
    # The counting table comes before everything.
    return {"0001_init.sql": ("0001", templates.pop("00_init_auth_schema.sql")[1]), **templates}


def counting(files, schema=""):
    """-> {file name: text} with the counting statements"""
    counted = {"0000_counter.sql": COUNTER.format(schema=schema)}
    for name, (version, text) in files.items():
        ended = text if text.rstrip().endswith(";") else text.rstrip() + ";\n"
        counted[name] = (COUNT.format(schema=schema, file=version, place="first") + ended
                         + COUNT.format(schema=schema, file=version, place="last"))
    return counted


class OneSchema:
    """A history that is applied to one schema."""

    rows = HISTORY

    def __init__(self, scratch, engine, folder):
        self.scratch, self.engine, self.folder = scratch, engine, folder
        self.files = counting(authelia(folder))
        scratch.directory(folder, self.files)

    def make(self, name):
        """-> the schemas of a new database"""
        self.engine.make_schema(name)
        return [name]

    def words(self, name, port):
        return ("--url", self.engine.url(name, port), "--dir", f"file://{self.folder}")

    def directory(self, _):
        """-> the files as one schema gets them"""
        return self.folder


TENANTS = ("auth", *(f"tenant_{n}" for n in range(1, 6)))
TARGETS = """\
locals {{
  dirs = {{
{dirs}
  }}
}}
{sources}
env "all" {{
  for_each = toset([{schemas}])
  url      = "{url}"
  migration {{
    dir = local.dirs[each.value]
  }}
}}
"""
SOURCE = """\
data "template_dir" "{schema}" {{
  path = "templates"
  vars = {{
    Namespace = "{schema}"
  }}
}}
"""


class Tenants:
    """A template directory that one run applies to six schemas."""

    # Not the hashes, which are those of its files.
    rows = ("SELECT version, description, type, applied, total, error, error_stmt FROM {schema}.atlas_schema_revisions "
            "ORDER BY version")

    def __init__(self, scratch, engine):
        self.scratch, self.engine = scratch, engine
        self.files = counting(supabase(), schema='{{ index . "Namespace" }}.')
        for name, text in self.files.items():
            scratch.write(os.path.join("templates", name), text)

    def make(self, name):
        schemas = [f"{name}_{tenant}" for tenant in TENANTS]
        for schema in schemas:
            self.engine.make_schema(schema)
        return schemas

    def words(self, name, port):
        """With a project file of its own for this database."""
        schemas = [f"{name}_{tenant}" for tenant in TENANTS]
        self.scratch.write(f"{name}.hcl", TARGETS.format(
            dirs="\n".join(f"    {schema} = data.template_dir.{schema}.url" for schema in schemas),
            sources="".join(SOURCE.format(schema=schema) for schema in schemas),
            schemas=", ".join(f'"{schema}"' for schema in schemas),
            url=self.engine.url("${each.value}", port)))
        return ("--config", f"file://{name}.hcl", "--env", "all")

    def directory(self, schema):
        folder = f"files_of_{schema}"
        if not os.path.isdir(self.scratch.file_path(folder)):
            self.scratch.directory(folder, {name: text.replace('{{ index . "Namespace" }}', schema)
                                            for name, text in self.files.items()})
        return folder
