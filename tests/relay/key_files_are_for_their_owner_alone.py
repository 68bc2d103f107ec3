# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import tempfile
import unittest

from support import RELAY, mint


class KeyFilesAreForTheirOwnerAlone(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.key = os.path.join(folder.name, "key")

    def run_relay(self, *words):
        return subprocess.run([RELAY, *words], capture_output=True, text=True, timeout=20)

    def refused(self, *words):
        done = self.run_relay(*words)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        return done.stderr

    def test_keygen_makes_one_that_nobody_else_can_read_and_never_overwrites(self):
        self.assertEqual(self.run_relay("keygen", "--key-file", self.key).returncode, 0)
        facts = os.stat(self.key)
        self.assertEqual((facts.st_mode & 0o777, facts.st_size), (0o600, 32))
        before = open(self.key, "rb").read()
        self.assertIn("File exists", self.refused("keygen", "--key-file", self.key))
        self.assertEqual(open(self.key, "rb").read(), before)

    def test_one_that_others_can_read_or_that_is_another_s_is_refused(self):
        self.run_relay("keygen", "--key-file", self.key)
        words = ("mint", "--key-file", self.key, "--tenant", "1", "--principal", "1", "--role", "viewer", "--expires", "1h")
        for mode in (0o640, 0o604, 0o620, 0o601):
            os.chmod(self.key, mode)
            self.assertIn("chmod 600", self.refused(*words))
            self.assertIn("chmod 600", self.refused("serve", "--key-file", self.key, "--port", "0"))
        os.chmod(self.key, 0o600)
        self.assertEqual(self.run_relay(*words).returncode, 0)
        if os.geteuid() == 0:
            os.chown(self.key, 12345, -1)
            self.assertIn("another user", self.refused(*words))

    def test_one_of_the_wrong_size_or_that_is_not_there_is_refused(self):
        words = ("serve", "--port", "0", "--key-file", self.key)
        self.assertIn("No such file", self.refused(*words))
        for content in (b"", b"x" * 31, b"x" * 33):
            with open(os.open(self.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
            self.assertIn("32 bytes", self.refused(*words))
        self.assertIn("regular file", self.refused("serve", "--port", "0", "--key-file", "/dev/null"))

    def test_words_that_mean_nothing_are_refused_with_the_usage(self):
        self.run_relay("keygen", "--key-file", self.key)
        good = ["mint", "--key-file", self.key, "--tenant", "1", "--principal", "1", "--role", "viewer", "--expires", "1h"]
        for place, word in ((4, "0"), (4, "x"), (6, "-1"), (8, "king"), (10, "1"), (10, "soon"), (1, "--no-such")):
            self.assertIn("relay serve", self.refused(*good[:place], word, *good[place + 1 :]))
        self.refused(*good, "--device")
        self.refused(*good, "--device", "x" * 257)
        self.refused("serve", "--key-file", self.key, "--port", "70000")
        self.refused("serve", "--key-file", self.key, "--tls-cert", "x")
        self.refused()

    def test_what_is_minted_differs_in_all_that_it_says(self):
        self.run_relay("keygen", "--key-file", self.key)
        tokens = {mint(self.key, *who) for who in ((1, 1, "viewer"), (2, 1, "viewer"), (1, 2, "viewer"), (1, 1, "admin"))}
        tokens.add(mint(self.key, 1, 1, "viewer", devices=["a"]))
        self.assertEqual(len(tokens), 5)
