"""Programs that are told of what happens: an HTTP server that does what its path says, and a mail server."""

import contextlib
import http.server
import json
import socketserver
import threading
import time

LATE_SECONDS = 13


class Receiver:
    """Answers 200, but below /fail 500, /redirect 302 to `target`, /late after the registry has given up,
    /slow after `pause` seconds. Keeps what arrived: (path, headers, body)."""

    def __init__(self, scratch, target="", pause=0.0):
        self.target, self.pause = target, pause
        self.requests, self.lock = [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver.lock:
                    receiver.requests.append((self.path, dict(self.headers), body))
                with contextlib.suppress(OSError):
                    receiver.answer(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        scratch.stack.callback(self.server.shutdown)

    def answer(self, handler):
        status = 200
        if handler.path.startswith("/fail"):
            status = 500
        elif handler.path.startswith("/redirect"):
            status = 302
        elif handler.path.startswith("/late"):
            time.sleep(LATE_SECONDS)
        elif handler.path.startswith("/slow"):
            time.sleep(self.pause)
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", self.target)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    def at(self, path):
        with self.lock:
            return [request for request in self.requests if request[0] == path]

    def bodies(self, path):
        return [json.loads(body) for _, _, body in self.at(path)]


class MailServer:
    """Takes every mail. Keeps (sender, recipients, text)."""

    def __init__(self, scratch):
        self.mails = []
        mails = self.mails

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                sender, recipients = "", []
                self.say("220 test ESMTP")
                while line := self.rfile.readline().decode().rstrip("\r\n"):
                    word = line.split(" ")[0].upper()
                    if word in ("MAIL", "RCPT"):
                        address = line[line.index("<") + 1:line.index(">")]
                        if word == "MAIL":
                            sender = address
                        else:
                            recipients.append(address)
                    if word == "DATA":
                        self.say("354 go on")
                        mails.append((sender, recipients, self.read_text()))
                    if word == "QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 ok")

            def read_text(self):
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.decode())
                return "".join(lines)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        scratch.stack.callback(self.server.shutdown)
