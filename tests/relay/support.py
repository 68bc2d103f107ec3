# SPDX-License-Identifier: Apache-2.0
"""A real relay, real sockets and cameras that do exactly what a test says, down to the byte."""

import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELAY = os.environ.get("FRAMECACHE_RELAY", str(ROOT / "build" / "relay" / "examples" / "relay" / "relay"))

# A sanitizer's own memory is no measure of the relay's.
SANITIZED = any(name in pathlib.Path(RELAY).read_bytes() for name in (b"__asan_init", b"__tsan_init"))


def raise_descriptor_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def picture(colour, size="64x48"):
    """A JPEG of one colour, made by ffmpeg."""
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color={colour}:s={size}", "-frames:v", "1", "-f", "mjpeg", "-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def numbered(jpeg, number, padding=0):
    """The same picture with a comment segment in it: another frame to a cache, the same one to a decoder."""
    parts = [b"\xff\xfe" + (14).to_bytes(2, "big") + b"%012d" % number]
    while padding > 0:
        size = min(padding, 60000)
        parts.append(b"\xff\xfe" + (size + 2).to_bytes(2, "big") + bytes(size))
        padding -= size
    return jpeg[:2] + b"".join(parts) + jpeg[2:]


def eventually(condition, seconds=5.0):
    """Waits for something that another process does; the last answer is returned."""
    end = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return answer


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Relay:
    """`relay serve` on a free port, with a key of its own."""

    def __init__(self, *options, tls=None):
        self.folder = tempfile.TemporaryDirectory()
        self.key = os.path.join(self.folder.name, "key")
        subprocess.run([RELAY, "keygen", "--key-file", self.key], check=True)
        self.tls = tls
        self.process = subprocess.Popen(
            [RELAY, "serve", "--key-file", self.key, "--port", "0", *options], stdout=subprocess.PIPE, text=True
        )
        first = self.process.stdout.readline()
        assert first.startswith("listening on http"), first
        self.port = int(first.rsplit(":", 1)[1])

    def mint(self, tenant, principal, role, expires="1h", devices=()):
        return mint(self.key, tenant, principal, role, expires, devices)

    def connect(self, receive_buffer=None):
        made = socket.socket()
        if receive_buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        made.settimeout(10)
        made.connect(("127.0.0.1", self.port))
        return self.tls.wrap_socket(made, server_hostname="localhost") if self.tls else made

    def ask(self, method, path, token=None, **headers):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.sock = self.connect()
        if token:
            headers["Authorization"] = "Bearer " + token
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def get(self, path, token=None, **headers):
        return self.ask("GET", path, token, **headers)

    def raw(self, request, half_close=False):
        """Sends bytes as they are; returns all that comes back until the relay closes."""
        with self.connect() as line:
            try:
                line.sendall(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the relay has heard enough; what it said is there to be read
            if half_close:
                line.shutdown(socket.SHUT_WR)
            return read_to_end(line)

    def resident_kib(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1])

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def terminate(self):
        """SIGTERM; returns the exit code and what was still printed."""
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=20)
        return self.process.returncode, rest

    def close(self):
        if self.process.poll() is None:
            code, rest = self.terminate()
            assert code == 0, f"the relay ended with {code}: {rest}"
        self.process.stdout.close()
        self.folder.cleanup()


def mint(key, tenant, principal, role, expires="1h", devices=()):
    command = [RELAY, "mint", "--key-file", key, "--tenant", str(tenant), "--principal", str(principal)]
    command += ["--role", role, "--expires", expires]
    for device in devices:
        command += ["--device", device]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def read_to_end(line):
    received = b""
    try:
        while piece := line.recv(65536):
            received += piece
    except (ConnectionResetError, TimeoutError):
        pass
    return received


def status_of(response):
    """The status of a raw response, 0 if there is none."""
    return int(response.split(b" ", 2)[1]) if response.startswith(b"HTTP/1.1 ") else 0


