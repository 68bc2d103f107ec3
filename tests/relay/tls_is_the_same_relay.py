# SPDX-License-Identifier: Apache-2.0
import os
import socket
import ssl
import subprocess
import tempfile

from ffmpeg_is_a_camera import decoded_size, start_ffmpeg
from support import Camera, Live, Relay, RelayTest, eventually, numbered


class TlsIsTheSameRelay(RelayTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.certificate, cls.private_key = (os.path.join(folder.name, name) for name in ("cert.pem", "key.pem"))
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", cls.private_key, "-out", cls.certificate]
        subprocess.run(command, check=True, capture_output=True)
        cls.options = ("--tls-cert", cls.certificate, "--tls-key", cls.private_key, "--idle-timeout", "1s")
        super().setUpClass()
        cls.relay.tls = ssl.create_default_context(cafile=cls.certificate)

    def test_pictures_come_in_and_go_out(self):
        camera = self.push(self.camera_1, "door", self.red)
        answer = self.relay.get("/api/devices/door/still.jpg", self.viewer_1)
        self.assertEqual((answer.status, answer.body), (200, self.red))
        live = Live(self.relay, self.viewer_1, "door")
        live.frame()
        for number in range(30):
            camera.frame(numbered(self.red, number, 100_000))
            self.assertEqual(live.frame()[1], numbered(self.red, number, 100_000))
        live.close()

    def test_ffmpeg_pushes_over_it(self):
        process = start_ffmpeg(self.relay, self.camera_1, "ffmpeg", "-tls_verify", "0")
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        still = lambda: self.relay.get("/api/devices/ffmpeg/still.jpg", self.viewer_1)
        self.assertTrue(eventually(lambda: still().status == 200))
        self.assertEqual(decoded_size(still().body), 320 * 240)

    def test_its_cookie_stays_within_it(self):
        cookie = self.relay.ask("POST", "/api/session", self.viewer_1).headers["Set-Cookie"]
        self.assertTrue(cookie.endswith("; Secure"))

    def test_refusals_reach_a_camera_that_is_still_sending(self):
        camera = Camera(self.relay, self.camera_1, "loud")
        camera.send(b"Content-Length: 99999999\r\n\r\n" + bytes(200_000))
        self.assertEqual(camera.answer(), 413)

    def test_who_does_not_speak_it_is_let_go(self):
        for hello in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b""):
            with self.counts_one("handshake") if not hello.startswith(b"GET") else self.subTest():
                with socket.create_connection(("127.0.0.1", self.relay.port), timeout=5) as line:
                    line.sendall(hello)
                    self.assertNotIn(b"HTTP/1.1 200", line.recv(1000))
        self.assertEqual(self.relay.get("/healthz").status, 200)
