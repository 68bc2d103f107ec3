// SPDX-License-Identifier: Apache-2.0
//
// The relay's page: sign in, watch one home's cameras, sign out.
//
// What it promises a viewer: a picture is called live only while the relay says so. When the relay stops answering,
// nothing on the page is called live any more, and the ages count on. When the session ends, the pictures go.
// It keeps no token: the session is an HttpOnly cookie, and no address ever carries a secret.

const poll_every_ms = 1000;
const answer_within_ms = 4000;
const silence_ms = 3000;         // no answer for so long: the page no longer knows what is live
const stills_for_ms = 10000;     // after a stream was refused, before the next try
const frozen_polls = 6;          // the same picture in so many polls of a live camera: open its stream anew
// A browser opens six connections to a host that speaks HTTP/1.1 and a stream keeps one. Two stay free for the rest;
// cameras beyond this count show a new still with every poll instead.
const most_streams = 4;

const by_id = (id) => document.getElementById(id);
const home_line = by_id("home");
const trouble = by_id("trouble");
const grid = by_id("grid");

// ---------------------------------------------------------------- words

function age_in_words(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
}

const badge_of = { live: "Live", stale: "Stale", absent: "Absent", unknown: "Unknown" };

const over_of = {
  live: "Opening the stream",
  stale: "Not live: the last picture",
  absent: "The relay holds no picture of this camera",
  unknown: "Not live: the relay does not answer",
};

function age_line(state, ms) {
  if (state === "absent") return "no frame";
  if (state === "unknown") return ms === null ? "no frame" : `last seen ${age_in_words(ms)} ago`;
  return state === "live" ? `${age_in_words(ms)} old` : `last frame ${age_in_words(ms)} ago`;
}

function refusal_in_words(status) {
  if (status === 401 || status === 403) {
    return "The relay does not accept this token. It may be incomplete, expired or revoked, or made for something " +
           "other than viewing.";
  }
  if (status === 429) return "Too many tries. Wait a moment, then sign in again.";
  return `The relay cannot sign you in now (status ${status}). Try again in a moment.`;
}

// ---------------------------------------------------------------- the relay

// Throws when the relay cannot be reached or does not answer in time.
function ask(address, options = {}) {
  return fetch(address, {
    cache: "no-store", credentials: "same-origin", redirect: "error",
    signal: AbortSignal.timeout(answer_within_ms), ...options,
  });
}

// ---------------------------------------------------------------- one camera

let views = 0;   // no two pictures share an address: a browser would show the old, ended stream again

class Tile {
  constructor(device) {
    this.path = device.path;
    this.name = device.name;
    this.root = by_id("tile").content.firstElementChild.cloneNode(true);
    const part = (name) => this.root.querySelector(`.${name}`);
    [this.picture, this.over, this.badge, this.age, this.stream] =
      ["picture", "over", "badge", "age", "stream"].map(part);
    part("name").textContent = device.name;
    this.root.dataset.name = device.name;
    this.state = "";
    this.shown = null;      // the img or canvas that is seen
    this.coming = null;     // an img that is not seen before its first frame is there
    this.generation = null;
    this.unchanged = 0;
    this.streams_again = 0;
  }

  // What the relay said about this camera, at `heard` on this page's clock.
  hear(device, heard, streams_left) {
    this.heard = heard;
    this.told = device;
    const live = device.state === "live";
    const may_stream = streams_left > 0 && heard >= this.streams_again;
    const mode = !live ? "held" : may_stream ? "stream" : "stills";
    const anew = mode !== this.mode || device.generation !== this.generation;
    this.mode = mode;
    this.generation = device.generation;
    if (mode === "held") this.hold(device.state === "absent");
    else if (mode === "stills") this.open(`still.jpg?max_age=2s&view=${++views}`);
    else if (anew || this.is_frozen()) this.open(`live.mjpg?view=${++views}`);
    this.show();
    return mode === "stream" ? 1 : 0;
  }

