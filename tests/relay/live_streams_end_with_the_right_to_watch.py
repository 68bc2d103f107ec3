# SPDX-License-Identifier: Apache-2.0
import time

from support import Live, RelayTest, numbered


class LiveStreamsEndWithTheRightToWatch(RelayTest):
    options = ("--frame-timeout", "2s", "--stale-after", "1s")

    def live(self, device, token=None, **options):
        made = Live(self.relay, token or self.viewer_1, device, **options)
        self.addCleanup(made.close)
        return made

    def test_every_new_frame_arrives_whole_and_in_order(self):
        camera = self.push(self.camera_1, "steady", self.red)
        live = self.live("steady")
        self.assertEqual(live.frame()[1], self.red)
        last = 0
        for number in range(50):
            sent = numbered(self.red, number)
            camera.frame(sent)
            fields, jpeg = live.frame()
            self.assertEqual(jpeg, sent)
            self.assertGreater(int(fields["X-Frame-Sequence"]), last)
            last = int(fields["X-Frame-Sequence"])

    def test_it_goes_on_when_the_camera_reconnects(self):
        camera = self.push(self.camera_1, "again", self.red)
        live = self.live("again")
        first, _ = live.frame()
        camera.kill()
        self.push(self.camera_1, "again", numbered(self.red, 2))
        second, jpeg = live.frame()
        self.assertEqual(jpeg, numbered(self.red, 2))
        self.assertGreater(int(second["X-Stream-Generation"]), int(first["X-Stream-Generation"]))

    def test_a_frame_that_is_old_already_is_not_live(self):
        camera = self.push(self.camera_1, "late", self.red)
        time.sleep(1.2)
        live = self.live("late")
        camera.frame(numbered(self.red, 2))
        self.assertEqual(live.frame()[1], numbered(self.red, 2))

    def test_it_ends_when_the_token_expires(self):
        self.push(self.camera_1, "short", self.red)
        live = self.live("short", self.relay.mint(1, 5, "viewer", expires="1500ms"))
        live.frame()
        self.assertTrue(0.5 < live.wait_for_end() < 2.5)

    def test_it_ends_when_the_principal_is_revoked_and_only_that_one(self):
        camera = self.push(self.camera_1, "guest", self.red)
        guest_token = self.relay.mint(1, 6, "viewer")
        guest, owner = self.live("guest", guest_token), self.live("guest")
        guest.frame(), owner.frame()
        answer = self.relay.ask("POST", "/api/principals/6/revoke", self.relay.mint(1, 8, "steward"))
        self.assertEqual(answer.status, 204)
        self.assertLess(guest.wait_for_end(), 1)
        self.assertEqual(self.relay.get("/api/devices/guest/still.jpg", guest_token).status, 401)
        self.assertEqual(self.relay.get("/api/devices", guest_token).status, 401)
        self.assertEqual(self.relay.ask("POST", "/api/session", guest_token).status, 401)
        camera.frame(numbered(self.red, 2))
        self.assertEqual(owner.frame()[1], numbered(self.red, 2))

    def test_a_steward_revokes_in_its_own_home_only(self):
        self.push(self.camera_2, "other", self.blue)
        watched = self.live("other", self.relay.mint(2, 7, "viewer"))
        watched.frame()
        self.relay.ask("POST", "/api/principals/7/revoke", self.relay.mint(1, 8, "steward"))
        self.assertEqual(self.relay.get("/api/devices/other/still.jpg", self.relay.mint(2, 7, "viewer")).status, 200)

    def test_a_slow_reader_gets_the_newest_and_stalls_nobody(self):
        padding = 200_000
        camera = self.push(self.camera_1, "slow", numbered(self.red, 0, padding))
        slow, quick = self.live("slow", receive_buffer=16 * 1024), self.live("slow")
        quick.frame()
        for number in range(1, 21):
            camera.frame(numbered(self.red, number, padding))
            self.assertEqual(quick.frame()[1], numbered(self.red, number, padding))
        received = [slow.frame()[1]]
        while received[-1] != numbered(self.red, 20, padding):
            received.append(slow.frame()[1])
        self.assertLess(len(received), 6, "frames were queued for a slow reader")

    def test_a_reader_that_takes_nothing_is_cut(self):
        padding = 1_000_000
        camera = self.push(self.camera_1, "stuck", numbered(self.red, 0, padding))
        with self.counts_one("slow_reader"):
            self.live("stuck", receive_buffer=4096)
            for number in range(1, 4):
                camera.frame(numbered(self.red, number, padding))

    def test_waiting_costs_no_processor(self):
        self.push(self.camera_1, "idle", self.red).kill()
        lives = [self.live("idle") for _ in range(20)]
        self.push(self.camera_1, "idle")  # begins anew and sends nothing
        time.sleep(0.5)
        before = self.relay.cpu_seconds()
        time.sleep(1)
        self.assertLess(self.relay.cpu_seconds() - before, 0.2)
        self.assertEqual({live.status for live in lives}, {200})


class AViewerThatLeavesIsNoticed(RelayTest):
    def test_without_a_frame(self):
        self.push(self.camera_1, "left", self.red)
        live = Live(self.relay, self.viewer_1, "left")
        live.frame()
        before = self.settled()
        live.close()
        time.sleep(5.5)
        self.assertEqual(self.connections(), before - 1)

    def settled(self):
        """Connections, once those of earlier requests have been noticed to be gone."""
        last = None
        while (now := self.connections()) != last:
            last = now
            time.sleep(0.5)
        return now

    def connections(self):
        return self.relay.get("/api/report", self.admin).json()["connections"]
