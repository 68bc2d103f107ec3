# SPDX-License-Identifier: Apache-2.0
import time

from support import Camera, RelayTest, eventually, numbered


class StillsSayHowOldTheyAre(RelayTest):
    options = ("--stale-after", "500ms")

    def still(self, device, token=None, **fields):
        return self.relay.get(f"/api/devices/{device}/still.jpg", token or self.viewer_1, **fields)

    def test_the_headers_are_exactly_those_of_the_interface(self):
        self.push(self.camera_1, "exact", self.red)
        answer = self.still("exact")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, self.red)
        self.assertEqual(answer.headers["Content-Type"], "image/jpeg")
        self.assertEqual(answer.headers["Age"], "0")
        self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
        self.assertLess(int(answer.headers["X-Frame-Age-Ms"]), 1000)
        generation, sequence = answer.headers["X-Stream-Generation"], answer.headers["X-Frame-Sequence"]
        self.assertEqual(answer.headers["ETag"], f'"{generation}-{sequence}"')

    def test_an_older_frame_than_asked_for_is_not_served(self):
        self.push(self.camera_1, "old", self.red)
        time.sleep(0.4)
        answer = self.still("old")
        self.assertEqual(answer.status, 200)
        late = self.relay.get("/api/devices/old/still.jpg?max_age=300ms", self.viewer_1)
        self.assertEqual((late.status, late.json(), late.headers["Retry-After"]), (503, {"error": "too_old"}, "1"))
        any_age = self.relay.get("/api/devices/old/still.jpg?max_age=any", self.viewer_1)
        self.assertEqual(any_age.status, 200)
        self.assertGreaterEqual(int(any_age.headers["X-Frame-Age-Ms"]), 400)

    def test_without_max_age_two_seconds_is_the_limit(self):
        self.push(self.camera_1, "default", self.red)
        self.assertEqual(self.still("default").status, 200)
        time.sleep(2.1)
        self.assertEqual(self.still("default").status, 503)
        self.assertEqual(self.relay.get("/api/devices/default/still.jpg?max_age=any", self.viewer_1).headers["Age"], "2")

    def test_a_frame_that_the_viewer_has_is_not_sent_again(self):
        camera = self.push(self.camera_1, "tagged", self.red)
        tag = self.still("tagged").headers["ETag"]
        for given in (tag, f'"1-1", W/{tag}', "*"):
            answer = self.still("tagged", If_None_Match=given)
            self.assertEqual((answer.status, answer.body, answer.headers["ETag"]), (304, b"", tag))
        camera.frame(numbered(self.red, 2))
        self.wait_for(lambda: self.still("tagged", If_None_Match=tag).status == 200)

    def test_a_max_age_that_is_none_is_a_bad_request(self):
        self.push(self.camera_1, "asked", self.red)
        for text in ("2", "-1s", "1e3s", "soon", "99999999999999999999s", "2s2s", "%32s"):
            with self.counts_one("bad_request"):
                answer = self.relay.get(f"/api/devices/asked/still.jpg?max_age={text}", self.viewer_1)
                self.assertEqual(answer.status, 400, text)

    def test_a_head_request_has_the_same_headers_and_no_picture(self):
        self.push(self.camera_1, "head", self.red)
        answer = self.relay.ask("HEAD", "/api/devices/head/still.jpg", self.viewer_1)
        self.assertEqual((answer.status, answer.headers["Content-Length"], answer.body), (200, str(len(self.red)), b""))

    def test_the_list_tells_live_from_stale_from_absent(self):
        camera = self.push(self.camera_1, "state", self.red)
        device = self.listed("state")
        self.assertEqual((device["state"], device["path"]), ("live", "/api/devices/state"))
        self.assertEqual((device["width"], device["height"]), (64, 48))
        self.assertEqual(device["generation"], self.still("state").headers["X-Stream-Generation"])
        camera.kill()
        time.sleep(0.6)
        device = self.listed("state")
        self.assertEqual(device["state"], "stale")
        self.assertGreaterEqual(device["age_ms"], 500)

        self.push(self.camera_1, "empty")
        self.wait_for(lambda: self.listed("empty"))
        device = self.listed("empty")
        self.assertEqual(device["state"], "absent")
        self.assertEqual([device[key] for key in ("age_ms", "generation", "width", "height")], [None] * 4)
        self.assertEqual(self.still("empty").status, 404)

    def test_a_reconnect_begins_a_new_generation(self):
        self.push(self.camera_1, "back", self.red).kill()
        first = self.still("back").headers
        self.push(self.camera_1, "back", numbered(self.red, 2))
        second = self.still("back").headers
        self.assertGreater(int(second["X-Stream-Generation"]), int(first["X-Stream-Generation"]))
        self.assertGreater(int(second["X-Frame-Sequence"]), int(first["X-Frame-Sequence"]))

    def test_an_older_connection_of_the_same_camera_is_fenced_off(self):
        old = self.push(self.camera_1, "twice", self.red)
        self.push(self.camera_1, "twice", numbered(self.red, 2))
        with self.counts_one("superseded"):
            old.frame(numbered(self.red, 3))
            self.assertEqual(old.answer(), 409)
        self.assertEqual(self.still("twice").body, numbered(self.red, 2))

    def test_two_principals_are_not_one_camera(self):
        self.push(self.camera_1, "disputed", self.red)
        with self.counts_one("superseded"):
            other = Camera(self.relay, self.relay.mint(1, 10, "publisher"), "disputed")
            self.assertEqual(other.answer(), 409)
        self.assertEqual(self.still("disputed").body, self.red)

    def listed(self, name):
        devices = self.relay.get("/api/devices", self.viewer_1).json()["devices"]
        return next((device for device in devices if device["name"] == name), None)

    def wait_for(self, condition):
        self.assertTrue(eventually(condition))