  // The state and the age as of now: between two answers time goes on.
  show() {
    const since = performance.now() - this.heard;
    const state = since > silence_ms ? "unknown" : this.told.state;
    // Frames of a live camera come in between two answers; counting on is honest only once an answer is late.
    const fresh = state === "live" && since < 1.5 * poll_every_ms;
    const age = this.told.age_ms === null ? null : this.told.age_ms + (fresh ? 0 : since);
    if (state !== this.state) {
      if (state === "unknown") { this.hold(false); this.mode = "held"; }
      if (this.state) changes.push(`${this.name}: ${badge_of[state].toLowerCase()}`);
      this.state = state;
      this.root.dataset.state = state;
      this.badge.textContent = badge_of[state];
      this.over.textContent = over_of[state];
    }
    this.age.textContent = age_line(state, age);
    this.root.dataset.ageMs = age === null ? "" : String(Math.round(age));
    const size = this.told.width ? `${this.told.width} × ${this.told.height}` : "";
    const generation = this.told.generation === null ? "" : `generation ${this.told.generation}`;
    this.stream.textContent = [size, generation].filter(Boolean).join(" · ");
  }

  open(what) {
    if (this.mode === "stills" && this.coming) return;    // the last still is still on its way
    drop(this.coming);
    this.unchanged = 0;
    const image = document.createElement("img");
    image.alt = `Live picture: ${this.name}`;
    image.addEventListener("load", () => {
      if (image !== this.coming) return;
      this.coming = null;
      this.put(image);
    });
    image.addEventListener("error", () => {
      if (image === this.coming) this.coming = null;
      if (this.mode === "stream") this.streams_again = performance.now() + stills_for_ms;
      this.mode = "";                                      // the next answer of the relay tries again
      drop(image);
    });
    this.coming = image;
    image.src = `${this.path}/${what}`;
  }

  // Keeps what is seen as a still copy and ends the stream, so that nothing moves under the word "stale".
  hold(forget) {
    drop(this.coming);
    this.coming = null;
    const seen = this.shown;
    if (forget) { this.put(null); return; }
    if (!(seen instanceof HTMLImageElement) || !seen.naturalWidth) return;
    const copy = document.createElement("canvas");
    copy.width = seen.naturalWidth;
    copy.height = seen.naturalHeight;
    copy.getContext("2d").drawImage(seen, 0, 0);
    copy.setAttribute("role", "img");
    copy.setAttribute("aria-label", `Last picture, not live: ${this.name}`);
    this.put(copy);
  }

  put(picture) {
    const before = this.shown;
    this.shown = picture;
    if (picture) this.picture.prepend(picture);
    this.root.classList.toggle("seen", picture !== null);
    drop(before);
  }

  // No event tells that a stream has ended: its last frame stays. A real picture never stays the same for seconds.
  is_frozen() {
    if (!(this.shown instanceof HTMLImageElement) || this.coming) return false;
    const print = fingerprint(this.shown);
    this.unchanged = print === this.print ? this.unchanged + 1 : 0;
    this.print = print;
    return this.unchanged >= frozen_polls;
  }

  end() {
    drop(this.coming);
    this.coming = null;
    this.put(null);
    this.root.remove();
  }
}

// Removing an img does not end its stream; taking its source away does.
function drop(picture) {
  if (!picture) return;
  if (picture instanceof HTMLImageElement) picture.removeAttribute("src");
  else picture.width = picture.height = 0;
  picture.remove();
}

const small = document.createElement("canvas");
small.width = 64;
small.height = 36;
const small_context = small.getContext("2d", { willReadFrequently: true });

function fingerprint(image) {
  small_context.drawImage(image, 0, 0, small.width, small.height);
  let sum = 0;
  for (const byte of small_context.getImageData(0, 0, small.width, small.height).data) {
    sum = (Math.imul(sum, 31) + byte) | 0;
  }
  small_context.clearRect(0, 0, small.width, small.height);
  return sum;
}

// ---------------------------------------------------------------- the home

const tiles = new Map();    // by path, which is one to one with the name
let changes = [];           // camera states that changed since the last time they were read out
let watching = 0;           // counts sessions, so that an answer to an ended one is not believed
let timer = 0;
let heard_last = 0;

function show_home(list) {
  home_line.textContent = `Home ${list.home}`;
  document.title = `Home ${list.home} · framecache relay`;
  const heard = performance.now();
  const listed = new Set(list.devices.map((device) => device.path));
  for (const [path, tile] of tiles) {
    if (!listed.has(path)) { tile.end(); tiles.delete(path); }
  }
  let streams_left = most_streams;
  for (const device of list.devices) {
    let tile = tiles.get(device.path);
    if (!tile) tiles.set(device.path, tile = new Tile(device));
    streams_left -= tile.hear(device, heard, streams_left);
  }
  const order = list.devices.map((device) => tiles.get(device.path).root);
  if (order.some((root, i) => grid.children[i] !== root)) grid.append(...order);
  by_id("empty").hidden = list.devices.length > 0;
}

