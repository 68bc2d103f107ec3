# SPDX-License-Identifier: Apache-2.0
from support import RelayTest


class SigningInSetsACookieThatScriptsCannotRead(RelayTest):
    def test_the_cookie_opens_what_the_token_opens(self):
        self.push(self.camera_1, "door", self.red)
        answer = self.relay.ask("POST", "/api/session", self.viewer_1)
        self.assertEqual((answer.status, answer.body), (204, b""))
        cookie, *attributes = answer.headers["Set-Cookie"].split("; ")
        self.assertEqual(set(attributes[:3]), {"HttpOnly", "SameSite=Strict", "Path=/"})
        name, seconds = attributes[3].split("=")
        self.assertEqual(name, "Max-Age")
        self.assertTrue(3590 < int(seconds) <= 3600)
        self.assertEqual(cookie, "framecache_session=" + self.viewer_1)
        for field in (cookie, "a=b; " + cookie, cookie + "; c=d"):
            self.assertEqual(self.relay.get("/api/devices/door/still.jpg?max_age=any", Cookie=field).body, self.red)
        self.assertEqual(self.relay.get("/api/devices", Cookie="x" + cookie).status, 401)

    def test_signing_out_takes_it_back(self):
        answer = self.relay.ask("DELETE", "/api/session")
        self.assertEqual(answer.status, 204)
        self.assertIn("framecache_session=;", answer.headers["Set-Cookie"])
        self.assertIn("Max-Age=0", answer.headers["Set-Cookie"])

    def test_a_cookie_changes_nothing(self):
        """Only a header that no browser sends by itself pushes, revokes or signs in."""
        for role, method, path in (
            ("publisher", "PUT", "/api/devices/a/push"),
            ("steward", "POST", "/api/principals/5/revoke"),
            ("viewer", "POST", "/api/session"),
            ("admin", "GET", "/api/report"),
        ):
            cookie = "framecache_session=" + self.relay.mint(1, 3, role)
            self.assertEqual(self.relay.ask(method, path, Cookie=cookie).status, 401)

    def test_the_page_may_load_nothing_from_elsewhere(self):
        page = self.relay.get("/")
        self.assertEqual(page.status, 200)
        policy = dict(rule.strip().split(" ", 1) for rule in page.headers["Content-Security-Policy"].split(";"))
        self.assertEqual(policy["default-src"], "'none'")
        for kind in ("script-src", "style-src", "img-src", "connect-src"):
            self.assertEqual(policy[kind], "'self'")
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_the_page_is_what_lies_beside_the_source(self):
        from support import ROOT

        folder = ROOT / "examples" / "relay" / "page"
        for path, name, kind in (
            ("/", "index.html", "text/html"), ("/page/app.js", "app.js", "text/javascript"), ("/page/style.css", "style.css", "text/css"),
        ):
            answer = self.relay.get(path)
            self.assertEqual(answer.body, (folder / name).read_bytes())
            self.assertTrue(answer.headers["Content-Type"].startswith(kind))
