"""Logins at an identity provider, a real one (tests/oidc_provider), and tokens in exchange for those of CI platforms."""

import base64
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

import es256
from harness import ROOT, Skipped, contains, lacks, same, test, true, wait_for
from people import Browser, invite

sys.path.insert(0, os.path.join(ROOT, "tests"))
from server_process import free_port  # noqa: E402 (needs the path above)

FOLDER = os.path.join(ROOT, "tests", "oidc_provider")
SECRET = "very secret & long enough"
ME = "{ me { name kind roles } }"


def needs_provider():
    if not shutil.which("node") or not shutil.which("npm"):
        raise Skipped("no node, no npm")
    if not os.path.isdir(os.path.join(FOLDER, "node_modules")):
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Skipped(f"npm cannot install the provider: {done.stderr[-200:]}")


class Provider:
    def __init__(self, s, port, alg, redirect, ask="yes"):
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(["node", os.path.join(FOLDER, "provider.mjs"), str(port), alg, redirect],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "ASK_FOR_CLAIMS": ask})
        s.children.append(self.process)
        same(self.process.stdout.readline(), "ready\n", "the provider starts")

    def stop(self):
        self.process.kill()
        self.process.wait()


def registry_with_provider(s, *flags, alg="RS256", ask="yes"):
    needs_provider()
    port, listen = free_port(), free_port()
    address = f"http://127.0.0.1:{listen}"
    s.environment["RHUMB_OIDC_CLIENT_SECRET"] = SECRET
    provider = Provider(s, port, alg, f"{address}/auth/oidc/callback", ask)
    server = s.server(flags=("--oidc-issuer", provider.address, "--oidc-client-id", "rhumb", "--oidc-name", "Test",
                             "--public-url", address, *flags), listen=f"127.0.0.1:{listen}")
    return server, provider


def follow(browser, location, base):
    """Follows redirects until something else comes. -> (address, answer)"""
    for _ in range(12):
        location = urllib.parse.urljoin(base, location)
        parts = urllib.parse.urlsplit(location)
        base = f"{parts.scheme}://{parts.netloc}"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if parts.path.startswith("/login/"):
            return location, None
        answer = browser.send("GET", path, address=base)
        if answer.status not in (302, 303):
            return location, answer
        location = answer.headers["Location"]
    raise AssertionError(f"redirects without end: {location}")


def log_in(browser, server, person, to="/"):
    """Through the pages of the provider. -> where the browser ends"""
    location, answer = follow(browser, f"/auth/oidc?to={urllib.parse.quote(to)}", server.address)
    for _ in range(3):
        if answer is None:
            return location
        action = re.search(r'action="([^"]+)"', answer.body)[1]
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.body)[1]
        action = urllib.parse.urljoin(location, action)
        parts = urllib.parse.urlsplit(action)
        base = f"{parts.scheme}://{parts.netloc}"
        sent = browser.send("POST", parts.path,
                            urllib.parse.urlencode({"prompt": prompt, "login": person, "password": "x"}).encode(),
                            {"Content-Type": "application/x-www-form-urlencoded"}, address=base)
        location, answer = follow(browser, sent.headers["Location"], base)
    raise AssertionError(f"the provider asks on: {location}")


def check_login(s, alg, ask):
    server, _ = registry_with_provider(s, alg=alg, ask=ask)
    browser = Browser(server.address)
    same(browser.send("GET", "/auth/ways").json, {"oidc": "Test", "passkeys": False}, "what the login page offers")
    contains(log_in(browser, server, "ann"), "/login/failed?why=refused")
    same(browser.query(ME).status, 401, "not invited")
    secret = invite(server, "ann@example.com", "DEVELOPER")
    location = log_in(Browser(server.address), server, "ann", to="/repos/app?tab=files")
    contains(location, "/login/done?to=%2Frepos%2Fapp%3Ftab%3Dfiles")
    ann = Browser(server.address)
    log_in(ann, server, "ann")
    same(ann.query(ME).json["data"]["me"], {"name": "Person ann", "kind": "USER", "roles": ["DEVELOPER"]}, "me")
    same(ann.post("/auth/invitation", {"code": secret, "name": "x", "password": "a long secret"}).status, 410,
         "the invitation is used up")
    lacks("\n".join(server.log), SECRET)
    server.api('mutation { removeMember(id: "1") { success } }')
    same(ann.query(ME).status, 401, "removed")
    contains(log_in(Browser(server.address), server, "ann"), "why=refused")


