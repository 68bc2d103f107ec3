// SPDX-License-Identifier: Apache-2.0
//
// What the page test plays on: one real relay, real cameras, one real browser. Everything started here is ended by
// `stage.end()`, by its own process id.

import { spawn, execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export { sleep };
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const stale_after_ms = 3000;
export const colours = { 1: "1d4ed8", 2: "c2410c", 3: "15803d" };

const relay_binary = process.env.FRAMECACHE_RELAY;
const camera_script = join(root, "examples", "relay", "camera");

// The last process is gone when this resolves; resolves at once for one that is gone already.
function gone(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", resolve));
}

class Relay {
  constructor(folder) {
    this.folder = folder;
    this.key = join(folder, "key");
    execFileSync(relay_binary, ["keygen", "--key-file", this.key]);
  }

  async start() {
    this.process = spawn(relay_binary,
      ["serve", "--key-file", this.key, "--port", "0", "--stale-after", `${stale_after_ms / 1000}s`],
      { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: this.process.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once("line", resolve)),
      sleep(20000).then(() => { throw new Error("the relay did not start"); }),
    ]);
    lines.on("line", (line) => { this.last_line = line; });
    this.address = /http:\/\/\S+:\d+/.exec(first)[0];
    this.port = new URL(this.address).port;
  }

  mint(tenant, role, expires = "1h", devices = []) {
    return execFileSync(relay_binary,
      ["mint", "--key-file", this.key, "--tenant", String(tenant), "--principal", role === "viewer" ? "1" : "2",
       "--role", role, "--expires", expires, ...devices.flatMap((name) => ["--device", name])],
      { encoding: "utf8" }).trim();
  }
}

export class Camera {
  constructor(stage, home, name, number, fps = 12) {
    Object.assign(this, { stage, home, name, number, fps });
    this.token_file = join(stage.folder, `camera-${number}`);
    writeFileSync(this.token_file, stage.relay.mint(home, "publisher", "1h", [name]) + "\n", { mode: 0o600 });
  }

  start() {
    this.process = spawn(camera_script,
      ["--port", this.stage.relay.port, "--token-file", this.token_file, "--device", encodeURIComponent(this.name),
       "--caption", `Home ${this.home} - ${this.name}`, "--colour", colours[this.home], "--number", String(this.number),
       "--fps", String(this.fps)],
      { stdio: ["ignore", "ignore", "inherit"] });
    return this;
  }

  async kill() {
    this.process.kill("SIGKILL");
    await gone(this.process);
  }
}

// A camera that connects and sends the beginning of its first part, then nothing.
export function silent_camera(stage, home, name) {
  const token = stage.relay.mint(home, "publisher", "1h", [name]);
  const push = request({
    host: "127.0.0.1", port: stage.relay.port, method: "PUT", path: `/api/devices/${encodeURIComponent(name)}/push`,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "multipart/x-mixed-replace;boundary=ffmpeg" },
  });
  push.on("error", () => {});      // the relay may end a push that brings nothing
  push.write("--ffmpeg\r\n");
  return { end: () => push.destroy() };
}

export class Stage {
  static async begin() {
    const stage = new Stage();
    stage.folder = mkdtempSync(join(tmpdir(), "framecache-page."));
    chmodSync(stage.folder, 0o700);
    stage.cameras = [];
    stage.relay = new Relay(stage.folder);
    await stage.relay.start();
    stage.browser = await chromium.launch({
      executablePath: "/usr/bin/chromium", headless: true,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    return stage;
  }

  camera(home, name, number, fps) {
    const camera = new Camera(this, home, name, number, fps).start();
    this.cameras.push(camera);
    return camera;
  }

  async end() {
    if (this.browser) await this.browser.close();
    for (const camera of this.cameras) await camera.kill();
    if (this.relay?.process) {
      this.relay.process.kill("SIGTERM");
      await Promise.race([gone(this.relay.process), sleep(5000)]);
      this.relay.process.kill("SIGKILL");
      this.drained = this.relay.process.exitCode;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
