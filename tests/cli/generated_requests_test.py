"""Requests nobody would write: made from the schema of the API, right and wrong in every way that the
types allow. The registry answers each of them, and keeps everything in order."""

import base64
import concurrent.futures
import os
import random
import time

from api_requests import Api
from api_world import OPERATIONS, World
from harness import contains, same, test, true

SECONDS = float(os.environ.get("RHUMB_REQUESTS_SECONDS", "3"))
SEED = int(os.environ.get("RHUMB_SEED", "0")) or random.randrange(1 << 32)
WORKERS = 4
# They could end the token that the requests are sent with.
ENDING = {"revokeToken", "removeBot", "rotateToken"}

TEXTS = ["", "a", "myapp", "shop", "repo-1", "prod", "load", "v1", "latest", "1", "20260512141500", "A B", "../x", "%",
         "'; DROP TABLE repos; --", "\x00", "\u202e", "é", "😀", "\ud7ff", "a" * 255, "a" * 256, "x" * 70000,
         "sqlite://db", "postgres://u:p@h:5432/d?x=1", "atlas://myapp?tag=v1", "{}", "[1]", "null", "\\", "\n", "h1:AAAA="]
NUMBERS = [0, 1, 2, -1, 20, 100, 101, 2**31 - 1, 2**31, -2**31, 2**63 - 1]
IDS = ["1", "2", "3", "7", "999999999", "-1", "0", "x", "", "9223372036854775807", "9223372036854775808", 1, 2]
TIMES = ["2026-11-01T12:00:00Z", "2026-11-01T12:00:05.123456789+05:30", "0001-01-01T00:00:00Z",
         "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "soon", "2026-13-01T00:00:00Z", ""]
DOCUMENTS = ["", "{", "}", "query", "{ me { name } } { me { name } }", "{ me { ...A } } fragment A on Me { ...A }",
             "{ " * 300, "{ me { name @skip(if: 1) } }", "query q($a: [Int!]! = [null]) { me { name } }", "subscription { x }",
             "{ __type(name: \"Repo\") { fields { type { ofType { ofType { name } } } } } }", "\ufeff{ me { name } }",
             "{ me { name name: org } }", "{ a: " + "me { name } a: " * 200 + "me { name } }", "\"" * 3, "{ me(x: 1) { name } }"]


class Maker:
    """Makes requests, the same ones for the same seed."""

    def __init__(self, api, world, seed):
        self.api, self.dir, self.random = api, world.dir, random.Random(seed)
        self.operations = list(api.operations().items())

    def value(self, type_, depth=0):
        odd = self.random.random()
        if odd < 0.015:
            return self.random.choice([None, 1, "x", [], {}, [[]], True, 1.5, {"id": "1"}])
        if type_["kind"] == "NON_NULL":
            return self.value(type_["ofType"], depth)
        if self.random.random() < 0.15:
            return None
        if type_["kind"] == "LIST":
            return [self.value(type_["ofType"], depth + 1) for _ in range(self.random.choice([0, 1, 1, 2, 5]))]
        return self.plain(self.api.types[type_["name"]], depth)

    def plain(self, type_, depth):
        if type_["kind"] == "ENUM":
            return self.random.choice(type_["enumValues"])["name"] if self.random.random() > 0.03 else "NONE"
        if type_["kind"] == "INPUT_OBJECT":
            return self.object(type_, depth)
        pools = {"String": TEXTS, "Int": NUMBERS, "ID": IDS, "Time": TIMES, "Boolean": [True, False],
                 "Float": [0.0, 1.5, -1e308, 1e308], "JSON": [{}, [], {"a": [1, {"b": None}]}, "x", 1, {"x" * 300: "y"}],
                 "Bytes": [self.dir, "", "AA==", "not base64", base64.b64encode(os.urandom(2000)).decode()]}
        return self.random.choice(pools[type_["name"]])

    def object(self, type_, depth):
        out = {}
        for member in type_["inputFields"]:
            needed = member["type"]["kind"] == "NON_NULL" and member["defaultValue"] is None
            if self.random.random() < (0.985 if needed else 0.4 / (1 + depth)):
                out[member["name"]] = self.value(member["type"], depth + 1)
        if self.random.random() < 0.02:
            out["nobodyKnows"] = 1
        return out

    def request(self):
        if self.random.random() < 0.04:
            return {"query": self.random.choice(DOCUMENTS), "variables": self.random.choice([None, {}, [], {"a": None}])}
        if self.random.random() < 0.01:
            return self.random.choice([[], None, 1, "x", {}, {"query": 1}, [{"query": "{ me { name } }"}] * 2,
                                       b"", b"{", b"\xff", b'{"query":"{me{name}}"', b"[" * 100000])
        operation, field = self.random.choice(self.operations)
        variables = {arg["name"]: self.value(arg["type"]) for arg in field["args"]}
        if field["name"] in ENDING:
            variables = {"id": "999999"} if "id" in variables else {"input": {"id": "999999"}}
        chosen = self.random.random()
        body = {"query": self.api.document(operation, self.random.choice([0, 1, 1, 2, 3]),
                                           lambda _field: self.random.random() < chosen + 0.1)}
        body["variables"] = variables
        if self.random.random() < 0.05:
            body["operationName"] = self.random.choice(["q", "nobody", None, 1])
        return body


def check(body, status, reply):
    codes = [error.get("extensions", {}).get("code") for error in (reply or {}).get("errors", [])]
    true(status < 500 and "INTERNAL" not in codes, f"seed {SEED}: {str(body)[:3000]}\n{status} {str(reply)[:1000]}")
    return not codes


def send_all(server, maker, until):
    """-> (requests, those that were answered without an error)"""
    sent = fine = 0
    while time.monotonic() < until:
        body = maker.request()
        fine += check(body, *server.post(body))
        sent += 1
    return sent, fine


@test
def any_request_is_answered_and_leaves_the_store_in_order(scratch):
    server = scratch.server()
    world = World(scratch, server, Api(server))
    world.prepare()
    for make in OPERATIONS.values():
        make(world)
    makers = [Maker(world.api, world, SEED + number) for number in range(WORKERS)]
    until = time.monotonic() + SECONDS
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        counts = list(pool.map(lambda maker: send_all(server, maker, until), makers))
    sent, fine = (sum(column) for column in zip(*counts))
    print(f"     {sent} requests, {fine} of them without an error")
    true(fine > sent / 10, f"seed {SEED}: only {fine} of {sent} requests were fine")
    same(server.api("{ me { name } }"), {"me": {"name": "admin"}}, "it still answers")
    same(server.stop(), 0, "exit status")
    scratch.run("audit", "verify", *server.store_flags, seconds=600).ok()
    contains(scratch.run("registry", "rebuild", *server.store_flags, seconds=600).ok().out, "nothing differed")