@test
def login_by_a_provider_with_rs256(s):
    check_login(s, "RS256", "yes")


@test
def login_by_a_provider_with_es256(s):
    check_login(s, "ES256", "no")


@test
def login_by_a_provider_with_eddsa(s):
    check_login(s, "EdDSA", "no")


@test
def default_role_of_a_provider(s):
    server, _ = registry_with_provider(s, "--oidc-default-role", "viewer")
    bea = Browser(server.address)
    contains(log_in(bea, server, "bea"), "/login/done?to=%2F")
    same(bea.query(ME).json["data"]["me"], {"name": "Person bea", "kind": "USER", "roles": ["VIEWER"]}, "me")
    contains(log_in(Browser(server.address), server, "unverified1"), "why=refused")


@test
def provider_with_new_keys(s):
    server, provider = registry_with_provider(s, "--oidc-default-role", "viewer")
    contains(log_in(Browser(server.address), server, "ann"), "/login/done")
    port = int(provider.address.rsplit(":", 1)[1])
    provider.stop()
    contains(log_in_or_fail(server), "why=provider")
    Provider(s, port, "RS256", f"{server.address}/auth/oidc/callback")
    # Its new keys are asked for again, not more often than every ten seconds.
    wait_for(lambda: "/login/done" in log_in(Browser(server.address), server, "ann"), "a login by new keys", 30)


def log_in_or_fail(server):
    """With a provider that is gone: known by address, it fails at the page where one logs in."""
    browser = Browser(server.address)
    begun = browser.send("GET", "/auth/oidc")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(begun.headers["Location"]).query)["state"][0]
    return browser.send("GET", f"/auth/oidc/callback?code=x&state={state}").headers["Location"]


@test
def callbacks_that_nobody_asked_for(s):
    server, _ = registry_with_provider(s)
    stranger = Browser(server.address)
    contains(stranger.send("GET", "/auth/oidc/callback?code=x&state=y").headers["Location"], "why=state")
    begun = stranger.send("GET", "/auth/oidc?to=//evil.test/")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(begun.headers["Location"]).query)["state"][0]
    contains(begun.headers["Set-Cookie"], "rhumb_oidc=", "HttpOnly", "SameSite=Lax", "Max-Age=600")
    other = Browser(server.address)
    contains(other.send("GET", f"/auth/oidc/callback?code=x&state={state}").headers["Location"], "why=state")
    for query, why in ((f"state={state}&error=access_denied", "refused"),):
        contains(stranger.send("GET", f"/auth/oidc/callback?{query}").headers["Location"], f"why={why}")
    # The cookie was used up by that.
    contains(stranger.send("GET", f"/auth/oidc/callback?code=x&state={state}").headers["Location"], "why=state")
    browser = Browser(server.address)
    invite(server, "ann@example.com", "VIEWER")
    true(log_in(browser, server, "ann", to="//evil.test/").endswith("/login/done?to=%2F"), "back to pages of ours only")


@test
def settings_of_a_provider_are_checked(s):
    for flags, text in ((("--oidc-issuer", "https://x"), "--oidc-issuer needs --oidc-client-id"),
                        (("--oidc-client-id", "x"), "--oidc-client-id needs --oidc-issuer"),
                        (("--oidc-issuer", "x", "--oidc-client-id", "x"), "--oidc-issuer must be an address"),
                        (("--oidc-issuer", "https://x", "--oidc-client-id", "x", "--oidc-default-role", "owner"),
                         "--oidc-default-role must be")):
        s.run("serve", "--data", "d", "--listen", "127.0.0.1:0", *flags).fails(text)