class Camera:
    """Pushes as `ffmpeg -f mpjpeg -method PUT` does: chunked, no Content-Type, a delimiter after each picture."""

    def __init__(self, relay, token, path, fields="", chunked=True):
        self.line = relay.connect()
        self.chunked = chunked
        head = f"PUT /api/devices/{path}/push HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer {token}\r\n{fields}"
        self.line.sendall(head.encode() + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\n"))
        if chunked:
            self.send(b"--ffmpeg\r\n")

    def send(self, body):
        self.line.sendall(b"%x\r\n%s\r\n" % (len(body), body) if self.chunked else body)

    def frame(self, jpeg):
        self.send(part(jpeg) + b"\r\n--ffmpeg\r\n")

    def finish(self):
        """Ends the body as ffmpeg does; returns the relay's answer."""
        self.line.sendall(b"0\r\n\r\n")
        return self.answer()

    def answer(self):
        received = read_to_end(self.line)
        self.line.close()
        return status_of(received)

    def kill(self):
        self.line.close()


def part(jpeg):
    return b"Content-type: image/jpeg\r\nContent-length: %d\r\n\r\n%s" % (len(jpeg), jpeg)


class Live:
    """A reader of live.mjpg, frame by frame."""

    def __init__(self, relay, token, path, receive_buffer=None):
        self.line = relay.connect(receive_buffer)
        self.line.sendall(
            f"GET /api/devices/{path}/live.mjpg HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        self.held = b""
        self.head = self.until(b"\r\n\r\n")
        self.status = status_of(self.head)

    def until(self, mark):
        while mark not in self.held:
            piece = self.line.recv(65536)
            if not piece:
                raise EOFError
            self.held += piece
        found, _, self.held = self.held.partition(mark)
        return found

    def frame(self):
        """The next frame: its fields and its bytes. EOFError when the stream has ended."""
        self.until(b"--framecache\r\n")
        lines = self.until(b"\r\n\r\n").decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        size = int(fields["Content-Length"])
        while len(self.held) < size:
            piece = self.line.recv(65536)
            if not piece:
                raise EOFError
            self.held += piece
        jpeg, self.held = self.held[:size], self.held[size:]
        return fields, jpeg

    def wait_for_end(self):
        """Reads on; returns the seconds until the relay ended the stream."""
        began = time.monotonic()
        read_to_end(self.line)
        return time.monotonic() - began

    def close(self):
        self.line.close()


class RelayTest(unittest.TestCase):
    """One relay for the tests of a class. Home 1 and home 2 have a camera each that they call the same."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.relay = Relay("--quiet", *cls.options)
        cls.addClassCleanup(cls.relay.close)
        cls.red, cls.blue = picture("red"), picture("blue")
        cls.camera_1, cls.camera_2 = (cls.relay.mint(home, 9, "publisher") for home in (1, 2))
        cls.viewer_1, cls.viewer_2 = (cls.relay.mint(home, 1, "viewer") for home in (1, 2))
        cls.admin = cls.relay.mint(1, 1, "admin")

    def push(self, token, path, *frames):
        """A camera that has sent these frames and stays; the last one is committed when this returns."""
        camera = Camera(self.relay, token, path)
        self.addCleanup(camera.kill)
        before = self.frames_in()
        for frame in frames:
            camera.frame(frame)
        self.assertTrue(eventually(lambda: self.frames_in() >= before + len(frames)))
        return camera

    def frames_in(self):
        return self.relay.get("/api/report", self.admin).json()["frames_in"]

    def refused(self, kind):
        return self.relay.get("/api/report", self.admin).json()["refused"][kind]

    def counts_one(self, kind):
        """A context in which exactly one refusal of this kind happens."""
        return _CountsOne(self, kind)


class _CountsOne:
    def __init__(self, test, kind):
        self.test, self.kind = test, kind

    def __enter__(self):
        self.before = self.test.refused(self.kind)

    def __exit__(self, error, *_):
        if error is None:
            self.test.assertTrue(
                eventually(lambda: self.test.refused(self.kind) == self.before + 1), f"{self.kind} was not counted once"
            )
