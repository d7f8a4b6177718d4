"""Checkpoints of the audit log in places outside, evidence packs, pruning, and secrets taken out."""

import hashlib
import io
import json
import os
import tarfile

from fake_cloud import AWS_KEY, AWS_SECRET, FakeServer, header_signature
from harness import contains, lacks, matches, same, test, true, wait_for
from scenes import FIRST, REGISTRY_PROJECT, SECOND, apply, push

OFTEN = ("--audit-checkpoint-every", "100ms")


class FakeObjects(FakeServer):
    """A service that speaks S3 and takes objects; every request has to be signed as it is."""

    def __init__(self, scratch):
        self.objects, self.is_away, self.faults = {}, False, []
        super().__init__(scratch, self.answer)

    def answer(self, request, body):
        theirs, ours = header_signature(request, AWS_SECRET)
        if theirs != ours or request.headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            self.faults.append(request.path)
            return 403, "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>"
        if self.is_away:
            return 503, "<Error><Code>SlowDown</Code><Message>later</Message></Error>"
        self.objects[request.path] = body.decode()
        return 200, ""


class FakeHook(FakeServer):
    def __init__(self, scratch):
        self.bodies, self.is_away = [], False
        super().__init__(scratch, self.answer)

    def answer(self, request, body):
        if self.is_away:
            return 500, ""
        same(request.headers["X-Registry-Event"], "audit.checkpoint", "the header that tells what it is")
        self.bodies.append(body.decode())
        return 204, ""


def aws(scratch):
    scratch.environment.update(AWS_ACCESS_KEY_ID=AWS_KEY, AWS_SECRET_ACCESS_KEY=AWS_SECRET, AWS_REGION="eu-central-1")


def key_of(scratch, server):
    return scratch.write("audit.pem", scratch.run("audit", "key", *server.store_flags).ok().quiet().out)


def seqs(lines):
    return [json.loads(line)["seq"] for line in lines if line.strip()]


def write_something(scratch, name):
    scratch.run("cloud", "repo", "create", "--name", name, "--type", "migration_directory", "--driver", "sqlite").ok()


@test
def places_get_every_checkpoint_also_those_they_missed(scratch):
    objects, hook = FakeObjects(scratch), FakeHook(scratch)
    aws(scratch)
    path = scratch.file_path("checkpoints.jsonl")
    targets = (f"s3://logs/audit?endpoint={objects.url}", hook.url + "/T0/secret", path)
    flags = (*OFTEN, *(word for target in targets for word in ("--audit-target", target)))
    server = scratch.server(flags=flags)
    wait_for(lambda: objects.objects and hook.bodies and os.path.exists(path), "the first checkpoint")
    objects.is_away = hook.is_away = True
    for name in "abc":
        before = len(seqs(open(path)))
        write_something(scratch, name)
        wait_for(lambda: len(seqs(open(path))) > before, "another checkpoint")
    server.stop()
    contains("\n".join(server.log), "audit checkpoints wait: webhook of 127.0.0.1", "audit checkpoints wait: s3://logs/audit")
    lacks("\n".join(server.log), "secret")
    objects.is_away = hook.is_away = False
    server.start()
    want = seqs(open(path))
    wait_for(lambda: set(seqs(objects.objects.values())) >= set(want), "what the bucket missed")
    wait_for(lambda: set(seqs(hook.bodies)) >= set(want), "what the webhook missed")
    same(objects.faults, [], "requests that were not signed as they should be")
    server.stop()
    key = key_of(scratch, server)
    scratch.run("audit", "verify", *server.store_flags, "--checkpoints", path, "--key", key).ok().quiet()
    scratch.write("bucket.jsonl", "".join(objects.objects.values()))
    scratch.run("audit", "verify", *server.store_flags, "--checkpoints", "bucket.jsonl", "--key", key).ok()
    scratch.write("hook.jsonl", "\n".join(hook.bodies))
    scratch.run("audit", "verify", *server.store_flags, "--checkpoints", "hook.jsonl", "--key", key).ok()
    true("/logs/audit/0000000" in next(iter(objects.objects)), f"objects have a name by number: {objects.objects}")


@test
def a_log_that_was_rewritten_or_cut_is_found_with_checkpoints_only(scratch):
    server = scratch.server()
    for name in "abc":
        write_something(scratch, name)
    server.stop()
    key = key_of(scratch, server)
    line = scratch.run("audit", "checkpoint", *server.store_flags, "--to", "kept.jsonl").ok().quiet().out
    same(open(scratch.file_path("kept.jsonl")).read(), line, "the file has what was printed")
    last = json.loads(line)["seq"]
    flags = ("--checkpoints", "kept.jsonl", "--key", key)
    contains(scratch.run("audit", "verify", *server.store_flags, *flags).ok().out, "fits 1 checkpoint")
    server.change_store(f"DELETE FROM audit WHERE seq = {last}")
    scratch.run("audit", "verify", *server.store_flags).ok()
    scratch.run("audit", "verify", *server.store_flags, *flags).fails(f"ends at entry {last - 1}, the checkpoint is of")
    scratch.write("forged.jsonl", line.replace('"org":"default"', '"org":"another"'))
    scratch.run("audit", "verify", *server.store_flags, "--checkpoints", "forged.jsonl").fails("line 1", "has not signed it")
    scratch.run("audit", "checkpoint", *server.store_flags, "--to", "ftp://x/y").fails("must be a file")


