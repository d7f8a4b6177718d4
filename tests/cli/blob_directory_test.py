"""`data "blob_dir"`: directories from folders, archives and buckets."""

import io
import tarfile

from fake_cloud import AWS_KEY, AWS_SECRET, FakeBucket, without_clouds
from harness import contains, same, test
from scenes import FIRST, SECOND, SECOND_VERSION, apply, tables

PROJECT = """\
data "blob_dir" "app" {
  url = "%s"
}
env "prod" {
  migration {
    dir = data.blob_dir.app.url%s
  }
}
"""
REPORT = """
    report = true
    repo {
      name = "myapp"
    }"""


def files_of(scratch):
    """A migration directory, and its files as bytes."""
    scratch.directory("source", {**FIRST, **SECOND})
    files = {}
    for name in [*FIRST, *SECOND, "atlas.sum"]:
        with open(scratch.file_path("source", name), "rb") as f:
            files[name] = f.read()
    return files


def archive_of(scratch):
    """What `tar -czf` makes of the folder: entries of folders and all."""
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        archive.add(scratch.file_path("source"), arcname="./source")
    return memory.getvalue()


def check_applied(scratch, url, database="app.db", report=""):
    scratch.write("atlas.hcl", PROJECT % (url, report))
    done = apply(scratch, database).ok()
    same(tables(scratch, database), ["orders", "users"], "tables")
    return done


def use_keys(scratch):
    without_clouds(scratch)
    scratch.environment.update(AWS_ACCESS_KEY_ID=AWS_KEY, AWS_SECRET_ACCESS_KEY=AWS_SECRET)


@test
def a_folder_and_an_archive_are_applied(scratch):
    files_of(scratch)
    with open(scratch.file_path("v2.tar.gz"), "wb") as f:
        f.write(archive_of(scratch))
    check_applied(scratch, "file://source", "folder.db").quiet()
    check_applied(scratch, "file://v2.tar.gz", "archive.db").quiet()


@test
def a_folder_of_a_bucket_is_applied(scratch):
    use_keys(scratch)
    objects = {f"apps/my app/{name}": content for name, content in files_of(scratch).items()}
    bucket = FakeBucket(scratch, {**objects, "apps/my app/sub/9_x.sql": b"broken", "apps/my app/big.bin": b"x",
                                  "apps/other/1_a.sql": b"broken"})
    url = f"s3://deploys/apps/my%20app?region=eu-west-1&endpoint={bucket.url}"
    check_applied(scratch, url).quiet()
    fetched = sorted(line for line in bucket.requests if "list-type" not in line)
    same(fetched, sorted(f"GET /deploys/apps/my%20app/{name}" for name in files_of(scratch)), "objects")


@test
def an_archive_of_a_bucket_is_applied(scratch):
    use_keys(scratch)
    files_of(scratch)
    bucket = FakeBucket(scratch, {"v2.tgz": archive_of(scratch)})
    check_applied(scratch, f"s3://deploys/v2.tgz?endpoint={bucket.url}").quiet()
    same(bucket.requests, ["GET /deploys/v2.tgz"], "requests")


@test
def a_directory_that_was_tampered_with_is_refused(scratch):
    use_keys(scratch)
    objects = {f"m/{name}": content for name, content in files_of(scratch).items()}
    objects[f"m/{next(iter(SECOND))}"] += b"DROP TABLE users;\n"
    bucket = FakeBucket(scratch, objects)
    scratch.write("atlas.hcl", PROJECT % (f"s3://deploys/m?endpoint={bucket.url}", ""))
    apply(scratch, "app.db").fails("checksum mismatch")


@test
def a_bucket_says_why_it_refuses(scratch):
    use_keys(scratch)
    bucket = FakeBucket(scratch, {})
    scratch.environment["AWS_SECRET_ACCESS_KEY"] = "another"
    scratch.write("atlas.hcl", PROJECT % (f"s3://deploys/m?endpoint={bucket.url}", ""))
    apply(scratch, "app.db").fails("data.blob_dir.app: reading s3://deploys/m", "SignatureDoesNotMatch: refused")
    scratch.environment["AWS_SECRET_ACCESS_KEY"] = AWS_SECRET
    apply(scratch, "app.db").fails("there is no migration file")
    scratch.write("atlas.hcl", PROJECT % (f"s3://nowhere/m?endpoint={bucket.url}", ""))
    apply(scratch, "app.db").fails("NoSuchBucket: refused")


@test
def a_run_is_reported_when_asked_for_only(scratch):
    files_of(scratch)
    server = scratch.server()
    check_applied(scratch, "file://source", "silent.db")
    same(server.migrations(), [], "reports")
    done = check_applied(scratch, "file://source", "told.db", REPORT)
    contains(done.out, SECOND_VERSION)
    reports = server.migrations(fields="status version repoName")
    same([(r["status"], r["version"], r["repoName"]) for r in reports], [("PASSED", SECOND_VERSION, "myapp")], "reports")
