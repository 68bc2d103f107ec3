# SPDX-License-Identifier: Apache-2.0
import os
import socket
import time

from support import RelayTest, status_of


class HostileRequestsGetA4xx(RelayTest):
    options = ("--idle-timeout", "1s")

    def tearDown(self):
        self.assertEqual(self.relay.get("/healthz").body, b"ok")

    def expect(self, kind, status, request):
        with self.counts_one(kind):
            self.assertEqual(status_of(self.relay.raw(request)), status, request[:80])

    def test_what_is_not_http_is_a_bad_request(self):
        for request in (b"\0\1\2\3\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"):
            self.expect("bad_request", 400, request)

    def test_random_bytes_crash_nothing(self):
        for _ in range(50):
            self.relay.raw(os.urandom(300), half_close=True)

    def test_contradictory_lengths_are_refused(self):
        push = b"PUT /api/devices/a/push HTTP/1.1\r\nHost: r\r\nAuthorization: Bearer %s\r\n" % self.camera_1.encode()
        self.expect("bad_request", 400, push + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")
        self.expect("bad_request", 400, push + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n")
        self.expect("bad_request", 400, push + b"Transfer-Encoding: gzip, chunked\r\n\r\n")

    def test_a_header_of_megabytes_is_refused_early(self):
        self.expect("header_too_large", 431, b"GET / HTTP/1.1\r\nX: " + b"y" * 4_000_000)
        self.expect("header_too_large", 431, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500_000)

    def test_an_address_without_end_is_refused(self):
        self.expect("uri_too_long", 414, b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: r\r\n\r\n")
        self.expect("uri_too_long", 414, b"GET /" + b"a" * 4_000_000)

    def test_a_body_that_nobody_asked_for_is_not_read(self):
        response = self.relay.raw(b"GET /healthz HTTP/1.1\r\nHost: r\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100000)
        self.assertEqual(status_of(response), 413)

    def test_pipelined_requests_are_answered_in_order(self):
        response = self.relay.raw(
            b"GET /healthz HTTP/1.1\r\nHost: r\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: r\r\n\r\n"
            b"GET /api/devices HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
        )
        statuses = [line.split()[1] for line in response.split(b"\r\n") if line.startswith(b"HTTP/1.1")]
        statuses += [piece.split()[1] for piece in response.split(b"HTTP/1.1")[1:]] if not statuses else []
        self.assertEqual(response.count(b"HTTP/1.1 "), 3)
        self.assertEqual([int(piece[:3]) for piece in response.split(b"HTTP/1.1 ")[1:]], [200, 404, 401])

    def test_a_slow_header_is_cut_whatever_its_pace(self):
        with self.counts_one("timeout"):
            with self.relay.connect() as line:
                began = time.monotonic()
                try:
                    for byte in b"GET /healthz HTTP/1.1\r\nHost: relay.example.com\r\nX: yyyyyyyyyyyyyyyy":
                        line.sendall(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    pass
                self.assertLess(time.monotonic() - began, 3.5)

    def test_a_connection_that_says_nothing_is_closed_without_a_word(self):
        with self.relay.connect() as line:
            began = time.monotonic()
            self.assertEqual(line.recv(100), b"")
            self.assertLess(time.monotonic() - began, 2)

    def test_paths_lead_nowhere_but_where_they_say(self):
        for path in (b"/page/../../../../etc/passwd", b"/..", b"//etc/passwd", b"/page/app.js/", b"/page/%2e%2e/key", b"/api/devices/"):
            response = self.relay.raw(b"GET " + path + b" HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n")
            self.assertEqual(status_of(response), 404, path)
        for path in (b"http://elsewhere/healthz", b"*"):
            response = self.relay.raw(b"GET " + path + b" HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n")
            self.assertEqual(status_of(response), 400, path)

    def test_a_method_that_an_address_does_not_know_is_named(self):
        for method, path, allowed in (
            ("DELETE", "/healthz", "GET, HEAD"),
            ("POST", "/api/devices", "GET, HEAD"),
            ("GET", "/api/devices/a/push", "PUT, POST"),
            ("PUT", "/api/devices/a/still.jpg", "GET, HEAD"),
            ("GET", "/api/session", "POST, DELETE"),
            ("GET", "/api/principals/5/revoke", "POST"),
        ):
            with self.counts_one("method"):
                answer = self.relay.ask(method, path, self.viewer_1)
                self.assertEqual((answer.status, answer.headers["Allow"]), (405, allowed))

    def test_tokens_that_are_forged_cut_or_bent_open_nothing(self):
        good = self.viewer_1
        version, claims, signature = good.split(".")
        other = self.relay.mint(2, 1, "viewer").split(".")
        flipped = claims[:-2] + ("A" if claims[-2] != "A" else "B") + claims[-1]
        bad = [
            "", "x", "v1", "v1..", "v1.AAAA.AAAA", good[:-1], good + "A", good + "=", good + ".", " " + good,
            f"v1.{flipped}.{signature}", f"v1.{other[1]}.{signature}", f"v1.{claims}.{other[2]}", f"v2.{claims}.{signature}",
            f"v1.{claims}.", f"v1..{signature}", f"V1.{claims}.{signature}", claims, "A" * 5000, "v1." + "A" * 4000 + "." + signature,
        ]
        for token in bad:
            with self.counts_one("unauthorised"):
                answer = self.relay.get("/api/devices", Authorization="Bearer " + token)
                self.assertEqual((answer.status, answer.json()), (401, {"error": "unauthorised"}), token[:40])
        self.assertEqual(self.relay.get("/api/devices", good).status, 200)

    def test_an_expired_token_opens_nothing(self):
        token = self.relay.mint(1, 1, "viewer", expires="100ms")
        time.sleep(0.2)
        for method, path in (("GET", "/api/devices"), ("GET", "/api/devices/a/live.mjpg"), ("POST", "/api/session")):
            self.assertEqual(self.relay.ask(method, path, token).status, 401)

    def test_another_relay_s_token_opens_nothing(self):
        from support import Relay

        stranger = Relay("--quiet")
        self.addCleanup(stranger.close)
        self.assertEqual(self.relay.get("/api/devices", stranger.mint(1, 1, "viewer")).status, 401)

    def test_each_role_opens_its_own_doors_and_no_other(self):
        doors = {
            ("GET", "/api/devices"): "viewer",
            ("GET", "/api/devices/a/still.jpg"): "viewer",
            ("GET", "/api/devices/a/live.mjpg"): "viewer",
            ("POST", "/api/session"): "viewer",
            ("PUT", "/api/devices/a/push"): "publisher",
            ("POST", "/api/principals/5/revoke"): "steward",
            ("GET", "/api/report"): "admin",
        }
        for (method, path), role in doors.items():
            self.assertEqual(self.relay.ask(method, path).status, 401, path)
            for other in ("viewer", "publisher", "steward", "admin"):
                answer = self.relay.ask(method, path, self.relay.mint(1, 3, other))
                self.assertEqual(answer.status == 403, other != role, (path, other, answer.status))

    def test_no_token_is_taken_from_an_address(self):
        for query in ("token", "access_token", "framecache_session", "Authorization"):
            self.assertEqual(self.relay.get(f"/api/devices?{query}={self.viewer_1}").status, 401)

    def test_a_principal_that_is_none_is_a_bad_request(self):
        steward = self.relay.mint(1, 8, "steward")
        for number in ("0", "-1", "x", "18446744073709551616", "%35"):
            with self.counts_one("bad_request"):
                self.assertEqual(self.relay.ask("POST", f"/api/principals/{number}/revoke", steward).status, 400)

    def test_a_peer_that_resets_is_no_trouble(self):
        for _ in range(50):
            line = self.relay.connect()
            line.sendall(b"GET /api/devices HTTP/1.1\r\n")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.close()
