"""A registry on its folder that is killed while reports arrive: nothing acknowledged is lost, nothing is there twice."""

import concurrent.futures
import contextlib
import os
import random
import sqlite3
import threading

from harness import contains, same, test, true
from scenes import FIRST, SECOND, push, send_report, small_report

KILLS = int(os.environ.get("RHUMB_SERVER_KILLS", "5"))
WORKERS = 4


def send_each(stopped, server, worker, acknowledged):
    """One report after the other, each again until the server says that it has it."""
    number = 0
    while not stopped.is_set():
        number += 1
        name = f"{worker}-{number}"
        while not stopped.is_set():
            try:
                status, reply = send_report(server, small_report(name), timeout=10)
            except OSError:
                status, reply = 503, {}
            if status == 503:  # not there, or not ready yet
                stopped.wait(0.02)
                continue
            same((status, reply.get("errors")), (200, None), f"answer to {name}")
            acknowledged.append(name)
            break
        stopped.wait(0.002)


def stored_events(server):
    """-> {name of a database: its events}"""
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "registry.db"))) as store:
        return dict(store.execute("SELECT d.name, count(*) FROM events e JOIN databases d ON d.id = e.database_id "
                                  "GROUP BY d.name"))


@test
def a_server_loses_nothing_and_keeps_nothing_twice_however_often_it_is_killed(scratch):
    server = scratch.server()
    server.needs_folder()
    push(scratch, {**FIRST, **SECOND})
    chance = random.Random(int(os.environ.get("RHUMB_SEED", "0")) or None)
    acknowledged, stopped = [], threading.Event()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(send_each, stopped, server, worker, acknowledged) for worker in range(WORKERS)]
        for _ in range(KILLS):
            stopped.wait(chance.uniform(0.02, 0.35))
            server.kill()
            server.start()
        stopped.wait(0.3)
        stopped.set()
    for worker in workers:
        worker.result()  # what it raised
    same(server.stop(), 0, "exit status")
    print(f"     {len(acknowledged)} reports acknowledged over {KILLS} kills")
    true(len(acknowledged) > 5 * KILLS, f"only {len(acknowledged)} reports were acknowledged")
    stored = stored_events(server)
    same([name for name in acknowledged if name not in stored], [], "acknowledged reports that are gone")
    same({name: count for name, count in stored.items() if count > 1}, {}, "reports that are stored twice")
    scratch.run("audit", "verify", *server.store_flags, seconds=600).ok()
    contains(scratch.run("registry", "rebuild", *server.store_flags, seconds=600).ok().out, "nothing differed")
