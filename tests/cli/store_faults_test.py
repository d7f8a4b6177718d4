"""A registry on PostgreSQL whose line to the store is cut, or whose store is restarted."""

import os
import signal
import socket
import subprocess
import threading
import urllib.parse

import servers
from cutting_proxy import Cut, CuttingProxy
from databases import PooledDatabase, PostgresDatabase
from harness import Skipped, contains, same, test, true, wait_for
from receivers import Receiver
from scenes import FIRST, SECOND, all_database_names, push, send_report, small_report

CUT_TURNS_MAX = 40
WORKERS = 4
# Longer than a server keeps a message that it was about to send when it was killed.
TAKEN_OVER_SECONDS = 90
ROUNDS = int(os.environ.get("RHUMB_NODE_KILLS", "3"))
ROUND_SECONDS = float(os.environ.get("RHUMB_NODE_SECONDS", "0.7"))


def look_after(scratch, server):
    """The registry is stopped; its audit log and its projections are as they must be."""
    server.stop()
    scratch.run("audit", "verify", *server.store_flags).ok()
    contains(scratch.run("registry", "rebuild", *server.store_flags).ok().out, "nothing differed")


def through(proxy, address):
    """The URL of a store by way of the proxy."""
    return address._replace(netloc=address.netloc.rpartition(":")[0] + f":{proxy.port}").geturl()


def cut_everywhere(proxy, send):
    """Sends again and again, each time with another cut. -> cuts"""
    cuts = 0
    for when in ("before", "sent", "answered"):
        for turn in range(1, CUT_TURNS_MAX):
            proxy.was_cut = False
            proxy.cut = Cut(turn=proxy.turns + turn, when=when)
            send()
            if not proxy.was_cut:
                break
            cuts += 1
    proxy.cut = None
    return cuts


@test
def a_write_is_stored_once_wherever_the_line_to_the_store_is_cut(scratch):
    database = PostgresDatabase(scratch)
    proxy = CuttingProxy((database.server.hostname, database.server.port))
    scratch.stack.callback(proxy.close)
    server = scratch.server(store=through(proxy, urllib.parse.urlsplit(database.psql_url)))
    push(scratch, FIRST)
    reports, tokens = [], []

    def report():
        reports.append(f"db{len(reports)}")
        status, reply = send_report(server, small_report(reports[-1]))
        same((status, reply.get("errors")), (200, None), f"answer to {reports[-1]} with {proxy.cut}")

    def make_token():  # a second one would be another
        made = server.api("mutation T($input: CreateTokenInput!) { createToken(input: $input) { token { id } } }",
                          {"input": {"botID": "1", "scopes": ["dir:read"]}})
        tokens.append(made["createToken"]["token"]["id"])

    for send, cuts_min in ((report, 30), (make_token, 12)):
        send()
        send()  # what the server needs to know is prepared now
        cuts = cut_everywhere(proxy, send)
        true(cuts >= cuts_min, f"{cuts} cuts: BEGIN, the statements of a write and COMMIT, each in three ways")
    same(sorted(event["databaseName"] for event in server.migrations(page={"pageSize": 100})), sorted(reports),
         "events")
    same(server.api("{ tokens { pageInfo { total } } }")["tokens"]["pageInfo"]["total"], len(tokens) + 1, "tokens")
    look_after(scratch, server)


class DurablePostgres(servers.Postgres):
    """Keeps what it has committed however it ends, and looks how large its tables are, as servers do."""

    def command(self):
        return [*super().command(), "-c", "synchronous_commit=on", "-c", "autovacuum=on", "-c", "autovacuum_naptime=5s"]


class HaltAtCommit(Cut):
    """Stops before a COMMIT until it may go on, which is to be cut."""

    def __init__(self):
        super().__init__(text=b"COMMIT")
        self.is_reached, self.goes_on = threading.Event(), threading.Event()

    def begins(self, line):
        self.is_reached.set()
        self.goes_on.wait()


