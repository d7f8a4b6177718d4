"""Servers of cloud providers on this machine, which check what they are asked as the real ones do."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import threading
import urllib.parse
from xml.sax.saxutils import escape

AWS_KEY, AWS_SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def aws_signature(secret, scope, time, canonical):
    """The last step of Signature Version 4, written from its description."""
    date, region, service, _ = scope.split("/")
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def canonical_query(pairs):
    quoted = sorted((urllib.parse.quote(k, safe="-_.~"), urllib.parse.quote(v, safe="-_.~")) for k, v in pairs)
    return "&".join(f"{k}={v}" for k, v in quoted)


def header_signature(request, secret):
    """The signature that a request with an Authorization header has to have. -> (theirs, ours)"""
    words = dict(word.strip(",").split("=", 1) for word in request.headers["Authorization"].split()[1:])
    scope = words["Credential"].split("/", 1)[1]
    path, _, query = request.path.partition("?")
    names = words["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    canonical = "\n".join([request.command, path, canonical_query(urllib.parse.parse_qsl(query, keep_blank_values=True)),
                           lines, ";".join(names), request.headers["x-amz-content-sha256"]])
    return words["Signature"], aws_signature(secret, scope, request.headers["x-amz-date"], canonical)


class FakeServer:
    """Answers with what `answer(request, body)` returns: (status, body) or (status, body, headers)."""

    def __init__(self, scratch, answer):
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.requests.append(f"{self.command} {self.path}")
                status, content, *headers = answer(self, body)
                content = content if isinstance(content, bytes) else content.encode()
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        scratch.stack.callback(self.server.server_close)
        scratch.stack.callback(self.server.shutdown)


class FakeBucket(FakeServer):
    """An S3 service with one bucket; a list has two names a page."""

    def __init__(self, scratch, objects, bucket="deploys"):
        self.objects, self.bucket = objects, bucket
        super().__init__(scratch, self.answer)

    def answer(self, request, _):
        if "Authorization" not in request.headers:
            return self.refuse(403, "AccessDenied")
        theirs, ours = header_signature(request, AWS_SECRET)
        if theirs != ours:
            return self.refuse(403, "SignatureDoesNotMatch")
        path, _, query = request.path.partition("?")
        bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
        if bucket != self.bucket:
            return self.refuse(404, "NoSuchBucket")
        if not key:
            return 200, self.list(dict(urllib.parse.parse_qsl(query)))
        return (200, self.objects[key]) if key in self.objects else self.refuse(404, "NoSuchKey")

    def list(self, query):
        keys = sorted(key for key in self.objects if key.startswith(query.get("prefix", "")))
        start = int(query.get("continuation-token", "0"))
        page, rest = keys[start:start + 2], keys[start + 2:]
        entries = "".join(f"<Contents><Key>{escape(urllib.parse.quote_plus(key, safe='/'))}</Key></Contents>"
                          for key in page)
        more = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if rest else ""
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/'
                f'2006-03-01/"><IsTruncated>{"true" if rest else "false"}</IsTruncated>{more}{entries}'
                "</ListBucketResult>")

    @staticmethod
    def refuse(status, code):
        return status, f"<Error><Code>{code}</Code><Message>refused</Message></Error>"


class ServiceAccount:
    """A key file of a Google service account, and the public half to check its assertions with."""

    def __init__(self, scratch, token_server):
        self.private = scratch.file_path("private.pem")
        self.public = scratch.file_path("public.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", self.private], check=True,
                       capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", self.private, "-pubout", "-out", self.public], check=True)
        self.scratch = scratch
        with open(self.private, encoding="utf-8") as f:
            key = f.read()
        self.path = scratch.write("account.json", json.dumps({
            "type": "service_account", "client_email": "app@project.iam.gserviceaccount.com",
            "private_key_id": "k1", "private_key": key, "token_uri": token_server}))

    def claims(self, assertion):
        """What an assertion says; raises when it is not signed by the key."""
        head, claims, signature = assertion.split(".")
        for name, content in (("signature", self.decode(signature)), ("signed", f"{head}.{claims}".encode())):
            with open(self.scratch.file_path(name), "wb") as f:
                f.write(content)
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public, "-signature",
                        self.scratch.file_path("signature"), self.scratch.file_path("signed")], check=True,
                       capture_output=True)
        return json.loads(self.decode(claims))

    @staticmethod
    def decode(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def rds_signature(token, secret):
    """The signature that a token of RDS has, and the one it has to have."""
    host, _, query = token.partition("/?")
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    values = dict(pairs)
    scope = values["X-Amz-Credential"].split("/", 1)[1]
    unsigned = canonical_query([pair for pair in pairs if pair[0] != "X-Amz-Signature"])
    canonical = "\n".join(["GET", "/", unsigned, f"host:{host}\n", "host", hashlib.sha256(b"").hexdigest()])
    return values["X-Amz-Signature"], aws_signature(secret, scope, values["X-Amz-Date"], canonical)


def without_clouds(scratch):
    """Nothing of the machine the tests run on: no instance, no container."""
    scratch.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    scratch.environment["GCE_METADATA_HOST"] = "127.0.0.1:1"
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_"))]:
        scratch.environment.pop(name, None)
