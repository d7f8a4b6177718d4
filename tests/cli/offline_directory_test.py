"""The registry is away while a directory is read from it: what stands in, how soon, and what does not."""

import os
import time

from harness import contains, lacks, same, test, true
from recording_proxy import RecordingProxy
from scenes import FIRST, FULL_TAG, REGISTRY_PROJECT, SECOND, SECOND_VERSION, apply, push, tables

NOT_LOOPBACK = "127.0.0.2"  # to a client any host: it waits between its attempts
SECONDS_MAX = 8  # four retries alone wait for 15
COPY = 'Warning: the registry does not answer; using the copy of "myapp" that it sent earlier\n'


def far_registry(scratch):
    """A pushed directory with a tag, and a way to the registry that can be cut. -> (server, proxy)"""
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    push(scratch, {**FIRST, **SECOND}, name=f"myapp:{FULL_TAG}")
    proxy = RecordingProxy(server, host=NOT_LOOPBACK)
    scratch.environment["ATLAS_CLOUD_URL"] = proxy.endpoint
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    return server, proxy


def cut(server, proxy):
    proxy.close()
    same(server.stop(), 0, "exit of the registry")


def timed(scratch, database, directory, *more):
    started = time.monotonic()
    done = apply(scratch, database, "--dir", directory, "--report-timeout", "1s", *more)
    return done, time.monotonic() - started


@test
def a_copy_of_a_tag_stands_in_at_once(scratch):
    server, proxy = far_registry(scratch)
    for selector in (f"tag={FULL_TAG}", f"version={SECOND_VERSION}"):
        apply(scratch, "first.db", "--dir", f"atlas://myapp?{selector}").ok()
    cut(server, proxy)
    for selector in (f"tag={FULL_TAG}", f"version={SECOND_VERSION}"):
        database = f"{selector[:3]}.db"
        done, seconds = timed(scratch, database, f"atlas://myapp?{selector}")
        contains(done.ok().err, COPY)
        same(tables(scratch, database), ["orders", "users"], f"tables, {selector}")
        true(seconds < SECONDS_MAX, f"{selector}: {seconds:.1f} s")


@test
def the_latest_state_stands_in_only_when_allowed(scratch):
    server, proxy = far_registry(scratch)
    apply(scratch, "first.db").ok()
    cut(server, proxy)
    done, seconds = timed(scratch, "allowed.db", "atlas://myapp", "--allow-stale")
    contains(done.ok().err, COPY)
    same(tables(scratch, "allowed.db"), ["orders", "users"], "tables")
    true(seconds < SECONDS_MAX, f"{seconds:.1f} s")
    scratch.environment["ATLAS_CLOUD_URL"] = server.endpoint  # no waits on the loopback address
    lacks(timed(scratch, "refused.db", "atlas://myapp")[0].fails("connect").err, "copy")
    true(not os.path.exists(scratch.file_path("refused.db")), "no database was opened")


@test
def a_copy_that_was_changed_does_not_stand_in(scratch):
    server, _ = far_registry(scratch)
    scratch.reach(server)
    directory = f"atlas://myapp?tag={FULL_TAG}"
    apply(scratch, "first.db", "--dir", directory).ok()
    same(server.stop(), 0, "exit of the registry")
    folder = os.path.join(scratch.home, ".atlas", "cache")
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with open(path, "rb") as f:
            archive = f.read()
        with open(path, "wb") as f:
            f.write(archive.replace(b"amber", b"umber"))
    lacks(timed(scratch, "second.db", directory)[0].fails("connect").err, "copy")
    true(not os.path.exists(scratch.file_path("second.db")), "no database was opened")


@test
def a_copy_without_the_version_does_not_stand_in(scratch):
    server, _ = far_registry(scratch)
    scratch.reach(server)
    apply(scratch, "first.db", "--dir", f"atlas://myapp?version={SECOND_VERSION}").ok()
    same(server.stop(), 0, "exit of the registry")
    done, _ = timed(scratch, "second.db", "atlas://myapp?version=20990101000000")
    lacks(done.fails("connect").err, "copy")