function show_time() {
  for (const tile of tiles.values()) tile.show();
  const all = [...tiles.values()];
  const live = all.filter((tile) => tile.state === "live").length;
  by_id("count").textContent = all.length ? `${live} of ${all.length} live` : "";
  const silent = performance.now() - heard_last;
  say_trouble(silent > silence_ms ? "The relay does not answer. Nothing below is live; the page keeps trying." : "");
  if (changes.length) by_id("news").textContent = changes.join(", ");
  changes = [];
}

// An alert is read out when its text changes: it must not be set again with every tick.
function say_trouble(words) {
  if (trouble.textContent !== words) trouble.textContent = words;
  trouble.hidden = !words;
}

async function poll(session) {
  clearTimeout(timer);
  let answer = null, list = null;
  try {
    answer = await ask("/api/devices");
    if (answer.ok) list = await answer.json();
  } catch { /* silence: show_time says so once it has lasted */ }
  if (session !== watching) return;
  if (answer && (answer.status === 401 || answer.status === 403)) {
    leave("Your session has ended: the token has expired or was revoked. Sign in again to go on.");
    return;
  }
  if (list) { heard_last = performance.now(); show_home(list); }
  show_time();
  if (!document.hidden) timer = setTimeout(poll, poll_every_ms, session);
}

setInterval(() => { if (watching && !document.hidden) show_time(); }, 250);

// A page that nobody sees needs no streams.
document.addEventListener("visibilitychange", () => {
  if (!watching) return;
  if (document.hidden) for (const tile of tiles.values()) { tile.hold(false); tile.mode = "held"; }
  else poll(watching);
});

// ---------------------------------------------------------------- in and out

let sessions = 0;

function enter(list) {
  watching = ++sessions;
  heard_last = performance.now();
  by_id("door").hidden = true;
  for (const id of ["watch", "home", "sign-out"]) by_id(id).hidden = false;
  say_trouble("");
  show_home(list);
  show_time();
  timer = setTimeout(poll, poll_every_ms, watching);
}

function leave(words) {
  watching = 0;
  clearTimeout(timer);
  for (const tile of tiles.values()) tile.end();
  tiles.clear();
  for (const id of ["watch", "home", "sign-out"]) by_id(id).hidden = true;
  home_line.textContent = by_id("count").textContent = by_id("news").textContent = "";
  document.title = "framecache relay";
  say_trouble("");
  by_id("door").hidden = false;
  by_id("refusal").textContent = words;
  by_id("token").focus();
}

async function sign_in(event) {
  event.preventDefault();
  const field = by_id("token");
  const token = field.value.trim();
  const refusal = by_id("refusal");
  refusal.textContent = "";
  if (!token) { refuse("Paste a viewer token first."); return; }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    refuse("This is not a token: it has blanks or letters that no token has.");
    return;
  }
  const button = by_id("enter");
  button.disabled = true;
  try {
    const answer = await ask("/api/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) { refuse(refusal_in_words(answer.status)); return; }
    const devices = await ask("/api/devices");
    if (!devices.ok) { refuse(refusal_in_words(devices.status)); return; }
    field.value = "";
    enter(await devices.json());
    by_id("watch-title").focus();
  } catch {
    refuse("The relay does not answer. Is it still running?");
  } finally {
    button.disabled = false;
  }
}

function refuse(words) {
  by_id("refusal").textContent = words;
  by_id("token").focus();
  by_id("token").select();
}

async function sign_out() {
  leave("");
  try {
    const answer = await ask("/api/session", { method: "DELETE" });
    if (!answer.ok && answer.status !== 401) throw new Error(String(answer.status));
  } catch {
    by_id("refusal").textContent =
      "The relay did not confirm the sign-out. Until it does, this browser may still hold the session: close it.";
  }
}

by_id("sign-in").addEventListener("submit", sign_in);
by_id("sign-out").addEventListener("click", sign_out);

// A session may be open already, from before a reload.
try {
  const answer = await ask("/api/devices");
  if (answer.ok) enter(await answer.json());
  else leave("");
} catch {
  leave("The relay does not answer. Is it still running?");
}
