"""Stands between a program and a database server and cuts the line at one chosen moment.

What the program says until the server answers is a turn. Both protocols take turns, so the turns of
a run that does one thing at a time, over all its connections, are always the same ones.
"""

import contextlib
import socket
import struct
import threading

CHUNK_BYTES = 1 << 16


class Cut:
    """Where to cut: at a turn by number, from 1, at the `nth` turn that holds `text`, or once the program
    has said so many bytes.

    `when`: `before` the turn reaches the server, as soon as it is `sent`, or when it is `answered`; the
    answer never arrives. What else is to happen at that moment, heirs of this class say.
    """

    def __init__(self, turn=None, text=None, nth=1, after_bytes=None, when="before"):
        self.turn, self.text, self.left, self.after_bytes, self.when = turn, text, nth, after_bytes, when

    def __repr__(self):
        place = f"turn {self.turn}" if self.turn else f"{self.text!r}" if self.text else f"byte {self.after_bytes}"
        return f"cut when {place} is at: {self.when}"

    def is_due(self, turn, said, data):
        if self.after_bytes is not None:
            return said >= self.after_bytes
        if self.text and self.text in data:
            self.left -= 1
            return self.left == 0
        return turn == self.turn

    def begins(self, line):
        """The turn has come and was not forwarded yet."""

    def happens(self, line):
        """The connections are about to be cut."""


class Line:
    """One connection of the program, with its own to the server."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.spoke_last = server  # a server that greets first changes nothing
        self.withholds = False    # the next answer is the one that gets lost

    def cut(self):
        """Ends both, the program's with a reset as a broken network does."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", end is self.client, 0))
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class CuttingProxy:
    """Forwards to (host, port). Cuts once, all lines or only the one in question, and goes on with new
    connections; with `stays_down` nobody gets through any more."""

    def __init__(self, server, cut=None, only_that_line=False, stays_down=False):
        self.server, self.cut = server, cut
        self.only_that_line, self.stays_down = only_that_line, stays_down
        self.turns = self.said = 0
        self.was_cut = False
        self.lines = []
        self.mutex = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._stop_listening()
        with self.mutex:
            self._cut_lines(self.lines)

    def _stop_listening(self):
        # A blocked accept() keeps a socket open that is only closed.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.server)
            except OSError:  # it is being started again
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(client, server)
            with self.mutex:
                self.lines.append(line)
            for pump in (self._from_client, self._from_server):
                threading.Thread(target=self._guarded, args=(pump, line), daemon=True).start()

    def _guarded(self, pump, line):
        with contextlib.suppress(OSError):
            pump(line)
        with self.mutex:
            self._cut_lines([line])

    def _from_client(self, line):
        while data := line.client.recv(CHUNK_BYTES):
            with self.mutex:
                if self._ends_here(line, data):
                    return
                line.server.sendall(data)
                if line.withholds and self.cut.when == "sent":
                    self._cut_now(line)
                    return

    def _from_server(self, line):
        while data := line.server.recv(CHUNK_BYTES):
            with self.mutex:
                if line.withholds:
                    self._cut_now(line)
                    return
                line.spoke_last = line.server
            line.client.sendall(data)

    def _ends_here(self, line, data):
        """Counts what a client said. -> whether it is not to be forwarded"""
        if line.withholds:  # the turn before asked for no answer
            self._cut_now(line)
            return True
        self.said += len(data)
        if line.spoke_last is line.server:
            self.turns += 1
        line.spoke_last = line.client
        if self.was_cut or not self.cut or not self.cut.is_due(self.turns, self.said, data):
            return False
        self.cut.begins(line)
        if self.cut.when == "before":
            self._cut_now(line)
            return True
        line.withholds = True
        return False

    def _cut_now(self, line):
        self.was_cut = True
        if self.cut:
            self.cut.happens(line)
        if self.stays_down:
            self._stop_listening()
        self._cut_lines([line] if self.only_that_line else self.lines)

    def _cut_lines(self, lines):
        for line in list(lines):
            line.cut()
            if line in self.lines:
                self.lines.remove(line)
