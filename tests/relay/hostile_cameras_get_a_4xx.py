# SPDX-License-Identifier: Apache-2.0
import time

from support import Camera, RelayTest, eventually, numbered, part, status_of


class HostileCamerasGetA4xx(RelayTest):
    options = ("--frame-timeout", "1s", "--quiet-camera", "2s", "--idle-timeout", "1s", "--max-frame", "1MiB")

    def tearDown(self):
        """Whatever a camera did: the relay is there, and a neighbour's pictures come through."""
        self.push(self.camera_2, "neighbour", self.blue)
        answer = self.relay.get("/api/devices/neighbour/still.jpg", self.viewer_2)
        self.assertEqual((answer.status, answer.body), (200, self.blue))

    def camera(self, name="hostile", **options):
        made = Camera(self.relay, self.camera_1, name, **options)
        self.addCleanup(made.kill)
        return made

    def expect(self, kind, status, body, **options):
        with self.counts_one(kind):
            camera = self.camera(**options)
            camera.send(body)
            self.assertEqual(camera.answer(), status)

    def test_a_frame_larger_than_allowed_is_refused_before_it_comes(self):
        for size in (1024 * 1024 + 1, 2**40, 2**64 - 1):
            self.expect("too_large", 413, b"Content-Length: %d\r\n\r\n" % size)

    def test_a_size_that_is_no_number_is_refused(self):
        for size in (b"-1", b"0x10", b"1e3", b"", b"18446744073709551616", b"12 13"):
            self.expect("bad_request", 400, b"Content-Length: %s\r\n\r\n" % size)
        self.expect("bad_request", 400, b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n")

    def test_a_part_without_a_size_is_refused(self):
        self.expect("length", 411, b"Content-Type: image/jpeg\r\n\r\n" + self.red)

    def test_an_empty_part_is_no_picture(self):
        with self.counts_one("bad_frame"):
            camera = self.camera()
            camera.frame(b"")
            camera.frame(self.red)
            self.assertEqual(camera.finish(), 204)

    def test_a_boundary_that_never_comes_is_not_waited_for(self):
        self.expect("bad_request", 400, part(self.red) + b"x" * 2000)
        self.expect("bad_request", 400, part(self.red) + b"\r\n--another\r\n")
        with self.counts_one("bad_request"):
            camera = self.camera(chunked=False, fields="Content-Length: 1000000000\r\n")
            camera.send(b"y" * 5000)
            self.assertEqual(camera.answer(), 400)

    def test_a_part_header_without_end_is_refused(self):
        self.expect("header_too_large", 431, b"X: " + b"y" * 2000)
        self.expect("header_too_large", 431, b"X: y\r\n" * 100)

    def test_a_part_of_another_type_is_refused(self):
        self.expect("media_type", 415, b"Content-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")

    def test_a_body_of_another_type_is_refused(self):
        with self.counts_one("media_type"):
            camera = self.camera(fields="Content-Type: application/json\r\n")
            self.assertEqual(camera.answer(), 415)

    def test_a_torn_picture_is_dropped_and_the_stream_goes_on(self):
        camera = self.push(self.camera_1, "torn", self.red)
        with self.counts_one("bad_frame"):
            camera.frame(self.red[:-2] + b"\0\0")
        camera.frame(numbered(self.red, 2))
        self.assertTrue(eventually(lambda: self.still("torn") == numbered(self.red, 2)))

    def test_what_is_no_jpeg_is_never_served(self):
        for number, content in enumerate((b"<html>", b"\xff\xd8\xff\xd9", b"\xff\xd8" + b"\0" * 100 + b"\xff\xd9")):
            with self.counts_one("bad_frame"):
                camera = self.camera(f"fake{number}")
                camera.frame(content)
            self.assertEqual(camera.finish(), 415)
            self.assertEqual(self.still(f"fake{number}"), b'{"error":"absent"}')

    def test_eight_bad_pictures_in_a_row_end_the_stream(self):
        with self.counts_one("media_type"):
            camera = self.camera()
            for _ in range(8):
                camera.frame(b"no picture")
            self.assertEqual(camera.answer(), 415)

    def test_a_sender_that_stops_within_a_picture_is_cut(self):
        with self.counts_one("timeout"):
            camera = self.camera()
            camera.send(part(self.red)[:-10])
            began = time.monotonic()
            self.assertEqual(camera.answer(), 408)
            self.assertLess(time.monotonic() - began, 3)

    def test_a_sender_that_trickles_is_cut(self):
        with self.counts_one("timeout"):
            camera = self.camera()
            camera.send(b"Content-Length: 100\r\n\r\n")
            try:
                for _ in range(40):
                    camera.send(b"x")
                    time.sleep(0.1)
            except OSError:
                pass
            camera.kill()

    def test_a_camera_that_says_nothing_is_cut(self):
        with self.counts_one("timeout"):
            self.assertEqual(self.camera().answer(), 408)

    def test_a_body_that_ends_within_a_picture_is_refused(self):
        with self.counts_one("bad_request"):
            camera = self.camera()
            camera.send(part(self.red)[:-10])
            self.assertEqual(camera.finish(), 400)

    def test_chunks_that_are_none_are_refused(self):
        for chunk in (b"xyz\r\n", b"-1\r\n", b"fffffffff\r\n", b"5" + b"0" * 500, b"5;" + b"e" * 500, b"5\nabcde\r\n"):
            with self.counts_one("bad_request"):
                camera = self.camera()
                camera.line.sendall(chunk)
                self.assertEqual(camera.answer(), 400, chunk)
        with self.counts_one("header_too_large"):
            camera = self.camera()
            camera.line.sendall(b"0\r\n" + b"Trailer: x\r\n" * 100)
            self.assertEqual(camera.answer(), 431)

    def test_pictures_may_be_cut_into_chunks_anywhere(self):
        camera = self.camera("pieces")
        body = part(self.red) + b"\r\n--ffmpeg\r\n" + part(numbered(self.red, 1)) + b"\r\n--ffmpeg--\r\n"
        for size in (1, 2, 3, 7, 64, 511):
            camera = self.camera(f"pieces{size}")
            camera.line.sendall(b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + size]), body[i : i + size]) for i in range(0, len(body), size)))
            self.assertEqual(camera.finish(), 204)
            self.assertEqual(self.still(f"pieces{size}"), numbered(self.red, 1))

    def test_a_body_of_stated_length_with_a_named_boundary_is_taken(self):
        body = b"--frame\r\n" + part(self.red) + b"\r\n--frame--\r\n"
        fields = f"Content-Type: multipart/x-mixed-replace; boundary=frame\r\nContent-Length: {len(body)}\r\n"
        camera = self.camera("stated", chunked=False, fields=fields)
        camera.send(body)
        self.assertEqual(camera.answer(), 204)
        self.assertEqual(self.still("stated"), self.red)
        with self.counts_one("bad_request"):
            camera = self.camera("stated", chunked=False, fields=fields.replace("=frame", "=other"))
            camera.send(body)
            self.assertEqual(camera.answer(), 400)

    def test_a_push_without_a_body_is_refused(self):
        with self.counts_one("length"):
            self.assertEqual(self.camera(chunked=False).answer(), 411)

    def test_a_camera_that_asks_first_is_told_to_go_on(self):
        camera = self.camera("asks", fields="Expect: 100-continue\r\n")
        self.assertEqual(status_of(camera.line.recv(100)), 100)

    def test_names_of_odd_bytes_are_names(self):
        for path in ("%00", "a%2Fb", "%2E%2E", "..", "%FF%FE", "%E2%82%AC", "%22%3Cb%3E%5C", "x" * 256):
            self.push(self.camera_1, path, self.red)
            self.assertEqual(self.still(path), self.red, path)
        devices = self.relay.get("/api/devices", self.viewer_1).json()["devices"]
        paths = {device["path"].removeprefix("/api/devices/"): device["name"] for device in devices}
        self.assertEqual(paths["%00"], "\0")
        self.assertEqual(paths["a%2Fb"], "a/b")
        self.assertEqual(paths["%FF%FE"], "\ufffd\ufffd")
        self.assertEqual(paths["%E2%82%AC"], "\u20ac")
        self.assertEqual(paths["%22%3Cb%3E%5C"], '"<b>\\')
        self.assertEqual(paths[".."], "..")

    def test_names_that_are_none_are_refused(self):
        for path, status in (("x" * 257, 400), ("%", 400), ("%2", 400), ("%zz", 400), ("", 404), ("a/b", 404)):
            camera = Camera(self.relay, self.camera_1, path)
            self.assertEqual(camera.answer(), status, path)

    def test_a_publisher_with_a_list_pushes_as_nobody_else(self):
        token = self.relay.mint(1, 9, "publisher", devices=["porch"])
        with self.counts_one("forbidden"):
            self.assertEqual(Camera(self.relay, token, "garage").answer(), 403)

    def test_a_home_has_so_many_names_and_no_more(self):
        token = self.relay.mint(77, 9, "publisher")
        answers = []
        for number in range(1100):
            camera = Camera(self.relay, token, f"name{number}")
            answers.append(camera.finish())
            if answers[-1] == 429:
                break
        self.assertEqual(answers[-1], 429)
        self.assertEqual(set(answers[:-1]), {415})

    def still(self, path):
        return self.relay.get(f"/api/devices/{path}/still.jpg?max_age=any", self.viewer_1).body
