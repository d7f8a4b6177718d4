"""Stands between client and registry and keeps every request body."""

import http.server
import threading
import urllib.error
import urllib.request

PASSED_ON = ("Authorization", "Content-Type", "Content-Encoding", "User-Agent")


class RecordingProxy:
    """`features`: hands on what the registry announces of itself, as a gateway need not."""

    def __init__(self, server, host="127.0.0.1", features=False):
        self.bodies = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                proxy.bodies.append(body)
                headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name]}
                request = urllib.request.Request(server.address + self.path, data=body, headers=headers)
                try:
                    with urllib.request.urlopen(request, timeout=60) as answer:
                        self.answer(answer.status, answer.headers, answer.read())
                except urllib.error.HTTPError as refusal:
                    self.answer(refusal.code, refusal.headers, refusal.read())
                except OSError:
                    self.answer(502, {}, b"")

            def answer(self, status, headers, body):
                self.send_response(status)
                for name in ("Content-Type", *(["X-Registry-Features"] if features else [])):
                    if headers.get(name):
                        self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.endpoint = f"http://{host}:{self.http.server_address[1]}/query"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()
