// SPDX-License-Identifier: Apache-2.0
//
// The relay's page as people use it. Each step is a sentence that holds or does not; later steps go on from where
// earlier ones left the page, as a person would. Last line: N passed, N failed.

import assert from "node:assert/strict";
import { join } from "node:path";
import { Stage, colours, root, silent_camera, sleep, stale_after_ms } from "./stage.js";

let passed = 0, failed = 0;

async function step(sentence, body) {
  const begin = Date.now();
  try {
    const note = await body();
    passed += 1;
    console.log(`ok    ${sentence}${note ? ` (${note})` : ""} [${Date.now() - begin} ms]`);
  } catch (error) {
    failed += 1;
    const why = String(error.stack).split("\n").slice(0, 8).join("\n      ");
    console.log(`FAIL  ${sentence} [${Date.now() - begin} ms]\n      ${why}`);
  }
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const secrets = [];       // every token that was typed in
const addresses = [];     // every address that any page asked for or stood at
const complaints = [];    // script errors and refusals by the content security policy
const open_streams = new Set();

async function new_page(stage, viewport = desktop) {
  const context = await stage.browser.newContext({ viewport });
  const page = await context.newPage();
  page.on("request", (asked) => {
    addresses.push(asked.url());
    if (asked.url().includes("live.mjpg")) open_streams.add(asked);
  });
  for (const ended of ["requestfinished", "requestfailed"]) page.on(ended, (asked) => open_streams.delete(asked));
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (said) => {
    if (/content security policy|refused to/i.test(said.text())) complaints.push(said.text());
  });
  await page.goto(stage.relay.address);
  return page;
}

const shots = join(root, "build", "screenshots");
const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
const at = (page, id) => page.getByTestId(id);
const tile = (page, name) => page.locator(`[data-testid=camera][data-name="${name}"]`);
const names = (page) => page.locator("[data-testid=camera] [data-testid=name]").allTextContents();

async function sign_in(page, token) {
  secrets.push(token);
  await page.getByLabel("Viewer token").fill(token);
  await at(page, "enter").click();
}

// Notes, in the page itself, when a tile reaches a state: what the test's own slowness adds is left out.
const note_when = (page, name, state) => tile(page, name).evaluate((root, wanted) => {
  const watch = new MutationObserver(() => {
    if (root.dataset.state !== wanted) return;
    root.dataset.notedAt = String(Date.now());
    watch.disconnect();
  });
  watch.observe(root, { attributeFilter: ["data-state"] });
}, state);
const noted_at = async (page, name) => Number(await tile(page, name).getAttribute("data-noted-at"));

async function becomes(page, name, state, within_ms) {
  const begin = Date.now();
  await page.locator(`[data-testid=camera][data-name="${name}"][data-state=${state}]`).waitFor({ timeout: within_ms });
  return Date.now() - begin;
}

// The picture of a tile as it is drawn: its kind, the share of it in the home's colour, and a print of its content.
function picture(page, name, colour) {
  return tile(page, name).evaluate((root, rgb) => {
    const seen = root.querySelector(".picture img, .picture canvas");
    if (!seen) return null;
    const canvas = document.createElement("canvas");
    const width = canvas.width = 320, height = canvas.height = 180;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(seen, 0, 0, width, height);
    const data = context.getImageData(0, 0, width, height).data;
    let hits = 0, print = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (rgb.every((want, k) => Math.abs(data[i + k] - want) <= 24)) hits += 1;
      print = (Math.imul(print, 31) + data[i] + data[i + 1] + data[i + 2]) | 0;
    }
    const box = seen.getBoundingClientRect();
    return { kind: seen.tagName, share: hits / (width * height), print, drawn: box.width > 100 && box.height > 50 };
  }, [0, 2, 4].map((i) => parseInt(colour.slice(i, i + 2), 16)));
}

