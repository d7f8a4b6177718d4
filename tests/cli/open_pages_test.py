"""As many open pages as a registry takes: they hold up neither reports nor each other."""

import contextlib
import resource
import socket
import urllib.parse

from harness import ADMIN_TOKEN, contains, matches, same, test, true, wait_for
from scenes import send_report, small_report

SOFT_LIMIT = 1024  # what systems give a process that does not ask for more
PAGES_MAX = 10_000


@contextlib.contextmanager
def descriptors(soft):
    """Lets this process, and those it starts, have so many open files."""
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if soft is None else soft, hard))
    try:
        yield hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))


def open_page(server):
    """-> socket, the head of the answer and what follows at once"""
    address = urllib.parse.urlsplit(server.address)
    page = socket.create_connection((address.hostname, address.port), timeout=30)
    page.sendall(f"GET /events HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {ADMIN_TOKEN}\r\n\r\n".encode())
    return page, read_until(page, b"connected\n\n", b"}")


def read_until(page, *ends):
    text = b""
    while not any(end in text for end in ends):
        piece = page.recv(65536)
        true(piece, f"the connection ended behind {text!r}")
        text += piece
    return text.decode()


@test
def ten_thousand_open_pages_hold_up_nobody(scratch):
    with descriptors(SOFT_LIMIT):
        server = scratch.server()
    with contextlib.ExitStack() as stack:
        hard = stack.enter_context(descriptors(None))
        room = min(PAGES_MAX, (hard - 256) // 6 * 5)
        pages = []
        for _ in range(room):
            page, head = open_page(server)
            stack.enter_context(page)
            pages.append(page)
            contains(head, "200 OK", "text/event-stream")
        one_more, refusal = open_page(server)
        one_more.close()
        contains(refusal, "503 Service Unavailable", "Retry-After: 30", "too many pages are open")
        same(send_report(server, small_report("a.db"))[0], 200, "a report")
        same(server.api("{ migrations { pageInfo { total } } }")["migrations"]["pageInfo"]["total"], 1, "deployments")
        for page in pages:
            matches(read_until(page, b"}\n\n"), r'data: \{.*"id":"1"')
        for page in pages[:10]:
            page.close()
        wait_for(lambda: "200 OK" in open_page(server)[1], "room again")
