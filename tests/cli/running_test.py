"""A registry as it is run: behind proxies, with certificates that are renewed, watched and logged."""

import json
import os
import socket
import ssl
import subprocess
import time

from harness import contains, lacks, same, test, true, wait_for
from scenes import FIRST, push, send_report, small_report


def lines_of(server, **wanted):
    """Lines of a JSON log with these members."""
    found = [json.loads(line) for line in list(server.log)]
    return [line for line in found if all(line.get(name) == value for name, value in wanted.items())]


@test
def requests_are_logged_with_their_client_and_their_trace(scratch):
    server = scratch.server(flags=["--log", "json", "--trusted-proxies", "127.0.0.0/8,10.0.0.0/8"])
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    server.get("/livez?x=secret", traceparent=f"00-{trace}-00f067aa0ba902b7-01",
        **{"X-Forwarded-For": "198.51.100.7, 10.1.1.1"})[1]
    wait_for(lambda: lines_of(server, trace_id=trace), "the line of the request")
    (line,) = lines_of(server, trace_id=trace)
    same({name: line[name] for name in ("level", "method", "path", "status", "remote")},
         {"level": "info", "method": "GET", "path": "/livez", "status": 200, "remote": "198.51.100.7"}, "the request")
    server.api("mutation { createRepo(input: {name: \"a\", type: SCHEMA, driver: \"SQLITE\"}) { created } }")
    server.post({"query": "mutation { createRepo(input: {name: \"\", type: SCHEMA, driver: \"\"}) { created } }"},
                token="rgb_nobody-knows-this-token-at-all")
    lacks("\n".join(server.log), server.token, "rgb_nobody", "secret")


@test
def whoever_is_no_proxy_is_not_believed(scratch):
    server = scratch.server(flags=["--log", "json", "--trusted-proxies", "10.0.0.0/8"])
    server.get("/livez", **{"X-Forwarded-For": "198.51.100.7"})
    wait_for(lambda: lines_of(server, path="/livez"), "the line of the request")
    same(lines_of(server, path="/livez")[0]["remote"], "127.0.0.1", "the client")
    done = scratch.run("serve", "--listen", "127.0.0.1:0", "--trusted-proxies", "10.0.0.0/33").fails("neither an address nor a range")
    same(done.out, "", "nothing is promised")
    scratch.run("serve", "--listen", "127.0.0.1:0", "--log", "xml").fails("use text or json")


@test
def metrics_tell_of_databases_and_deployments(scratch):
    server = scratch.server()
    push(scratch, FIRST)
    for name in ("one", "two"):
        same(send_report(server, small_report(name))[0], 200, "a report")
    text = server.get("/metrics")[1]
    contains(text, 'rhumb_databases{repo="myapp",status="SYNCED"} 2\n',
             'rhumb_deployments{env="load",kind="APPLY",status="PASSED"} 2\n',
             'rhumb_deployment_seconds_count{status="PASSED"} 2\n', "rhumb_oldest_pending_seconds 0\n",
             'rhumb_http_requests_total{code="200"} ', "rhumb_store_writes_waiting 0\n", "rhumb_webhook_deliveries_waiting 0\n")
    names = [line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")]
    kinds = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    for name in names:
        true(any(name in (kind, kind + "_bucket", kind + "_sum", kind + "_count") for kind in kinds), f"type of {name}")


def make_certificate(scratch, name):
    """A certificate of its own for 127.0.0.1. -> its serial number"""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key",
                    "-out", f"{name}.crt"], cwd=scratch.path, check=True, capture_output=True)


def replace(scratch, source, *endings):
    for ending in endings:
        with open(scratch.file_path(f"{source}.{ending}"), encoding="utf-8") as file:
            text = file.read()
        with open(scratch.file_path(f"new.{ending}"), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(scratch.file_path(f"new.{ending}"), scratch.file_path(f"used.{ending}"))


def name_served(port):
    """Whose certificate a new connection gets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw, context.wrap_socket(raw) as line:
        certificate = line.getpeercert(binary_form=True)
    pem = ssl.DER_cert_to_PEM_cert(certificate)
    shown = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True, check=True)
    return shown.stdout.split("CN")[1].strip(" =\n")


@test
def a_renewed_certificate_is_served_without_a_restart(scratch):
    for name in ("first", "second"):
        make_certificate(scratch, name)
    replace(scratch, "first", "crt", "key")
    child = scratch.start("serve", "--listen", "127.0.0.1:0", "--data", "tls", "--tls-cert", "used.crt", "--tls-key",
                          "used.key")
    line = ""
    while " is listening on https://" not in line:
        line = child.stdout.readline()
        true(line, "it starts")
    port = int(line.rsplit(":", 1)[1])
    same(name_served(port), "first", "the certificate")
    time.sleep(1.1)
    replace(scratch, "second", "crt")  # the key is not there yet
    same(name_served(port), "first", "while the pair does not fit")
    replace(scratch, "second", "key")
    wait_for(lambda: name_served(port) == "second", "the renewed certificate", seconds=5)
    child.terminate()
    contains(child.communicate(timeout=40)[1], "the one before stays in use")
