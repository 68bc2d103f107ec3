# SPDX-License-Identifier: Apache-2.0
import subprocess
import time

from support import Live, RelayTest, eventually


def start_ffmpeg(relay, token, path, *options, method="PUT", seconds=None):
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25"]
    command += ["-t", str(seconds)] if seconds else []
    command += ["-c:v", "mjpeg", "-f", "mpjpeg", "-method", method, "-headers", f"Authorization: Bearer {token}\r\n", *options]
    scheme = "https" if relay.tls else "http"
    command += [f"{scheme}://127.0.0.1:{relay.port}/api/devices/{path}/push"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def decoded_size(jpeg):
    """Width and height as ffmpeg decodes them; fails for what it cannot decode."""
    command = ["ffmpeg", "-v", "error", "-xerror", "-f", "mjpeg", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    return len(subprocess.run(command, input=jpeg, check=True, capture_output=True).stdout)


class FfmpegIsACamera(RelayTest):
    def ffmpeg(self, *arguments, **options):
        process = start_ffmpeg(self.relay, self.camera_1, *arguments, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def still(self, path):
        return self.relay.get(f"/api/devices/{path}/still.jpg", self.viewer_1)

    def test_what_it_sends_by_itself_is_taken(self):
        for method in ("PUT", "POST"):
            self.ffmpeg(method, method=method)
            self.assertTrue(eventually(lambda: self.still(method).status == 200))
            self.assertEqual(decoded_size(self.still(method).body), 320 * 240)

    def test_named_boundaries_and_types_are_taken_as_well(self):
        self.ffmpeg("named", "-content_type", "multipart/x-mixed-replace;boundary=cam", "-boundary_tag", "cam")
        self.assertTrue(eventually(lambda: self.still("named").status == 200))

    def test_live_keeps_its_pace(self):
        self.ffmpeg("pace")
        self.assertTrue(eventually(lambda: self.still("pace").status == 200))
        live = Live(self.relay, self.viewer_1, "pace")
        live.frame()
        began = time.monotonic()
        ages = [int(live.frame()[0]["X-Frame-Age-Ms"]) for _ in range(50)]
        self.assertTrue(1.5 < time.monotonic() - began < 3)
        self.assertLess(sorted(ages)[25], 20)
        live.close()

    def test_it_ends_well_and_comes_back_as_a_new_generation(self):
        self.assertEqual(self.ffmpeg("returns", seconds=1).wait(timeout=10), 0)
        first = self.still("returns").headers["X-Stream-Generation"]
        self.ffmpeg("returns")
        self.assertTrue(eventually(lambda: self.still("returns").headers.get("X-Stream-Generation") not in (None, first)))
