// Covers a screen that nobody touches, at once, and takes it to the locked page. The server locks by its own clock
// whatever happens here: this file is for the eyes of whoever comes by.
//
// <form id="lock" data-after="180" data-left="171" data-touch data-locked>; with data-shell the page works without a
// network and never asks the server. Whoever wants to keep something first listens to "screen:locks" on the document.

import { openOffline } from "./lock-offline.js";

const TELL = 30_000; // ms between two touches that the server is told of
const WARN = 30_000; // ms before the lock, in which it says so: any touch stops it
const WAIT = 4_000; // ms for the server to hear that the screen is locked; then it counts as away
const EVENTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "input"];

const form = document.getElementById("lock");
const warning = document.getElementById("lock-warning");
const style = document.getElementById("lock-style");
const shell = "shell" in form.dataset;
const after = Number(form.dataset.after) * 1000;
const tabs = new BroadcastChannel("spinewatch-lock"); // of one browser, so of one session

// Milliseconds gone by, asleep too: the greater step of two clocks counts, so that at worst it locks early. As in live.js,
// which imports nothing on purpose: a page that could not load a second file must still turn red.
const clock = (() => {
  let passed = 0;
  let [monotonic, wall] = [performance.now(), Date.now()];
  return () => {
    const [monotonicNow, wallNow] = [performance.now(), Date.now()];
    passed += Math.max(monotonicNow - monotonic, wallNow - wall, 0);
    [monotonic, wall] = [monotonicNow, wallNow];
    return passed;
  };
})();

let touchedAt = clock() - (after - Number(form.dataset.left) * 1000);
let toldAt = touchedAt; // what the server knows
let telling = 0;
let locked = false;

// --- Touches ---------------------------------------------------------------------------------------------------------

let pointer = "";

// A browser says that the pointer moved when only the page moved under it.
function isRealMove(event) {
  const place = `${event.screenX},${event.screenY}`;
  const moved = pointer !== "" && place !== pointer;
  pointer = place;
  return moved;
}

function touched(event) {
  if (locked || (event.type === "pointermove" && !isRealMove(event))) return;
  if (clock() - touchedAt >= after) return lock(); // too late: asleep until this very touch
  touchedAt = clock();
  warning.textContent = "";
  tell();
}

function tell() {
  if (shell || telling) return;
  telling = setTimeout(send, Math.max(0, toldAt + TELL - clock()));
}

async function send() {
  telling = 0;
  if (locked || clock() - touchedAt > TELL) return; // it slept meanwhile: nobody is here now
  toldAt = clock();
  tabs.postMessage("touched");
  try {
    const answer = await post(form.dataset.touch);
    if (answer.status === 403 && answer.headers.has("HX-Redirect")) lock();
  } catch {
    // No network: the server locks by itself, and the next touch tells it again.
  }
}

function post(url) {
  const body = new FormData(form);
  body.set("idle", "1"); // not the button
  return fetch(url, { method: "POST", body, redirect: "manual", keepalive: true, signal: AbortSignal.timeout(WAIT) });
}

function look() {
  if (locked) return;
  const left = after - (clock() - touchedAt);
  if (left <= 0) return lock();
  if (left <= WARN && !warning.textContent)
    warning.textContent = gettext("This screen locks in half a minute. Touch it, or press a key, to keep it open.");
}

// --- The lock --------------------------------------------------------------------------------------------------------

let kept = null; // the page itself, out of sight and out of the document, as it was

function lock() {
  if (locked) return;
  locked = true;
  document.dispatchEvent(new Event("screen:locks"));
  cover();
  leave();
}

function cover() {
  const { title, activeElement: focus } = document;
  const line = document.getElementById("alive");
  const place = document.createComment("alive");
  line?.replaceWith(place);
  const page = document.createDocumentFragment();
  page.append(...[...document.body.childNodes].filter((node) => node !== form && node !== warning && node !== style));
  kept = { page, title, focus, line, place, scrolled: scrollY };
  const front = page.querySelector("#lock-cover").content.cloneNode(true);
  if (line) front.querySelector("[data-alive]").replaceWith(line);
  tellCalls(front.querySelector("[data-calls]"), page.querySelectorAll("#calls .call").length);
  document.body.prepend(front);
  document.title = gettext("Locked");
  warning.textContent = "";
}

// How many, of nobody in particular.
function tellCalls(place, n) {
  const words = ngettext("%(n)s open call for you", "%(n)s open calls for you", n);
  place.querySelector("[data-text]").textContent = interpolate(words, { n }, true);
  place.hidden = n === 0;
}

function uncover(left = after) {
  if (!locked) return;
  if (kept.line) kept.place.replaceWith(kept.line);
  document.querySelector(".lock-cover").remove();
  document.body.prepend(kept.page);
  document.title = kept.title;
  kept.focus?.focus({ preventScroll: true });
  scrollTo(0, kept.scrolled);
  [kept, locked, touchedAt] = [null, false, clock() - (after - left)];
}

// To the locked page once the server answers; while it is away, the PIN opens the screen here. The server may know
// better: somebody is at another tab.
async function leave() {
  if (!locked) return;
  try {
    const answer = await (shell ? ask() : post(form.action));
    if (!locked) return;
    if (shell) return location.reload(); // the network is back, and with it the page itself
    if (answer.status === 200) return uncover((await answer.json()).left * 1000);
    location.replace(`${form.dataset.locked}?next=${encodeURIComponent(location.pathname + location.search)}`);
  } catch {
    openOffline(document.querySelector(".lock-cover"), uncover);
    setTimeout(leave, WAIT);
  }
}

const ask = () => fetch(form.dataset.locked, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(WAIT) });

// --- Wiring ----------------------------------------------------------------------------------------------------------

for (const name of EVENTS) addEventListener(name, touched, { capture: true, passive: true });
tabs.addEventListener("message", ({ data }) => {
  if (data === "locked") return lock();
  touchedAt = clock();
  warning.textContent = "";
});
document.addEventListener("live:locked", lock); // the stream was refused
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || shell) return;
  if (!kept) cover(); // a page from the back button knows neither who is here now nor whether the screen is locked
  location.reload();
});
setInterval(look, 1000);
look();
