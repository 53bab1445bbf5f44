"""A door before the embedded AWS: it counts the calls that change something, and ends the client
at an instant of one of them."""

import http.client
import http.server
import os
import re
import signal
import sys
import threading
import time
import urllib.parse

# The instants of a call that can be had from outside, in their order.
BEFORE = "before"  # The call has arrived, and the server has not seen it.
UNANSWERED = "unanswered"  # The server has carried it out, and nobody has its answer.
ANSWERED = "answered"  # The client has the answer, and its next request is at the door.
INSTANTS = [BEFORE, UNANSWERED, ANSWERED]

# With several calls at a time, each takes so long, so that several are under way.
LATENCY = 0.04


def is_change(operation):
    """Whether a call changes something, as the kill matrix has it."""
    return not operation.startswith(("Describe", "List", "Get"))


def alive_in_group(group):
    """Processes of a process group that still run; who is dead and not yet buried does not."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                state, _, member_of = file.read().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(member_of) == group and state not in "ZX":
            found.append(int(entry))
    return found


def kill_group(group):
    """Ends a program and all that it has started, as a power cut would."""
    while alive_in_group(group):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.005)


class Door:
    """Passes requests on to the cloud. `kill` is called at the instant, with the request held."""

    def __init__(self, url, call=None, instant=None, latency=0.0):
        self.host = urllib.parse.urlsplit(url).netloc
        self.call, self.instant, self.latency = call, instant, latency
        self.kill = None
        self.killed = False
        self.changes = []  # Operation and Region, in order.
        self.is_due = False
        self.lock = threading.Lock()
        handler = type("Handler", (Handler,), {"door": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def arrive(self, operation, region):
        """The number of a call that changes something; None for others."""
        with self.lock:
            if self.is_due:
                self.end()
            if not is_change(operation):
                return None
            self.changes.append(f"{operation} {region}")
            return len(self.changes)

    def reach(self, number, instant):
        with self.lock:
            if number is None or (number, instant) != (self.call, self.instant) or self.killed:
                return
            if instant == ANSWERED:
                self.is_due = True
            else:
                self.end()

    def has_killed(self):
        """Whether the instant has come. The client may be dead before the one who kills it knows."""
        with self.lock:
            return self.killed

    def end(self):
        """With the lock held: nothing that has not passed yet passes any more."""
        if not self.killed:
            self.kill()
            self.killed = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        # A client that is killed breaks its connections.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes, and the second does not wait for the first to be heard of.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        door = self.door
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        number = door.arrive(*self.called(body))
        if number:
            time.sleep(door.latency)
        door.reach(number, BEFORE)
        if door.killed:
            return self.drop()
        connection = http.client.HTTPConnection(door.host, timeout=120)
        connection.request("POST", self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        door.reach(number, UNANSWERED)
        if door.killed:
            return self.drop()
        # Before the answer leaves: the next request may come at once.
        door.reach(number, ANSWERED)
        self.pass_on(answer, content)

    def called(self, body):
        """The operation and the Region of a request."""
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/", self.headers.get("Authorization", ""))
        target = self.headers.get("X-Amz-Target")
        if not target:
            target = urllib.parse.parse_qs(body.decode()).get("Action", [""])[0]
        return target.rpartition(".")[2], scope.group(1) if scope else "-"

    def pass_on(self, answer, content):
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def drop(self):
        self.close_connection = True
