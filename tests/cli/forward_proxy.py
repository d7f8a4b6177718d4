"""A proxy to the outside, which here is this machine: every name leads to one port of it."""

import http.server
import socket
import ssl
import subprocess
import threading
import urllib.request


class ForwardProxy:
    """Passes requests on to `port`, whatever host they name, and tunnels there. Keeps what it was asked for, as
    (method, target, Proxy-Authorization); with `answer` it passes nothing on and gives that status."""

    def __init__(self, scratch, port, answer=None):
        self.asked, self.answer = [], answer
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def note(self):
                proxy.asked.append((self.command, self.path, self.headers.get("Proxy-Authorization")))

            def do_POST(self):
                self.note()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = proxy.answer
                if status is None:
                    path = "/" + self.path.split("/", 3)[3]
                    passed = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=dict(self.headers))
                    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(passed, timeout=20) as said:
                        status = said.status
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_CONNECT(self):
                self.note()
                with socket.create_connection(("127.0.0.1", port), timeout=20) as there:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
                    back.start()
                    pump(self.connection, there)
                    back.join()
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        scratch.stack.callback(self.server.shutdown)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def speak_tls(scratch, receiver, host):
    """A receiver answers as `host` from now on. -> file of the certificate"""
    key, certificate = scratch.file_path("receiver.key"), scratch.file_path("receiver.crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    return certificate
