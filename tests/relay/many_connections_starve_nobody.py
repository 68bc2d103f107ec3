# SPDX-License-Identifier: Apache-2.0
import time

from support import SANITIZED, Camera, Live, RelayTest, eventually, numbered, raise_descriptor_limit, status_of


class TenThousandIdleConnectionsStarveNobody(RelayTest):
    options = ("--max-connections", "1000")

    def test_the_silent_give_way_to_who_speaks(self):
        wanted = min(10_000, raise_descriptor_limit() - 500)
        camera = self.push(self.camera_1, "door", self.red)
        live = Live(self.relay, self.viewer_1, "door")
        before = self.relay.resident_kib()
        idle = [self.relay.connect() for _ in range(wanted)]
        for line in idle[::2]:
            try:
                line.send(b"GET / HTT")  # half of them have begun to say something
            except OSError:
                pass
        began = time.monotonic()
        for number in range(20):
            camera.frame(numbered(self.red, number))
            answer = self.relay.get("/api/devices/door/still.jpg?max_age=any", self.viewer_1)
            self.assertEqual(answer.status, 200, answer.body[:100])
        spent = time.monotonic() - began
        live.frame()
        report = self.relay.get("/api/report", self.admin).json()
        grown = self.relay.resident_kib() - before
        for line in idle:
            line.close()
        self.assertGreater(report["refused"]["idle_connection"], wanted - 1200)
        self.assertLess(report["connections"], 2001)
        self.assertLess(spent, 20 if SANITIZED else 5)
        self.assertTrue(SANITIZED or grown < 64 * 1024, f"grew by {grown} KiB")


class ConnectionsAtWorkAreNotCut(RelayTest):
    options = ("--max-connections", "4")

    def test_a_newcomer_is_told_to_come_back(self):
        self.push(self.camera_1, "a", self.red)
        lives = [eventually(self.watch) for _ in range(3)]
        with self.relay.connect() as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: r\r\n\r\n")
            response = line.recv(4096)
        self.assertEqual(status_of(response), 503)
        self.assertIn(b"Retry-After: 1\r\n", response)
        self.assertIn(b'{"error":"overloaded"}', response)
        for live in lives:
            self.assertEqual(live.frame()[1], self.red)
            live.close()

    def watch(self):
        """Nothing while the questions that `push` asked still take up a place."""
        live = Live(self.relay, self.viewer_1, "a")
        return live if live.status == 200 else None


class AHomeHasSoManyStreamsAndNoMore(RelayTest):
    options = ("--streams-per-home", "3")

    def test_the_next_is_refused_and_the_neighbour_is_not(self):
        self.push(self.camera_1, "a", self.red)
        lives = [Live(self.relay, self.viewer_1, "a") for _ in range(2)]
        with self.counts_one("too_many"):
            self.assertEqual(Live(self.relay, self.viewer_1, "a").status, 429)
        with self.counts_one("too_many"):
            self.assertEqual(Camera(self.relay, self.camera_1, "c").answer(), 429)
        self.push(self.camera_2, "a", self.blue)
        self.assertEqual(Live(self.relay, self.viewer_2, "a").status, 200)
        lives.pop().close()
        self.assertTrue(eventually(lambda: Live(self.relay, self.viewer_1, "a").status == 200, 7))


class ACacheThatIsTooSmallLosesFramesNotTheRelay(RelayTest):
    options = ("--capacity", "1MiB")

    def test_frames_are_dropped_and_counted(self):
        camera = Camera(self.relay, self.camera_1, "big")
        for number in range(5):
            camera.frame(numbered(self.red, number, 2_000_000))
        self.assertTrue(eventually(lambda: self.refused("no_room") + self.refused("too_large") > 0))
        self.assertEqual(self.relay.get("/healthz").status, 200)
        camera.kill()