async function shows_moving(page, name, home) {
  const end = Date.now() + 6000;
  for (let first = null; ; await sleep(300)) {
    const seen = await picture(page, name, colours[home]);
    if (first && seen && seen.print !== first.print) {
      assert.equal(seen.kind, "IMG");
      assert.ok(seen.drawn, "the picture is not to be seen");
      assert.ok(seen.share > 0.6, `${name}: ${seen.share} of the picture is in home ${home}'s colour`);
      for (const other of Object.keys(colours).filter((h) => h !== String(home))) {
        assert.ok((await picture(page, name, colours[other])).share < 0.02, `home ${other}'s colour is in the picture`);
      }
      return;
    }
    first = seen;
    assert.ok(Date.now() < end, `${name}: the picture does not move`);
  }
}

const age_ms = async (page, name) => Number(await tile(page, name).getAttribute("data-age-ms"));

async function fits_the_width(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${content} px wide in a window of ${window}`);
}

// WCAG's contrast of text against the nearest ground that is painted.
const contrasts = (page) => page.evaluate(() => {
  const numbers = (css) => css.match(/[\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const rgba = numbers(getComputedStyle(e).backgroundColor);
      if (rgba.length === 3 || rgba[3] === 1) return rgba.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("h1, h2, p, label, button, code")) {
    if (!element.checkVisibility() || !element.textContent.trim() || element.closest(".picture, .unseen")) continue;
    const a = light(numbers(getComputedStyle(element).color).slice(0, 3)), b = light(ground(element));
    found.push([element.className || element.id || element.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
  }
  return found;
});

async function is_readable(page) {
  const all = await contrasts(page);
  assert.ok(all.length > 3);
  for (const [what, ratio] of all) assert.ok(ratio >= 4.5, `${what}: contrast ${ratio.toFixed(2)}`);
}

async function is_signed_out(page) {
  await at(page, "door").waitFor();
  assert.equal(await page.locator("[data-testid=camera]").count(), 0);
  assert.equal(await page.locator("main img, main canvas").count(), 0);
  assert.equal(await at(page, "sign-out").isVisible(), false);
}

async function play(stage) {
  const front = stage.camera(1, "front door", 17);
  stage.camera(1, "kitchen", 18);
  stage.camera(2, "front door", 33);
  stage.camera(2, "garden", 34);
  const one = stage.relay.mint(1, "viewer"), two = stage.relay.mint(2, "viewer");
  const page = await new_page(stage);

  await step("a stranger sees a form and no camera", async () => {
    await is_signed_out(page);
    await shot(page, "door");
  });

  await step("the page may load nothing but its own: a strict content security policy", async () => {
    const answer = await page.request.get(stage.relay.address);
    const policy = answer.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src '(self|none)'/);
    assert.doesNotMatch(policy, /unsafe|https?:|data:|blob:|\*/);
  });

  await step("an empty, a garbled, a forged and a publisher's token are refused in words", async () => {
    for (const [token, words] of [
      ["", /paste a viewer token/i], ["two words", /not a token/i], ["é".repeat(20), /not a token/i],
      ["x".repeat(80), /does not accept this token/i], [one.slice(0, -4) + "AAAA", /does not accept this token/i],
      [stage.relay.mint(1, "publisher", "1h", ["front door"]), /does not accept this token/i],
    ]) {
      await sign_in(page, token);
      await at(page, "refusal").filter({ hasText: words }).waitFor({ timeout: 5000 });
      await is_signed_out(page);
    }
    secrets.splice(0, secrets.length, ...secrets.filter((token) => token.length > 20));
    assert.deepEqual(await page.context().cookies(), []);
    await shot(page, "refused");
  });

  await step("home 1 signs in and sees its own cameras and only those, live, moving, in its colour", async () => {
    await sign_in(page, one);
    await becomes(page, "front door", "live", 10000);
    await becomes(page, "kitchen", "live", 10000);
    assert.deepEqual((await names(page)).sort(), ["front door", "kitchen"]);
    assert.equal(await at(page, "home").textContent(), "Home 1");
    await shows_moving(page, "front door", 1);
    await shows_moving(page, "kitchen", 1);
  });

  await step("each live camera shows an age below the bound, as the relay counts it", async () => {
    for (const name of ["front door", "kitchen"]) {
      assert.ok(await age_ms(page, name) < stale_after_ms);
      assert.match(await tile(page, name).getByTestId("age").textContent(), /^\d+ ms old$|^\d\.\d s old$/);
      assert.equal(await tile(page, name).getByTestId("badge").textContent(), "Live");
    }
    await shot(page, "home-1");
  });

  await step("the session is one cookie, HttpOnly and SameSite=Strict, and scripts find no trace of it", async () => {
    const cookies = await page.context().cookies();
    assert.equal(cookies.length, 1);
    assert.equal(cookies[0].httpOnly, true);
    assert.equal(cookies[0].sameSite, "Strict");
    const found = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length,
                                             document.getElementById("token").value]);
    assert.deepEqual(found, ["", 0, 0, ""]);
    assert.ok(!(await page.content()).includes(one));
  });

  const other = await new_page(stage);
  await step("home 2 signs in with the keyboard alone and sees its own cameras, one a namesake of home 1's", async () => {
    secrets.push(two);
    await other.keyboard.press("Tab");
    if (!await other.getByLabel("Viewer token").evaluate((e) => e === document.activeElement)) {
      await other.getByLabel("Viewer token").focus();
    }
    await other.keyboard.insertText(two);
    await other.keyboard.press("Enter");
    await becomes(other, "front door", "live", 10000);
    await becomes(other, "garden", "live", 10000);
    assert.deepEqual((await names(other)).sort(), ["front door", "garden"]);
    await shows_moving(other, "front door", 2);
    await shows_moving(other, "garden", 2);
    await shows_moving(page, "front door", 1);
    await shot(other, "home-2");
  });

  await step("home 2's session gets home 1's kitchen exactly as it gets a camera that nobody has", async () => {
    const get = (name) => other.evaluate(async (address) => {
      const answer = await fetch(address);
      return [answer.status, await answer.text()];
    }, `/api/devices/${name}/still.jpg`);
    const foreign = await get("kitchen");
    assert.deepEqual(foreign, await get("kitchem"));
    assert.deepEqual(foreign, [404, '{"error":"absent"}']);
    assert.equal((await get("garden"))[0], 200);
  });

  await step("a killed camera turns stale within the bound, and is marked so", async () => {
    await note_when(page, "front door", "stale");
    const killed_at = Date.now();
    await front.kill();
    await becomes(page, "front door", "stale", stale_after_ms + 10000);
    const took = await noted_at(page, "front door") - killed_at;
    assert.ok(took >= stale_after_ms - 1500, `stale after ${took} ms already`);
    assert.ok(took <= stale_after_ms + 2000, `stale only after ${took} ms`);
    const root_of = tile(page, "front door");
    assert.equal(await root_of.getByTestId("badge").textContent(), "Stale");
    assert.match(await root_of.getByTestId("over").textContent(), /not live/i);
    assert.ok(await root_of.getByTestId("over").isVisible());
    assert.equal((await picture(page, "front door", colours[1])).kind, "CANVAS", "a held copy and no stream");
    const filter = await root_of.locator("canvas").evaluate((e) => getComputedStyle(e).filter);
    assert.match(filter, /brightness\(0\.[1-6]/, "dimmed");
    return `stale ${took} ms after the kill, bound ${stale_after_ms} ms and one poll`;
  });

  await step("its age counts on, its picture stands still, its neighbours stay live", async () => {
    const before = [await age_ms(page, "front door"), await picture(page, "front door", colours[1])];
    await sleep(1500);
    const after = [await age_ms(page, "front door"), await picture(page, "front door", colours[1])];
    assert.ok(after[0] - before[0] > 1000 && after[0] - before[0] < 3000, `from ${before[0]} to ${after[0]} ms`);
    assert.equal(after[1].print, before[1].print);
    assert.equal(await tile(page, "kitchen").getAttribute("data-state"), "live");
    assert.equal(await tile(other, "front door").getAttribute("data-state"), "live");
    await shot(page, "stale");
    await page.setViewportSize(phone);
    await shot(page, "phone-stale");
    await page.setViewportSize(desktop);
  });

  await step("it comes back and the tile goes live by itself, in a new generation", async () => {
    const before = await tile(page, "front door").getByTestId("stream").textContent();
    front.start();
    const took = await becomes(page, "front door", "live", 8000);
    await shows_moving(page, "front door", 1);
    assert.notEqual(await tile(page, "front door").getByTestId("stream").textContent(), before);
    return `live ${took} ms after the start`;
  });

  await step("a camera that comes back before it is stale goes on, too", async () => {
    await front.kill();
    await sleep(500);
    front.start();
    await sleep(2500);
    assert.equal(await tile(page, "front door").getAttribute("data-state"), "live");
    await shows_moving(page, "front door", 1);
  });

  await step("a camera that has sent no frame is shown as absent", async () => {
    const porch = silent_camera(stage, 1, "porch");
    await becomes(page, "porch", "absent", 5000);
    assert.equal(await tile(page, "porch").getByTestId("badge").textContent(), "Absent");
    assert.equal(await tile(page, "porch").getByTestId("age").textContent(), "no frame");
    assert.equal(await picture(page, "porch", colours[1]), null);
    assert.equal(await tile(other, "porch").count(), 0);
    await shot(page, "absent");
    porch.end();
  });

  await step("the page is readable: contrast, labels, and a phone's width", async () => {
    await is_readable(page);
    await page.setViewportSize(phone);
    await fits_the_width(page);
    await shot(page, "phone-home-1");
    await page.setViewportSize(desktop);
    assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 1);
    assert.equal(await page.getByRole("heading", { name: "front door" }).count(), 1);
    assert.ok(await page.getByRole("img", { name: "Live picture: kitchen" }).count() === 1);
  });

  await step("a reload keeps the session", async () => {
    await page.reload();
    await becomes(page, "kitchen", "live", 5000);
    await shows_moving(page, "kitchen", 1);
  });

  await step("a stream that ends without a word is opened anew", async () => {
    const still = await (await page.request.get(`${stage.relay.address}/api/devices/kitchen/still.jpg`)).body();
    const head = `--end\r\nContent-Type: image/jpeg\r\nContent-Length: ${still.length}\r\n\r\n`;
    const one_part = Buffer.concat([Buffer.from(head), still, Buffer.from("\r\n--end--\r\n")]);
    let cut = 0;
    await page.route(/kitchen\/live\.mjpg/, (asked) => {
      cut += 1;
      return asked.fulfill({ contentType: "multipart/x-mixed-replace; boundary=end", body: one_part });
    }, { times: 1 });
    await page.reload();
    await becomes(page, "kitchen", "live", 5000);
    await sleep(2000);
    const before = (await picture(page, "kitchen", colours[1]))?.print;
    await sleep(1000);
    assert.equal((await picture(page, "kitchen", colours[1]))?.print, before, "the stream has ended, the picture stands");
    await sleep(7000);
    await shows_moving(page, "kitchen", 1);
    assert.equal(cut, 1);
  });

  await step("a stream that is refused gives way to stills", async () => {
    await page.route(/front%20door\/live\.mjpg/, (asked) => asked.fulfill({ status: 429, body: "{}" }), { times: 1 });
    await page.reload();
    await becomes(page, "front door", "live", 5000);
    await shows_moving(page, "front door", 1);
    assert.match(await tile(page, "front door").locator("img").getAttribute("src"), /still\.jpg/);
  });

  await step("a relay that falls silent is said so, and nothing is called live meanwhile", async () => {
    stage.relay.process.kill("SIGSTOP");
    try {
      await becomes(page, "kitchen", "unknown", 6000);
      await at(page, "trouble").filter({ hasText: /does not answer/ }).waitFor({ timeout: 2000 });
      assert.equal(await page.locator("[data-testid=camera][data-state=live]").count(), 0);
      await shot(page, "silent");
      await is_readable(page);
    } finally {
      stage.relay.process.kill("SIGCONT");
    }
    await becomes(page, "kitchen", "live", 10000);
    await shows_moving(page, "kitchen", 1);
    assert.equal(await at(page, "trouble").isVisible(), false);
  });

  await step("signing out ends it: no picture, no cookie, no stream, no answer, also after a reload", async () => {
    await at(page, "sign-out").click();
    await is_signed_out(page);
    for (let i = 0; (await page.context().cookies()).length > 0; ++i) {
      assert.ok(i < 20, "the cookie stays");
      await sleep(100);
    }
    const mine = () => [...open_streams].filter((asked) => asked.frame().page() === page);
    for (let i = 0; mine().length > 0; ++i) {
      assert.ok(i < 20, `${mine().length} streams stay open`);
      await sleep(100);
    }
    assert.equal(await page.evaluate(async () => (await fetch("/api/devices")).status), 401);
    await page.reload();
    await is_signed_out(page);
    assert.equal(await at(page, "refusal").textContent(), "");
    assert.equal(await tile(other, "garden").getAttribute("data-state"), "live", "the other home goes on");
  });

  await step("a token that expires ends the session, in words, and the pictures go", async () => {
    await sign_in(page, stage.relay.mint(1, "viewer", "6s"));
    await becomes(page, "kitchen", "live", 5000);
    await at(page, "refusal").filter({ hasText: /session has ended/i }).waitFor({ timeout: 10000 });
    await is_signed_out(page);
    await page.setViewportSize(phone);
    await fits_the_width(page);
    await is_readable(page);
    await shot(page, "phone-ended");
    await page.setViewportSize(desktop);
  });

  await step("a token for one camera shows that camera alone", async () => {
    await sign_in(page, stage.relay.mint(1, "viewer", "1h", ["kitchen"]));
    await becomes(page, "kitchen", "live", 5000);
    assert.deepEqual(await names(page), ["kitchen"]);
    await at(page, "sign-out").click();
    await is_signed_out(page);
  });

  await step("a home of seven cameras is live as a whole, though a browser opens six connections", async () => {
    const rooms = ["attic", "cellar", "garage", "hall", "nursery", "study", "terrace"];
    rooms.forEach((name, i) => stage.camera(3, name, 49 + i, 5));
    await sign_in(page, stage.relay.mint(3, "viewer"));
    for (const name of rooms) await becomes(page, name, "live", 10000);
    for (const name of rooms) await shows_moving(page, name, 3);
    assert.equal(await at(page, "trouble").isVisible(), false);
    await shot(page, "seven");
  });

  await step("no address ever held a token, and the page broke none of its own rules", async () => {
    assert.ok(addresses.length > 50 && secrets.length > 5);
    for (const token of secrets) {
      for (const part of [token, ...token.split(".").filter((piece) => piece.length > 12)]) {
        assert.ok(!addresses.some((address) => decodeURIComponent(address).includes(part)), "a token in an address");
      }
    }
    const own = (address) => address.startsWith(`${stage.relay.address}/`) || address === "about:blank";
    assert.deepEqual(addresses.filter((address) => !own(address)), []);
    assert.deepEqual(complaints, []);
    return `${addresses.length} addresses`;
  });
}

let stage = null;
try {
  stage = await Stage.begin();
  await play(stage);
} catch (error) {
  failed += 1;
  console.log(`FAIL  ${error.stack}`);
} finally {
  await stage?.end();
}
await step("the relay drains at the end", async () => assert.equal(stage?.drained, 0));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
