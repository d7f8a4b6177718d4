"""A browser that keeps cookies, for tests of what people do at the pages of a registry."""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body or "{}")

    @property
    def message(self):
        return self.json["errors"][0]["message"]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Sends what a page of the registry sends; `site` is where the page that sends it is from."""

    def __init__(self, address):
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), _Stay())

    def send(self, method, path, body=None, headers=None, address=None):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request((address or self.address) + path, data=data, method=method,
                                         headers=headers or {})
        try:
            with self.opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.headers, refusal.read().decode())

    def post(self, path, body, site="same-origin", **headers):
        return self.send("POST", path, body, {"Content-Type": "application/json",
                                              "Sec-Fetch-Site": site, **headers})

    def query(self, document, variables=None, **options):
        return self.post("/query", {"query": document, "variables": variables or {}}, **options)

    def login(self, email, password, code=""):
        return self.post("/auth/login", {"email": email, "password": password, "code": code})

    def form(self, path, **fields):
        """As a program sends it."""
        return self.send("POST", path, urllib.parse.urlencode(fields).encode(),
                         {"Content-Type": "application/x-www-form-urlencoded"})


PASSWORD = "a long secret"


def invite(server, email, *roles):
    """-> the secret of the one-time address"""
    made = server.api("mutation I($input: InviteMemberInput!) { inviteMember(input: $input) { id inviteURL } }",
                      {"input": {"email": email, "roles": list(roles)}})["inviteMember"]
    return made["inviteURL"].split("#")[1]


def join(server, email, *roles, name="Ann"):
    """A browser in which somebody has accepted an invitation."""
    browser = Browser(server.address)
    answer = browser.post("/auth/invitation",
                          {"code": invite(server, email, *roles), "name": name, "password": PASSWORD})
    if answer.status != 200:
        raise AssertionError(f"{answer.status} {answer.body}")
    return browser
