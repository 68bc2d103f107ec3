# SPDX-License-Identifier: Apache-2.0
import signal
import socket
import time
import unittest

from support import Camera, Live, Relay, eventually, numbered, picture, read_to_end


class SigtermDrains(unittest.TestCase):
    def setUp(self):
        self.relay = Relay()
        self.addCleanup(self.relay.close)
        self.red = picture("red")
        self.viewer, self.publisher = self.relay.mint(1, 1, "viewer"), self.relay.mint(1, 9, "publisher")
        self.camera = Camera(self.relay, self.publisher, "door")
        self.camera.frame(self.red)
        self.assertTrue(eventually(lambda: self.relay.get("/api/devices/door/still.jpg", self.viewer).status == 200))

    def test_streams_end_at_a_frame_and_nothing_is_left_in_the_cache(self):
        live = Live(self.relay, self.viewer, "door")
        live.frame()
        idle = self.relay.connect()
        began = time.monotonic()
        code, rest = self.relay.terminate()
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(code, 0)
        self.assertIn("drained, 0 handles out", rest)
        self.assertIn(read_to_end(live.line), (b"", b"--framecache\r\n"))
        self.assertEqual(read_to_end(idle), b"")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self.relay.port))

    def test_a_reader_that_takes_nothing_holds_it_up_for_three_seconds_at_most(self):
        stuck = Live(self.relay, self.viewer, "door", receive_buffer=4096)
        for number in range(4):
            self.camera.frame(numbered(self.red, number, 2_000_000))
        time.sleep(0.3)
        began = time.monotonic()
        code, rest = self.relay.terminate()
        self.assertLess(time.monotonic() - began, 6)
        self.assertEqual(code, 0)
        self.assertIn("drained, 0 handles out", rest)
        stuck.close()

    def test_ctrl_c_does_the_same(self):
        self.relay.process.send_signal(signal.SIGINT)
        self.assertEqual(self.relay.process.wait(timeout=10), 0)

    def test_a_line_a_second_says_what_goes_on(self):
        lines = [self.relay.process.stdout.readline().split() for _ in range(2)]
        names = "frames_in served hit_ratio bytes pinned generations devices refused crossings".split()
        for line in lines:
            self.assertEqual([word.split("=")[0] for word in line], names)
        counts = dict(word.split("=") for word in lines[1])
        self.assertEqual((counts["frames_in"], counts["devices"], counts["crossings"]), ("1", "1", "0"))
        self.assertGreater(int(counts["bytes"]), 0)