def crash(store):
    """Afterwards others are given the numbers of the transactions that it had not written down."""
    store.end(signal.SIGQUIT)
    store.launch()
    numbered = ["-c", "SELECT txid_current()"] * 40
    subprocess.run(["psql", "-qAtX", store.url, *numbered], check=True, capture_output=True)


@test
def what_a_crash_of_the_store_took_is_not_acknowledged(scratch):
    if not servers.Postgres.is_installed():
        raise Skipped("PostgreSQL is not installed (tools/setup test)")
    store = DurablePostgres()
    scratch.stack.callback(store.stop)
    store.start()
    address = urllib.parse.urlsplit(store.url)
    proxy = CuttingProxy((address.hostname, address.port))
    scratch.stack.callback(proxy.close)
    server = scratch.server(store=through(proxy, address))
    push(scratch, FIRST)
    send_report(server, small_report("first"))  # what the server needs to know is read now
    acknowledged = []
    for number in range(3):
        halt = HaltAtCommit()
        proxy.was_cut, proxy.cut = False, halt
        stopped = threading.Event()
        sender = threading.Thread(target=send_until, args=(stopped, server, f"{number}", acknowledged))
        sender.start()
        true(halt.is_reached.wait(20), "a report is about to be stored")
        crash(store)
        stopped.set()
        halt.goes_on.set()
        sender.join()
    same(len(acknowledged), 3, "acknowledged reports")
    same([name for name in acknowledged if name not in all_database_names(server)], [], "those that are gone")
    look_after(scratch, server)


def failed_report(name):
    """A run of one file that an error ended."""
    report = small_report(name)
    report["files"][0]["error"] = {"stmt": "SELECT 1", "text": "out of patience"}
    return {**report, "error": "out of patience", "currentVersion": ""}


def send_until(stopped, server, worker, acknowledged, failed=None):
    """Reports one after the other; what a killed server did not answer counts as not stored. With `failed`, now and
    then one of a run that failed, which is noted there as well."""
    number = 0
    while not stopped.is_set():
        number += 1
        name = f"{worker}-{number}"
        fails = failed is not None and number % 20 == 0
        try:
            status, reply = send_report(server, failed_report(name) if fails else small_report(name))
        except OSError:
            stopped.wait(0.05)
            continue
        if status == 200 and not reply.get("errors"):
            acknowledged.append(name)
            if fails:
                failed.append(name)


@test
def the_store_may_be_restarted_while_reports_arrive(scratch):
    if not servers.Postgres.is_installed():
        raise Skipped("PostgreSQL is not installed (tools/setup test)")
    store = DurablePostgres()
    scratch.stack.callback(store.stop)
    store.start()
    server = scratch.server(store=store.url)
    push(scratch, {**FIRST, **SECOND})
    acknowledged, stopped = [], threading.Event()
    workers = [threading.Thread(target=send_until, args=(stopped, server, worker, acknowledged))
               for worker in range(WORKERS)]
    for worker in workers:
        worker.start()
    for number in (signal.SIGINT, signal.SIGQUIT):  # fast, and at once as after a crash
        before = len(acknowledged)
        stopped.wait(0.7)
        true(len(acknowledged) > before, "reports are stored")
        store.end(number)
        stopped.wait(0.5)
        store.launch()
    before = len(acknowledged)
    stopped.wait(1.5)
    stopped.set()
    for worker in workers:
        worker.join()
    true(len(acknowledged) > before, "reports are stored again")
    stored = all_database_names(server)
    same([name for name in acknowledged if name not in stored], [], "acknowledged reports that are gone")
    look_after(scratch, server)
    server.kill()


def wait_until_told(receiver, failed, server):
    """Waits for the messages about failed runs. -> messages, which may be some more"""
    def missing():
        names = {body["deployment"]["target"].rpartition("/")[2] for body in receiver.bodies("/ok")}
        return [name for name in failed if name not in names]

    try:
        wait_for(lambda: not missing(), "a message of each failed run", seconds=TAKEN_OVER_SECONDS)
    except AssertionError as error:
        stored = all_database_names(server)
        gone = [name for name in missing() if name not in stored]
        waiting = [line for line in server.get("/metrics")[1].splitlines() if line.startswith("rhumb_webhook")]
        raise AssertionError(f"{error}: {missing()}, of which {gone} are not stored; {waiting}") from error
    return len(receiver.at("/ok"))


