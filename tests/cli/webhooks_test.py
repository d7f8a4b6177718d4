"""Webhooks: what real receivers get, whatever they and the registry do."""

import hashlib
import hmac
import json
import socket
import time

import registry_store
from harness import Skipped, contains, lacks, matches, same, test, true, wait_for
from receivers import MailServer, Receiver
from scenes import apply, push, send_report, small_report
from webhook_calls import create, deliveries, ping

SECRET = "a-secret-of-the-receiver"
# Longer than a claim lasts, where other servers may have made it.
TAKEN_OVER_SECONDS = 90
FILES = {"1_a.sql": "CREATE TABLE a (id integer);\n", "2_b.sql": "CREATE TABLE b (id integer);\n"}


def told(scratch, *flags, allow="127.0.0.0/8"):
    """A registry whose webhooks may reach this machine. -> server"""
    return scratch.server(flags=[*(["--webhook-allow", allow] if allow else []), *flags])


def report(server, name):
    status, reply = send_report(server, small_report(name))
    same((status, reply.get("errors")), (200, None), "answer")


@test
def a_failed_deployment_arrives_signed_and_says_what_to_do(scratch):
    server, receiver = told(scratch), Receiver(scratch)
    scratch.write("secret.txt", SECRET + "\n")
    webhook = create(scratch, f"{receiver.url}/hook?token=t0ken", "--secret-file", "secret.txt", "--event", "deployment.failed")
    push(scratch, FILES, name="app")
    scratch.write("atlas.hcl", 'env {\n  name = atlas.env\n  migration {\n    dir = "atlas://app"\n  }\n}\n')
    apply(scratch, "shop.db", "--to-version", "1").ok()
    scratch.query("shop.db", "CREATE TABLE b (other integer)")
    apply(scratch, "shop.db").fails("already exists")
    arrived = wait_for(lambda: receiver.at("/hook?token=t0ken"), "the receiver is told")
    path, headers, body = arrived[0]
    same(headers["X-Registry-Event"], "deployment.failed", "event")
    same(headers["X-Hub-Signature-256"], "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(), "signature")
    same(headers["X-Hub-Signature"], "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest(), "old signature")
    message = json.loads(body)
    same(message["repo"]["slug"], "app", "repository")
    same(message["deployment"]["failure"]["file"], "2_b.sql", "file")
    contains(message["deployment"]["failure"]["text"], "already exists")
    same(message["deployment"]["failure"]["statement"], "CREATE TABLE b (id integer);", "statement")
    same(message["url"], f"{server.address}/deployments/2", "page")
    listed = scratch.run("cloud", "webhook", "list").ok().quiet().out
    contains(listed, "GENERIC", "deployment.failed", "token=xxxxx")
    shown = scratch.run("cloud", "webhook", "deliveries", "--id", webhook).ok().quiet().out
    contains(shown, "deployment.failed", "delivered")
    everything = listed + shown + json.dumps(deliveries(server, webhook)) + "\n".join(server.log)
    lacks(everything, SECRET, "t0ken")


@test
def a_ping_tells_what_became_of_it(scratch):
    server, receiver = told(scratch), Receiver(scratch, target="http://169.254.169.254/latest/meta-data")
    good = create(scratch, f"{receiver.url}/ok")
    contains(ping(scratch, good).ok().quiet().out, "delivered")
    same([headers["X-Registry-Event"] for _, headers, _ in receiver.at("/ok")], ["ping"], "what arrived")
    failing = create(scratch, f"{receiver.url}/fail")
    done = ping(scratch, failing)
    same(done.code, 1, "exit status")
    contains(done.out, "the receiver answered with status 500; again at ")
    redirecting = create(scratch, f"{receiver.url}/redirect")
    contains(ping(scratch, redirecting).out, "redirects (status 302), which is not followed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    nobody = create(scratch, f"http://127.0.0.1:{closed}/x")
    contains(ping(scratch, nobody).out, "again at ")
    again = scratch.run("cloud", "webhook", "redeliver", "--delivery", deliveries(server, good)[0]["id"]).ok().quiet()
    contains(again.out, "waits")
    wait_for(lambda: len(receiver.at("/ok")) == 2, "it is sent again")
    guids = [headers["X-Registry-Delivery"] for _, headers, _ in receiver.at("/ok")]
    same(len(set(guids)), 2, "numbers of the deliveries")
    same(receiver.bodies("/ok")[0]["id"], receiver.bodies("/ok")[1]["id"], "number of the alert")


@test
def nothing_inside_is_reached_unless_it_is_allowed(scratch):
    told(scratch, allow=None)
    receiver = Receiver(scratch)
    scratch.run("cloud", "webhook", "create", "--url", f"{receiver.url}/x").fails("127.0.0.1 is a loopback address", "--webhook-allow")
    for host in ("localhost", "2130706433", "0x7f000001"):
        webhook = create(scratch, f"http://{host}:{receiver.port}/x")
        done = ping(scratch, webhook)
        same(done.code, 1, "exit status")
        contains(done.out, " is a loopback address")
    same(receiver.requests, [], "what arrived")


@test
def slow_receivers_hold_up_nobody(scratch):
    server, receiver = told(scratch), Receiver(scratch)
    late = [create(scratch, f"{receiver.url}/late/{i}", "--event", "dir.pushed") for i in range(8)]
    create(scratch, f"{receiver.url}/ok", "--event", "dir.pushed")
    for i in range(4):
        push(scratch, {**FILES, f"{i + 3}_x.sql": "SELECT 1;\n"}, name="app")
    wait_for(lambda: len(receiver.at("/ok")) == 4, "the other receiver has everything", 8)
    wait_for(lambda: receiver.at("/late/0"), "the late one is told as well")
    same(len(receiver.at("/late/0")), 1, "one message at a time")
    failed = wait_for(lambda: [d for d in deliveries(server, late[0]) if d["attempt"] == 1], "the time is over", 25)
    same((failed[0]["delivered"], failed[0]["status"]), (False, None), "an answer that comes too late")
    contains(failed[0]["error"], "timed out")
    true(failed[0]["nextAttempt"] is not None, "it is tried again")
    same(server.stop(), 0, "exit status")


@test
def nothing_is_lost_when_the_registry_is_killed(scratch):
    server, receiver = told(scratch, "--webhook-rate", "0"), Receiver(scratch, pause=0.05)
    webhook = create(scratch, f"{receiver.url}/slow", "--event", "deployment.passed")
    sent = set()
    for round_ in range(4):
        for i in range(10):
            report(server, f"db-{round_}-{i}")
            sent.add(f"db-{round_}-{i}")
        time.sleep(0.2)
        server.kill()
        server.start()

    def arrived():
        return {body["deployment"]["target"].rpartition("/")[2] for body in receiver.bodies("/slow")}

    seconds = 30 if registry_store.is_embedded() else TAKEN_OVER_SECONDS
    wait_for(lambda: arrived() >= sent, "everything has arrived", seconds)
    same(arrived(), sent, "what has arrived")
    wait_for(lambda: all(d["delivered"] for d in deliveries(server, webhook)), "all of it is noted", seconds)
    guids = [headers["X-Registry-Delivery"] for _, headers, _ in receiver.at("/slow")]
    same(len(set(guids)), len(sent), "numbers of the deliveries")
    # At most what was under way at a kill arrives twice.
    true(len(guids) <= len(sent) + 4, f"{len(guids) - len(sent)} arrived twice")


@test
def two_registries_tell_once(scratch):
    if registry_store.is_embedded():
        raise Skipped("an embedded store has one server")
    first, receiver = told(scratch, "--webhook-rate", "0"), Receiver(scratch)
    second = told(scratch, "--webhook-rate", "0")
    create(scratch, f"{receiver.url}/ok", "--event", "deployment.passed")
    for i in range(40):
        report((first, second)[i % 2], f"db-{i}")
    wait_for(lambda: len(receiver.at("/ok")) >= 40, "everything has arrived")
    time.sleep(1.5)
    same(len(receiver.at("/ok")), 40, "messages")
    second.kill()
    for i in range(5):
        report(first, f"late-{i}")
    wait_for(lambda: len(receiver.at("/ok")) == 45, "the other one goes on", TAKEN_OVER_SECONDS)


@test
def mail_is_sent(scratch):
    mail = MailServer(scratch)
    told(scratch, "--smtp-url", mail.url, "--smtp-from", "Rhumb <rhumb@registry.example>")
    webhook = create(scratch, "mailto:dba@example.com,ops@example.com", "--type", "email")
    contains(ping(scratch, webhook).ok().quiet().out, "delivered")
    sender, recipients, text = mail.mails[0]
    same((sender, recipients), ("rhumb@registry.example", ["dba@example.com", "ops@example.com"]), "envelope")
    contains(text, "Subject: This is a test message of the registry\r\n", "X-Registry-Event: ping\r\n", "/settings/webhooks/1")


@test
def commands_explain_what_is_wrong(scratch):
    told(scratch)
    scratch.run("cloud", "webhook", "create").fails("one of --url and --url-file is required")
    scratch.run("cloud", "webhook", "create", "--url", "https://x.example", "--event", "nothing").fails('unknown event "nothing"; there are ping, ')
    scratch.run("cloud", "webhook", "create", "--url", "https://x.example", "--type", "fax").fails("WebhookType")
    scratch.run("cloud", "webhook", "create", "--url", "mailto:a@b.example", "--type", "email").fails("--smtp-url")
    scratch.run("cloud", "webhook", "update", "--id", "1").fails("nothing to change")
    scratch.run("cloud", "webhook", "rm", "--id", "9").fails("webhook not found")
    same(scratch.run("cloud", "webhook", "list").ok().quiet().out, "No webhooks found.\n", "list")
    webhook = create(scratch, "https://x.example/hook", "--event", "dir.pushed", "--env", "prod*")
    changed = scratch.run("cloud", "webhook", "update", "--id", webhook, "--event", "", "--enabled=false").ok().quiet().out
    contains(changed, "(the usual)", "disabled")
    matches(scratch.run("cloud", "webhook", "list").ok().out, r"prod\*")
    scratch.run("cloud", "webhook", "rm", "--id", webhook).ok().quiet()
