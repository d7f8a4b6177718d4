"""Logins by passkey over HTTP, and what is refused of them."""

from authenticator import PRESENT, Authenticator
from harness import Server, Skipped, contains, lacks, same, test, true
from people import PASSWORD, Browser, join

ME = "{ me { name kind } }"
ORIGIN = "http://localhost:8484"
NAMED = ("--public-url", ORIGIN)


def log_in(browser, authenticator, **options):
    asked = browser.post("/auth/passkey/options", {})
    return browser.post("/auth/passkey", authenticator.answer(asked.json, **options))


def with_passkey(s):
    """-> a server, and what holds a passkey of Ann there"""
    server = s.server(flags=NAMED)
    authenticator = Authenticator(s, ORIGIN)
    made = authenticator.register(join(server, "ann@example.com", "VIEWER"), PASSWORD)
    same(made.json["data"]["confirmPasskey"], {"id": "1", "name": "Laptop"}, made.body)
    return server, authenticator


def code_of(answer):
    return answer.status, answer.json["errors"][0]["extensions"]["code"]


@test
def a_passkey_gets_its_person_in(s):
    server, authenticator = with_passkey(s)
    other = Browser(server.address)
    answer = log_in(other, authenticator, count=1)
    same(answer.status, 200, answer.body)
    contains(answer.headers["Set-Cookie"], "rhumb_session=", "Path=/", "HttpOnly", "SameSite=Lax")
    same(other.query(ME).json["data"]["me"], {"name": "Ann", "kind": "USER"}, "me")
    same(code_of(log_in(Browser(server.address), authenticator, count=1)), (401, "REFUSED"), "the count stays")
    log = server.api("{ auditLog(input: {page: {pageSize: 20}}) { entries { action object after } } }")
    entries = [entry for entry in log["auditLog"]["entries"] if entry["action"].startswith("login.")][:2]
    same([entry["action"] for entry in entries], ["login.fail", "login.ok"], "newest first")
    contains(entries[0]["after"]["reason"], "counter went backwards")
    same(entries[1]["after"], {"by": "passkey"}, "how")
    lacks("\n".join(server.log), authenticator.handle.decode())


@test
def what_is_no_answer_is_refused(s):
    server, authenticator = with_passkey(s)
    browser = Browser(server.address)
    good = authenticator.answer(browser.post("/auth/passkey/options", {}).json)
    for member in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for wrong in ("", "a+b", 7, None, [], "x" * 70000):
            said = {**good, "response": {**good["response"], member: wrong}}
            answer = browser.post("/auth/passkey", said)
            true(answer.status in (401, 422), f"{member} {str(wrong)[:10]}: {answer.status} {answer.body}")
    for wrong in ({}, {"id": good["id"]}, {**good, "id": ""}, {**good, "response": []}):
        same(browser.post("/auth/passkey", wrong).status, 422, str(wrong)[:60])
    for path in ("/auth/passkey", "/auth/passkey/options"):
        same(browser.post(path, good, site="cross-site").status, 403, "from another site")
        same(browser.send("POST", path, good, {"Content-Type": "text/plain"}).status, 422, "a form")
    same(browser.post("/auth/passkey", good).status, 200, "none of these has used the challenge up")
    same(code_of(browser.post("/auth/passkey", good)), (401, "REFUSED"), "once more")


@test
def attestations_are_asked_for_and_verified(s):
    server = s.server(flags=[*NAMED, "--passkey-attestation", "direct"])
    ann = join(server, "ann@example.com", "VIEWER")
    authenticator = Authenticator(s, ORIGIN)
    wrong = authenticator.register(ann, PASSWORD, says=lambda text: authenticator.says_itself(text + b"more"))
    same(authenticator.options["attestation"], "direct", "what browsers are asked for")
    same(wrong.json["errors"][0]["extensions"]["code"], "FORBIDDEN", wrong.body)
    contains(wrong.message, "the passkey's attestation (packed) is refused: its signature is wrong", "use another authenticator")
    unknown = authenticator.register(ann, PASSWORD, says=lambda _: (b"android-key", b"\xa0"))
    contains(unknown.message, "(android-key)", "not verified here", "--passkey-attestation none")
    same(ann.query("{ account { passkeys { id } } }").json["data"]["account"]["passkeys"], [], "nothing is stored")
    same(authenticator.register(ann, PASSWORD, says=authenticator.says_itself).json["data"]["confirmPasskey"]["name"], "Laptop", "true")
    same(log_in(Browser(server.address), authenticator, count=1).status, 200, "it gets Ann in")
    log = server.api('{ auditLog(input: {page: {pageSize: 20}}) { entries { action after } } }')
    same([entry["after"] for entry in log["auditLog"]["entries"] if entry["action"] == "account.passkey"],
         [{"name": "Laptop", "attestation": "self"}], "the log")
    server.stop()
    s.run("serve", "--listen", "127.0.0.1:0", "--passkey-attestation", "indirect").fails(
        'invalid --passkey-attestation "indirect"; use none or direct')


@test
def failures_are_slowed_down(s):
    server, authenticator = with_passkey(s)
    eve = Browser(server.address)
    for _ in range(8):
        same(code_of(log_in(eve, authenticator, flags=PRESENT)), (401, "REFUSED"), "not verified")
    slow = log_in(eve, authenticator)
    same(code_of(slow), (429, "LIMIT"), slow.body)
    true(int(slow.headers["Retry-After"]) >= 1, "it says how long to wait")
    same(eve.login("ann@example.com", PASSWORD).status, 429, "it is the account that waits")


@test
def removed_member_is_out(s):
    server, authenticator = with_passkey(s)
    server.api('mutation { removeMember(id: "1") { success } }')
    same(code_of(log_in(Browser(server.address), authenticator)), (401, "REFUSED"), "the passkey")


@test
def an_address_without_a_name_has_no_passkeys(s):
    server = s.server()
    ann = join(server, "ann@example.com", "VIEWER")
    same(ann.send("GET", "/auth/ways").json, {"oidc": None, "passkeys": False}, "ways")
    refused = ann.post("/auth/passkey/options", {})
    same(refused.status, 422, refused.body)
    contains(refused.message, "set --public-url")


@test
def a_login_ends_at_another_server_than_it_began(s):
    first, authenticator = with_passkey(s)
    if not first.store:
        raise Skipped("only servers of a PostgreSQL store share it (RHUMB_TEST_STORE)")
    second = Server(s, store=first.store, flags=NAMED)
    s.servers.append(second)
    second.start()
    options = Browser(first.address).post("/auth/passkey/options", {}).json
    there = Browser(second.address)
    said = authenticator.answer(options)
    same(there.post("/auth/passkey", said).status, 200, "at the second")
    same(there.query(ME).status, 200, "logged in")
    same(Browser(first.address).post("/auth/passkey", said).status, 401, "used up for both")