@test
def a_key_of_ones_own_signs(scratch):
    secret = scratch.write("secret.pem", "-----BEGIN PRIVATE KEY-----\n"
                           "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n")
    server = scratch.server(flags=("--audit-signing-key", secret, *OFTEN))
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    write_something(scratch, "a")
    server.stop()
    scratch.run("audit", "export", *server.store_flags, "--signing-key", secret, "-o", "log.jsonl").ok()
    scratch.run("audit", "verify", "log.jsonl", "--key", public).ok().quiet()
    scratch.run("audit", "verify", "log.jsonl", "--key", key_of(scratch, server)).fails("is not trusted")
    done = scratch.run("serve", *server.store_flags, "--listen", "127.0.0.1:0", "--audit-signing-key", "nothing.pem")
    done.fails("nothing.pem")


@test
def evidence_is_packed_and_verified(scratch):
    server = scratch.server()
    push(scratch, {**FIRST, **SECOND})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "one.db").ok()
    repo = server.api("{ repos { repos { slug } } }")["repos"]["repos"][0]["slug"]
    version = server.migrations()[0]["version"]
    key = key_of(scratch, server)
    flags = (*server.store_flags, "--repo", repo, "--version", version)
    said = scratch.run("audit", "evidence", *flags, "-o", "one.tar.gz").ok().quiet().out
    contains(said, f"Packed version {version} of {repo}")
    scratch.run("audit", "evidence", *flags, "-o", "two.tar.gz").ok()
    one = open(scratch.file_path("one.tar.gz"), "rb").read()
    same(open(scratch.file_path("two.tar.gz"), "rb").read(), one, "the same facts")
    done = scratch.run("audit", "verify", "one.tar.gz", "--key", key).ok().quiet()
    contains(done.out, f"The evidence is intact: version {version} of {repo}")
    with tarfile.open(fileobj=io.BytesIO(one)) as pack:
        names = pack.getnames()
        readme = pack.extractfile("README.txt").read().decode()
    true({"files/atlas.sum", "manifest.json", "manifest.sig", "chain.jsonl", "facts/deployments.json"} <= set(names),
         f"names: {names}")
    contains(readme, version, "PASSED", "rhumb audit verify")
    position = one.index(b"CREATE TABLE")
    changed = one[:position] + b"create table" + one[position + 12:]
    open(scratch.file_path("changed.tar.gz"), "wb").write(changed)
    scratch.run("audit", "verify", "changed.tar.gz").fails("files/", "not the one that was signed")
    scratch.run("audit", "evidence", *flags[:-1], "0", "-o", "no.tar.gz").fails("neither pushed nor run")
    scratch.run("audit", "evidence", *server.store_flags, "-o", "no.tar.gz").fails('"repo", "version" not set')


@test
def pruning_leaves_what_verifies(scratch):
    server = scratch.server()
    write_something(scratch, "a")
    scratch.run("audit", "prune", *server.store_flags, "--before", "2100-01-01").fails(
        "in use") if not server.store else None
    server.stop()
    kept = scratch.run("audit", "checkpoint", *server.store_flags).ok().out
    scratch.write("kept.jsonl", kept)
    scratch.run("audit", "export", *server.store_flags, "-o", "old.jsonl").ok()
    done = scratch.run("audit", "prune", *server.store_flags, "--before", "2100-01-01").ok().quiet()
    count = int(matches(done.out, r"^Pruned (\d+) entries; the audit log begins behind entry \1$")[1])
    said = scratch.run("audit", "verify", *server.store_flags, "--checkpoints", "kept.jsonl",
                       "--key", key_of(scratch, server)).ok().out
    contains(said, f"1 entry behind entry {count}, where it was pruned", "fits 1 checkpoint")
    scratch.run("audit", "verify", "old.jsonl").ok()
    scratch.run("audit", "prune", *server.store_flags, "--before", "soon").fails("before")
    server.start()
    write_something(scratch, "b")
    scratch.run("audit", "verify", *server.store_flags).ok()


@test
def a_secret_is_taken_out(scratch):
    secret = "hunter2-is-no-password"
    server = scratch.server()
    push(scratch, {"1_users.sql": f"CREATE TABLE t (c text);\n-- password '{secret}'\n"})
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    redact = "mutation R($input: RedactValueInput!) { redactValue(input: $input) { success } }"
    wish = {"value": secret, "reason": "ticket 4711"}
    same(server.api(redact, {"input": wish}), {"redactValue": {"success": True}}, "redactValue")
    scratch.write("another.txt", "nothing-like-this\n")
    contains(scratch.run("cloud", "redact", "--value-file", "another.txt", "--reason", "to be sure").ok().out, "is gone")
    scratch.run("cloud", "redact", "--value-file", "another.txt").fails('"reason" not set')
    scratch.write("another.txt", "short")
    scratch.run("cloud", "redact", "--value-file", "another.txt", "--reason", "x").fails("from 8 to 4096 bytes")
    server.stop()
    contains(scratch.run("registry", "verify", *server.store_flags).ok().out, "The store is whole")
    scratch.run("audit", "verify", *server.store_flags).ok()
    log = scratch.run("audit", "export", *server.store_flags).ok().out
    lacks(log, secret)
    contains(log, "settings.redact", "ticket 4711")
