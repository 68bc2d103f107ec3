# SPDX-License-Identifier: Apache-2.0
import statistics
import time

from support import RelayTest, numbered


class AForeignDeviceAnswersAsAnAbsentOne(RelayTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limited = cls.relay.mint(1, 2, "viewer", devices=["porch"])

    def test_homes_with_a_same_named_camera_each_see_their_own(self):
        self.push(self.camera_1, "front%20door", self.red)
        self.push(self.camera_2, "front%20door", self.blue)
        path = "/api/devices/front%20door/still.jpg?max_age=any"
        self.assertEqual(self.relay.get(path, self.viewer_1).body, self.red)
        self.assertEqual(self.relay.get(path, self.viewer_2).body, self.blue)

    def test_every_answer_is_the_same_byte_for_byte(self):
        self.push(self.camera_2, "garden", self.blue)
        self.push(self.camera_1, "unlisted", self.red)
        for ending in ("still.jpg", "still.jpg?max_age=any", "live.mjpg"):
            answers = {
                self.exchange(token, device, ending)
                for token, device in (
                    (self.viewer_1, "garden"),
                    (self.viewer_1, "nowhere"),
                    (self.limited, "unlisted"),
                    (self.limited, "garden"),
                    (self.limited, "nowhere"),
                )
            }
            self.assertEqual(len(answers), 1, answers)
            self.assertTrue(answers.pop().startswith(b"HTTP/1.1 404 "))

    def exchange(self, token, device, ending):
        head = f"GET /api/devices/{device}/{ending} HTTP/1.1\r\nHost: r\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        return self.relay.raw(head.encode())

    def test_the_time_to_answer_tells_nothing(self):
        self.push(self.camera_2, "shed", *(numbered(self.blue, i) for i in range(5)))
        times = {"shed": [], "nowhere": []}
        for _ in range(150):
            for device, spent in times.items():
                began = time.perf_counter()
                self.relay.get(f"/api/devices/{device}/still.jpg", self.viewer_1)
                spent.append(time.perf_counter() - began)
        foreign, absent = (statistics.median(spent) for spent in times.values())
        self.assertLess(abs(foreign - absent), 0.0005 + 0.5 * min(foreign, absent), (foreign, absent))

    def test_the_list_has_a_home_s_own_devices_and_of_those_the_admitted(self):
        self.push(self.camera_1, "porch", self.red)
        self.push(self.camera_1, "attic", self.red)
        self.push(self.camera_2, "cellar", self.blue)
        all_of_1 = self.names(self.viewer_1)
        self.assertLessEqual({"porch", "attic"}, all_of_1)
        self.assertNotIn("cellar", all_of_1)
        self.assertEqual(self.names(self.limited), {"porch"})
        self.assertIn("cellar", self.names(self.viewer_2))
        self.assertNotIn("porch", self.names(self.viewer_2))

    def names(self, token):
        return {device["name"] for device in self.relay.get("/api/devices", token).json()["devices"]}