@test
def two_servers_of_one_store_lose_nothing_while_they_are_killed_in_turns(scratch):
    if not servers.Postgres.is_installed():
        raise Skipped("PostgreSQL is not installed (tools/setup test)")
    store = DurablePostgres()
    scratch.stack.callback(store.stop)
    store.start()
    flags = ["--webhook-allow", "127.0.0.0/8", "--webhook-rate", "0"]
    pair = [scratch.server(data=f"node{number}", store=store.url, flags=flags) for number in range(2)]
    push(scratch, {**FIRST, **SECOND})
    receiver = Receiver(scratch)
    scratch.run("cloud", "webhook", "create", "--url", f"{receiver.url}/ok", "--event", "deployment.failed").ok()
    acknowledged, failed, stopped = [], [], threading.Event()
    workers = [threading.Thread(target=send_until, args=(stopped, server, f"{index}-{worker}", acknowledged, failed))
               for index, server in enumerate(pair) for worker in range(2)]
    for worker in workers:
        worker.start()
    for round_number in range(ROUNDS):
        server = pair[round_number % 2]
        stopped.wait(ROUND_SECONDS)
        before = len(acknowledged)
        server.kill()
        stopped.wait(0.3)
        true(len(acknowledged) > before, "the other server goes on")
        server.start()
        if round_number * 3 in (ROUNDS, 2 * ROUNDS):
            store.end(signal.SIGQUIT)
            stopped.wait(0.5)
            store.launch()
    stopped.wait(ROUND_SECONDS)
    stopped.set()
    for worker in workers:
        worker.join()
    true(len(acknowledged) > 20 * ROUNDS, f"only {len(acknowledged)} reports were sent")
    told = wait_until_told(receiver, failed, pair[0])
    print(f"  {len(acknowledged)} reports acknowledged over {ROUNDS} kills; {len(failed)} of them failed, and {told} "
          "messages told of them")
    stored = all_database_names(pair[0])
    same([name for name in acknowledged if name not in stored], [], "acknowledged reports that are gone")
    same(all_database_names(pair[1]), stored, "what both servers show")
    pair[1].stop()
    look_after(scratch, pair[0])


@test
def a_token_revoked_at_one_server_is_refused_by_the_other(scratch):
    database = PostgresDatabase(scratch)
    one, two = (scratch.server(data=f"node{number}", store=database.url) for number in range(2))
    made = one.api("mutation T($input: CreateTokenInput!) { createToken(input: $input) { secret token { id } } }",
                   {"input": {"botID": "1", "scopes": ["cloud:read"]}})["createToken"]
    question = {"query": "{ me { name } }"}
    same([server.post(question, token=made["secret"])[0] for server in (one, two)], [200, 200], "while it is valid")
    one.api("mutation R($id: ID!) { revokeToken(id: $id) { success } }", {"id": made["token"]["id"]})
    same(one.post(question, token=made["secret"])[0], 401, "where it was revoked")
    wait_for(lambda: two.post(question, token=made["secret"])[0] == 401, "refused by the other", seconds=2)


@test
def a_store_that_never_answers_is_given_up(scratch):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes connections for it
        url = f"postgres://rhumb@127.0.0.1:{silent.getsockname()[1]}/rhumb?sslmode=disable"
        scratch.run("serve", "--listen", "127.0.0.1:0", "--store", url).fails("timeout expired")


@test
def a_store_behind_a_pooler_in_transaction_mode_is_refused(scratch):
    database = PooledDatabase(scratch)
    done = scratch.run("serve", "--store", database.pooled, "--listen", "127.0.0.1:0").fails("use a direct connection")
    same((done.out, done.err.count("\n")), ("", 1), "stdout and lines")
