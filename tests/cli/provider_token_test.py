"""Passwords that are made from the credentials of a cloud provider: `aws_rds_token`, `gcp_cloudsql_token`."""

import json
import time
import urllib.parse

from databases import MariaDatabase
from fake_cloud import AWS_KEY, AWS_SECRET, FakeServer, ServiceAccount, rds_signature, without_clouds
from harness import contains, lacks, same, test, true

RDS_PROJECT = """\
data "aws_rds_token" "db" {
  endpoint = "db.example.us-east-1.rds.amazonaws.com:5432"
  username = "jane doe"
%s
}
env "prod" {
  url = "sqlite://app.db?token=${urlescape(print(data.aws_rds_token.db))}"
}
"""
SCOPE = "https://www.googleapis.com/auth/sqlservice.login"


def rds_token(scratch, more="  region = \"eu-central-1\""):
    """The token that the project file gets, as `print` shows it."""
    scratch.write("atlas.hcl", RDS_PROJECT % more)
    scratch.directory("migrations", {"1_a.sql": "SELECT 1;\n"})
    return scratch.run("migrate", "status", "--env", "prod").ok().err.strip()


def check_rds(token, key=AWS_KEY, secret=AWS_SECRET, region="eu-central-1", session=None):
    values = dict(urllib.parse.parse_qsl(token.partition("/?")[2]))
    theirs, ours = rds_signature(token, secret)
    same(theirs, ours, "signature")
    same(values["DBUser"], "jane doe", "user")
    same(values["X-Amz-Expires"], "900", "lifetime")
    same(values.get("X-Amz-Security-Token"), session, "session token")
    contains(values["X-Amz-Credential"], f"{key}/", f"/{region}/rds-db/aws4_request")


@test
def an_rds_token_is_signed_with_the_keys_of_the_environment(scratch):
    without_clouds(scratch)
    scratch.environment.update(AWS_ACCESS_KEY_ID=AWS_KEY, AWS_SECRET_ACCESS_KEY=AWS_SECRET,
                               AWS_SESSION_TOKEN="session/+=")
    token = rds_token(scratch)
    true(token.startswith("db.example.us-east-1.rds.amazonaws.com:5432/?Action=connect&"), token)
    check_rds(token, session="session/+=")


@test
def an_rds_token_is_signed_with_the_keys_of_a_profile(scratch):
    without_clouds(scratch)
    scratch.write("home/.aws/credentials", f"[team]\naws_access_key_id = {AWS_KEY}\n"
                                           f"aws_secret_access_key = {AWS_SECRET}\n")
    scratch.write("home/.aws/config", "[profile team]\nregion = eu-north-1\n")
    check_rds(rds_token(scratch, "  profile = \"team\""), region="eu-north-1")


@test
def an_rds_token_is_signed_with_what_the_instance_gives(scratch):
    def answer(request, _):
        if request.command == "PUT":
            return 200, "session"
        if request.headers["X-aws-ec2-metadata-token"] != "session":
            return 401, "no"
        if request.path.endswith("/deployer"):
            return 200, json.dumps({"Code": "Success", "AccessKeyId": "ASIA1", "SecretAccessKey": "s1", "Token": "t1"})
        return 200, "deployer"

    without_clouds(scratch)
    server = FakeServer(scratch, answer)
    scratch.environment.update(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=server.url,
                               http_proxy="http://127.0.0.1:1")  # which the machine's own server is not behind
    check_rds(rds_token(scratch), key="ASIA1", secret="s1", session="t1")
    same(server.requests[0], "PUT /latest/api/token", "first request")


@test
def an_rds_token_needs_credentials(scratch):
    without_clouds(scratch)
    scratch.write("atlas.hcl", RDS_PROJECT % "  region = \"eu-central-1\"")
    scratch.run("migrate", "status", "--env", "prod").fails("data.aws_rds_token.db: no AWS credentials found; ")


CLOUDSQL_PROJECT = """\
data "gcp_cloudsql_token" "db" {
}
env "prod" {
  url = "%s"
}
"""


def maria_user(scratch, password):
    """A database whose user has that password, and a project that logs in with a token. -> database"""
    database = MariaDatabase(scratch)
    user = f"u{database.name[-12:]}"
    database.sql(f"CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'; GRANT ALL ON {database.name}.* TO '{user}'@'%'")
    scratch.stack.callback(lambda: database.sql(f"DROP USER '{user}'@'%'", database=""))
    url = f"maria://{user}:${{urlescape(data.gcp_cloudsql_token.db)}}@127.0.0.1:{database.server.port}/{database.name}"
    scratch.write("atlas.hcl", CLOUDSQL_PROJECT % url)
    scratch.directory("migrations", {"1_a.sql": "CREATE TABLE a (id int);\n"})
    return database


@test
def a_service_account_logs_in_to_a_database(scratch):
    accounts = []

    def answer(_, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        same(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer", "grant")
        claims = accounts[0].claims(form["assertion"])
        same((claims["iss"], claims["scope"], claims["aud"]),
             ("app@project.iam.gserviceaccount.com", SCOPE, server.url), "claims")
        true(abs(claims["iat"] - time.time()) < 60 and claims["exp"] == claims["iat"] + 3600, str(claims))
        return 200, json.dumps({"access_token": "ya29.c/d+e", "expires_in": 3599, "token_type": "Bearer"})

    without_clouds(scratch)
    database = maria_user(scratch, "ya29.c/d+e")
    server = FakeServer(scratch, answer)
    accounts.append(ServiceAccount(scratch, server.url))
    scratch.environment["GOOGLE_APPLICATION_CREDENTIALS"] = accounts[0].path
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    same(database.sql("SHOW TABLES"), "a\natlas_schema_revisions\n", "tables")


@test
def a_user_and_a_machine_log_in_to_a_database(scratch):
    def answer(request, body):
        if request.command == "GET":
            same(request.headers["Metadata-Flavor"], "Google", "header")
            return 200, json.dumps({"access_token": "token"})
        form = dict(urllib.parse.parse_qsl(body.decode()))
        same(form, {"grant_type": "refresh_token", "client_id": "i", "client_secret": "s", "refresh_token": "r"}, "form")
        return 200, json.dumps({"access_token": "token"})

    without_clouds(scratch)
    maria_user(scratch, "token")
    server = FakeServer(scratch, answer)
    scratch.environment["GCE_METADATA_HOST"] = server.host
    scratch.run("migrate", "apply", "--env", "prod").ok().quiet()
    scratch.write("home/.config/gcloud/application_default_credentials.json", json.dumps(
        {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r",
         "token_uri": server.url + "/token"}))
    scratch.run("migrate", "status", "--env", "prod").ok().quiet()
    same([line.split("?")[0] for line in server.requests],
         ["GET /computeMetadata/v1/instance/service-accounts/default/token", "POST /token"], "requests")


@test
def a_token_is_shown_nowhere(scratch):
    without_clouds(scratch)
    maria_user(scratch, "another")
    secret = "ya29.never-shown"
    server = FakeServer(scratch, lambda *_: (200, json.dumps({"access_token": secret})))
    scratch.environment["GCE_METADATA_HOST"] = server.host
    done = scratch.run("migrate", "apply", "--env", "prod").fails("1045 (28000)")
    lacks(done.err + done.out, secret)
    broken = FakeServer(scratch, lambda *_: (403, secret))
    scratch.environment["GCE_METADATA_HOST"] = broken.host
    done = scratch.run("migrate", "apply", "--env", "prod")
    done.fails("data.gcp_cloudsql_token.db: asking the machine for Google credentials: unexpected status code 403")
    lacks(done.err + done.out, secret)