def ci_token(key, claims):
    """Signed by the key of a platform; ES256."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    text = part({"alg": "ES256", "kid": "ci"}) + b"." + part(claims)
    der = key.sign(text)
    length = der[3]
    r, s = der[4:4 + length], der[6 + length:]
    signature = b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (r, s))
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


class Platform:
    """What a CI platform serves: its keys, and the token of a job."""

    def __init__(self, s):
        self.key = es256.Key(s.file_path("ci.pem"))
        x, y = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (self.key.x, self.key.y))
        platform = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = urllib.parse.urlsplit(self.path)
                answers = {"/.well-known/openid-configuration":
                           {"issuer": platform.issuer, "jwks_uri": platform.issuer + "/keys"},
                           "/keys": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "ci", "x": x, "y": y}]}}
                if path.path == "/token" and self.headers["Authorization"] == "Bearer of-the-job":
                    audience = urllib.parse.parse_qs(path.query)["audience"][0]
                    answers["/token"] = {"value": platform.token(aud=audience)}
                answer = answers.get(path.path)
                self.send_response(200 if answer else 404)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        s.stack.callback(self.server.shutdown)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def token(self, **changes):
        return ci_token(self.key, {"iss": self.issuer, "sub": "repo:acme/app:ref:refs/heads/main",
                                   "repository": "acme/app", "ref": "refs/heads/main",
                                   "exp": int(time.time()) + 300, **changes})


@test
def ci_jobs_need_no_secret(s):
    server = s.server()
    platform = Platform(s)
    made = server.api("mutation T($input: CreateTrustInput!) { createTrust(input: $input) { audience } }", {"input": {
        "name": "github", "botID": "1", "issuer": platform.issuer, "scopes": ["dir:read", "dir:push", "repo:create"],
        "claims": {"repository": "acme/app", "ref": "refs/heads/*"}}})
    same(made["createTrust"]["audience"], server.address, "the audience")
    del s.environment["ATLAS_TOKEN"]
    s.run("whoami").fails("command requires 'atlas login'")
    github = {"ACTIONS_ID_TOKEN_REQUEST_URL": platform.issuer + "/token?api=1",
              "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job"}
    contains(s.run("whoami", "--verbose", env=github).ok().out, "admin", "BOT", "dir:push")
    s.directory("migrations", {"1.sql": "CREATE TABLE t (c int);\n"})
    s.run("migrate", "push", "app", "--dir", "file://migrations", "--dev-url", "sqlite://dev?mode=memory",
          env=github).ok()
    gitlab = {"RHUMB_ID_TOKEN": platform.token(aud=server.address)}
    s.run("whoami", env=gitlab).ok()
    file = s.write("token", platform.token(aud=server.address) + "\n")
    s.run("whoami", env={"RHUMB_ID_TOKEN_FILE": file}).ok()
    s.run("whoami", env={"RHUMB_ID_TOKEN_FILE": file + "x"}).fails()
    refused = "the registry gives no token for this CI job: "
    for what, claims in {"another repository": {"repository": "acme/other"}, "a tag": {"ref": "refs/tags/v1"},
                         "another audience": {"aud": "https://other"}, "too old": {"exp": int(time.time()) - 100}}.items():
        done = s.run("whoami", env={"RHUMB_ID_TOKEN": platform.token(**{"aud": server.address, **claims})})
        done.fails(refused)
        lacks(done.err, "eyJ")
        true(done.code == 1, what)
    s.run("whoami", env={"RHUMB_ID_TOKEN": "rubbish"}).fails(refused)
    s.run("whoami", env={**github, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}).fails("GitHub gives no token")
    tokens = server.api("{ tokens { tokens { prefix owner { name } scopes expiresAt } } }")["tokens"]["tokens"]
    true(all(token["expiresAt"] for token in tokens[1:]), "given tokens end")
    same({token["prefix"] for token in tokens[1:]}, {"rga_"}, "their prefix")
