"""Accounts of people: invitations, logins, sessions, and requests that another site forged."""

import base64
import hashlib
import hmac
import os
import re
import struct
import time

from harness import contains, lacks, matches, same, test, true, wait_for
from people import PASSWORD, Browser, invite, join

ME = "{ me { name kind roles } }"


def code_of(secret, step=None):
    """RFC 6238, by its text."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 if step is None else step)
    mac = hmac.new(key, counter, hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@test
def invitation_to_logout(s):
    server = s.server()
    ann = Browser(server.address)
    secret = invite(server, "ann@example.com", "DEVELOPER")
    same(ann.post("/auth/invitation", {"code": secret}).json["email"], "ann@example.com", "whom it is for")
    same(ann.post("/auth/invitation", {"code": secret, "name": "Ann", "password": "short"}).status, 422, "weak")
    joined = ann.post("/auth/invitation", {"code": secret, "name": "Ann", "password": PASSWORD})
    same(joined.status, 200, joined.body)
    cookie = joined.headers["Set-Cookie"]
    contains(cookie, "rhumb_session=", "Path=/", "HttpOnly", "SameSite=Lax")
    lacks(cookie, "Secure", "Domain")
    same(ann.query(ME).json["data"]["me"], {"name": "Ann", "kind": "USER", "roles": ["DEVELOPER"]}, "me")
    same(ann.post("/auth/invitation", {"code": secret, "name": "Eve", "password": PASSWORD}).status, 410, "used")
    same(ann.send("GET", "/events?set=x").status, 404, "events are for sessions too")
    same(ann.post("/auth/logout", {}).status, 200, "logout")
    same(ann.query(ME).status, 401, "after the logout")
    same(ann.login("ann@example.com", "another secret").status, 401, "wrong password")
    same(ann.login("Ann@Example.com", PASSWORD).status, 200, "login")
    same(ann.query(ME).status, 200, "after the login")
    log = "\n".join(server.log)
    lacks(log, PASSWORD, secret)


@test
def stolen_cookie_is_worth_nothing_after_the_logout(s):
    server = s.server()
    ann = join(server, "ann@example.com", "VIEWER")
    cookie = "; ".join(f"{c.name}={c.value}" for c in ann.cookies)
    thief = Browser(server.address)
    same(thief.query(ME, Cookie=cookie).status, 200, "a stolen cookie")
    same(ann.post("/auth/logout", {}).status, 200, "logout")
    same(thief.query(ME, Cookie=cookie).status, 401, "after the logout")


@test
def forged_requests_are_refused(s):
    server = s.server()
    ann = join(server, "ann@example.com", "ADMIN")
    change = {"query": 'mutation { updateOrganization(input: {name: "evil"}) { name } }'}
    plain = {"Content-Type": "text/plain", "Sec-Fetch-Site": "same-origin"}
    for what, answer in {
        "another site": ann.post("/query", change, site="cross-site"),
        "another host of the site": ann.post("/query", change, site="same-site"),
        "another origin": ann.post("/query", change, Origin="https://evil.test"),
        "a form": ann.send("POST", "/query", change, plain),
        "nobody knows where": ann.send("POST", "/query", change, {"Content-Type": "application/json"}),
        "another path": ann.post("/anything", change, site="cross-site"),
    }.items():
        same(answer.status, 403, what)
        same(answer.message, "a session is taken from pages of this registry only", what)
    same(ann.post("/auth/logout", {}, site="cross-site").status, 403, "logout")
    same(Browser(server.address).post("/auth/login", {"email": "a", "password": "b"}, site="cross-site").status, 403,
         "login")
    same(server.api("{ organization { name } }")["organization"]["name"], "default", "nothing was changed")
    same(ann.query(change["query"]).status, 200, "from a page of ours")
    # A token is no cookie: programs do not say where they come from.
    same(server.post(change)[0], 200, "by token")
    # And beside a token no cookie counts.
    same(ann.query(ME, Authorization="Bearer wrong").status, 401, "a wrong token beside a session")
    same(ann.query(ME, Authorization="Bearer").status, 401, "an empty token beside a session")


def set_up_app(person):
    """-> what the registry proposed, the code that confirmed it, the recovery codes"""
    proposal = person.query("mutation P($p: String!) { proposeApp(password: $p) { secret uri } }",
                            {"p": PASSWORD}).json["data"]["proposeApp"]
    code = code_of(proposal["secret"])
    confirmed = person.query("mutation C($c: String!) { confirmApp(code: $c) { codes } }", {"c": code})
    return proposal, code, confirmed.json["data"]["confirmApp"]["codes"]


@test
def app_with_codes(s):
    server = s.server()
    ann = join(server, "ann@example.com", "VIEWER")
    proposal, code, codes = set_up_app(ann)
    contains(proposal["uri"], proposal["secret"])
    same(len(codes), 10, "recovery codes")
    other = Browser(server.address)
    asked = other.login("ann@example.com", PASSWORD)
    same((asked.status, asked.json["errors"][0]["extensions"]["code"]), (401, "CODE_NEEDED"), "asked for a code")
    same(other.login("ann@example.com", PASSWORD, code).status, 401, "a used code")
    next_code = code_of(proposal["secret"], int(time.time()) // 30 + 1)
    same(other.login("ann@example.com", PASSWORD, next_code).status, 200, "the next code")
    same(other.login("ann@example.com", PASSWORD, codes[0]).status, 200, "a recovery code")
    same(other.login("ann@example.com", PASSWORD, codes[0]).status, 401, "once more")
    for text in (*codes, proposal["secret"], PASSWORD):
        same([row for row in audit_log(server) if text in str(row)], [], "secrets in the audit log")


@test
def an_app_needs_the_key_that_it_is_sealed_with(s):
    server = s.server(store="")
    proposal, _, codes = set_up_app(join(server, "ann@example.com", "VIEWER"))
    key = os.path.join(server.data, "seal.key")
    server.stop()
    os.rename(key, s.file_path("former.key"))
    server.start()
    wait_for(lambda: any("codes of people's apps cannot be checked" in line and key in line for line in server.log),
             "what the log says of the key")
    other = Browser(server.address)
    code = code_of(proposal["secret"], int(time.time()) // 30 + 1)
    refused = other.login("ann@example.com", PASSWORD, code)
    same(refused.status, 422, refused.body)
    contains(refused.message, key, "recovery code", "resetMember")
    same([entry["after"] for entry in audit_log(server) if entry["action"] == "login.fail"],
         [{"reason": refused.message}], "what the audit log says of it")
    same(other.query(ME).status, 401, "a session without the second factor")
    same(other.login("ann@example.com", PASSWORD, codes[0]).status, 200, "a recovery code")
    server.stop()
    s.run("registry", "copy", "--from", f"sqlite:{server.data}", "--to", "sqlite:moved").ok()
    moved = s.server(data="moved", store="", flags=["--seal-key-file", s.file_path("former.key")])
    code = code_of(proposal["secret"], int(time.time()) // 30 + 1)
    same(Browser(moved.address).login("ann@example.com", PASSWORD, code).status, 200, "with the key beside the store")


@test
def an_app_from_before_sealing_is_sealed_by_a_start(s):
    server = s.server(store="")
    proposal, _, _ = set_up_app(join(server, "ann@example.com", "VIEWER"))
    server.stop()
    secret = base64.b32decode(proposal["secret"])
    server.change_store(f"UPDATE users SET totp_secret = x'{secret.hex()}'")
    server.start()
    wait_for(lambda: "the apps of 1 person are sealed now" in "\n".join(server.log), "what the log says")
    code = code_of(proposal["secret"], int(time.time()) // 30 + 1)
    same(Browser(server.address).login("ann@example.com", PASSWORD, code).status, 200, "the code")
    server.stop()
    for name in sorted(os.listdir(server.data)):
        with open(os.path.join(server.data, name), "rb") as file:
            same(file.read().find(secret), -1, f"where {name} has the secret as it is")


def audit_log(server):
    return server.api("{ auditLog(input: {page: {pageSize: 100}}) { entries { action object actor { kind name } "
                      "before after ip userAgent } } }")["auditLog"]["entries"]


@test
def failures_are_told_and_slowed_down(s):
    server = s.server()
    join(server, "ann@example.com", "VIEWER")
    eve = Browser(server.address)
    answers = {eve.login(email, "wrong password").body
               for email in ("ann@example.com", "nobody@example.com", "x") for _ in range(2)}
    same(len(answers), 1, "one answer for all failures")
    for _ in range(6):
        eve.login("ann@example.com", "wrong password")
    refused = eve.login("ann@example.com", PASSWORD)
    same(refused.status, 429, refused.body)
    true(int(refused.headers["Retry-After"]) >= 1, "it says how long to wait")
    fails = [entry for entry in audit_log(server) if entry["action"] == "login.fail"]
    same(len(fails), 12, "failures in the audit log")
    same({entry["object"] for entry in fails}, {"user", "user/1"}, "what they were for")


@test
def logins_of_nobody_take_as_long(s):
    server = s.server()
    join(server, "ann@example.com", "VIEWER")
    browser = Browser(server.address)
    times = {"ann@example.com": [], "nobody@example.com": []}
    for email, taken in times.items():
        for _ in range(5):
            begin = time.monotonic()
            browser.login(email, "wrong password")
            taken.append(time.monotonic() - begin)
    known, unknown = (sorted(taken)[1] for taken in times.values())
    true(0.3 < known / unknown < 3, f"{known} and {unknown} seconds")


@test
def removed_member_is_out_at_once(s):
    server = s.server()
    ann = join(server, "ann@example.com", "DEVELOPER")
    token = ann.query("mutation { createToken(input: {}) { secret } }").json["data"]["createToken"]["secret"]
    same(server.post({"query": ME}, token=token)[0], 200, "a personal token")
    server.api('mutation { removeMember(id: "1") { success } }')
    same(server.post({"query": ME}, token=token)[0], 401, "the token")
    same(ann.query(ME).status, 401, "the session")
    same(ann.login("ann@example.com", PASSWORD).status, 401, "the password")


@test
def first_person_is_set_up_by_the_last_address(s):
    server = s.server()
    first = matches("\n".join(server.lines), r"Set-up URL: http://[^/]+(/setup/\S+)")[1]
    server.stop()
    server.start()
    second = matches("\n".join(server.lines), r"Set-up URL: http://[^/]+(/setup/\S+)")[1]
    browser = Browser(server.address)
    person = {"name": "Olga", "email": "olga@example.com", "password": PASSWORD}
    same(browser.post(first, person).status, 410, "of the start before")
    same(browser.post(second, {**person, "password": "short"}).status, 422, "a weak password")
    answer = browser.post(second, person)
    same(answer.status, 200, answer.body)
    true(re.fullmatch(r"rgp_\w{43}", answer.json["token"]), "a token")
    same(browser.query(ME).json["data"]["me"], {"name": "Olga", "kind": "USER", "roles": ["OWNER"]}, "me")
    same(Browser(server.address).login("olga@example.com", PASSWORD).status, 200, "login")
    server.stop()
    server.start()
    lacks("\n".join(server.lines), "Set-up URL")


@test
def behind_https_cookies_are_bound_to_the_host(s):
    server = s.server(flags=("--public-url", "https://registry.test"))
    secret = invite(server, "ann@example.com", "VIEWER")
    ann = Browser(server.address)
    joined = ann.post("/auth/invitation", {"code": secret, "name": "Ann", "password": PASSWORD},
                      Origin="https://registry.test")
    cookie = joined.headers["Set-Cookie"]
    contains(cookie, "__Host-rhumb_session=", "; Secure", "; Path=/", "; HttpOnly")
    lacks(cookie, "Domain")
    value = cookie.split("=", 1)[1].split(";")[0]
    same(ann.query(ME, Cookie=f"__Host-rhumb_session={value}").status, 200, "the cookie")
    same(ann.query(ME, Cookie=f"rhumb_session={value}").status, 401, "under the name that others could set")


def device_code(s, child):
    """What a waiting `rhumb login` shows. -> (address, code)"""
    lines = [child.stderr.readline() for _ in range(3)]
    page = matches(lines[0], r"^Open (\S+)$")[1]
    return page, matches(lines[1], r"^and confirm the code (\S+)$")[1]


DECIDE = "mutation D($input: DecideDeviceInput!) { decideDevice(input: $input) { success } }"


@test
def login_of_a_command_line(s):
    server = s.server()
    ann = join(server, "ann@example.com", "DEVELOPER")
    del s.environment["ATLAS_TOKEN"]
    child = s.start("login", "--browser", "--url", server.endpoint)
    page, code = device_code(s, child)
    same(page, f"{server.address}/device?code={code}", "the page")
    asked = ann.query("query D($c: String!) { device(userCode: $c) { client ip } }", {"c": code})
    contains(asked.json["data"]["device"]["client"], "rhumb-cli, Atlas/")
    same(ann.query(DECIDE, {"input": {"userCode": code, "approve": True}}).status, 200, "let in")
    done = s.finish(child).ok()
    same(done.out, f'You are now connected to "default" on {server.endpoint}.\n', "stdout")
    s.environment.pop("ATLAS_CLOUD_URL")
    contains(s.run("whoami", "--verbose").ok().out, "Ann", "USER", "DEVELOPER")
    server.api('mutation { removeMember(id: "1") { success } }')
    s.run("whoami").fails()


@test
def login_of_a_command_line_is_refused(s):
    server = s.server()
    ann = join(server, "ann@example.com", "VIEWER")
    del s.environment["ATLAS_TOKEN"]
    child = s.start("login", "--browser", "--url", server.endpoint)
    _, code = device_code(s, child)
    ann.query(DECIDE, {"input": {"userCode": code, "approve": False}})
    s.finish(child).fails("the login was refused at the registry")
    s.run("login", "--url", server.endpoint).fails("no token: pass --token or set ATLAS_TOKEN")
    s.run("login", "--browser", "--url", "http://127.0.0.1:1/query").fails()
    # What is no registry of ours offers no such login.
    s.run("login", "--browser", "--url", server.address + "/livez").fails("the registry offers no login by browser")


@test
def device_endpoints_by_the_standard(s):
    server = s.server()
    client = Browser(server.address)
    made = client.form("/oauth/device_authorization", client_id="test")
    same(made.headers["Cache-Control"], "no-store", "not cached")
    grant = made.json
    same(sorted(grant), ["device_code", "expires_in", "interval", "user_code", "verification_uri",
                         "verification_uri_complete"], "members")
    kind = "urn:ietf:params:oauth:grant-type:device_code"
    for what, answer, want in (
            ("pending", client.form("/oauth/token", grant_type=kind, device_code=grant["device_code"], client_id="test"),
             "authorization_pending"),
            ("early", client.form("/oauth/token", grant_type=kind, device_code=grant["device_code"], client_id="test"),
             "slow_down"),
            ("unknown", client.form("/oauth/token", grant_type=kind, device_code="x"), "invalid_grant"),
            ("no code", client.form("/oauth/token", grant_type=kind), "invalid_request"),
            ("another grant", client.form("/oauth/token", grant_type="password", username="a"), "unsupported_grant_type"),
            ("no form", client.post("/oauth/token", {"grant_type": kind}), "invalid_request"),
            ("no client", client.form("/oauth/device_authorization"), "invalid_request")):
        same((answer.status, answer.json["error"]), (400, want), what)
