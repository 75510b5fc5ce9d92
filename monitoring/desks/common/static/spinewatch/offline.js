// On every page: keeps what the device needs to go on without a network, and sends what waits as soon as it can.
//
// <script data-device data-person data-key>: whose page this is, and the key to their kits. data-nobody: the page on
// which one signs in, where nobody's kit is left. data-shell: the page that works without a network (shell.js).

import { cannotKeep, deliver, stayOf } from "./deliver.js";
import { gettext, ngettext, say } from "./build.js";
import { send, waiting } from "./queue.js";
import { show } from "./unsent.js";
import { confirmKit, dropKit, forget, keepKit, outsides, take } from "./vault.js";

const me = document.querySelector("script[data-device]").dataset;
const FRESH = 60_000; // ms: a kit is asked for at most so often
const TRY = 10_000; // ms between two attempts to send
const PATIENCE = 4_000; // ms
const able = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle); // not over plain http, but on this machine

// --- The kit ---------------------------------------------------------------------------------------------------------

// The wards whose boards the page leads to.
function wards() {
  const links = [...document.querySelectorAll("header nav a[href]")].map((link) => link.pathname);
  const codes = [...links, location.pathname].map((path) => /^\/wards\/([\w-]+)\/$/.exec(path)?.[1]);
  return new Set(codes.filter(Boolean));
}

async function renewKits() {
  if (document.hidden) return;
  const kept = new Map((await outsides()).map((kit) => [kit.ward, kit]));
  for (const code of wards()) {
    const age = Date.now() - kept.get(code)?.kitAt;
    if (!(age >= 0 && age < FRESH)) await renewKit(code, kept.get(code)?.etag);
  }
}

async function renewKit(code, etag) {
  const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
  const askedAt = Date.now();
  const signal = AbortSignal.timeout(PATIENCE * 2);
  const answer = await fetch(`/wards/${code}/kit/`, { headers, cache: "no-store", redirect: "manual", signal });
  if (answer.status === 404 || answer.status === 403) return dropKit(code);
  const clock = clockOf(answer, askedAt);
  if (answer.status === 304) return confirmKit(code, clock);
  if (answer.status === 200) await keepKit(await answer.json(), answer.headers.get("ETag"), clock);
}

// The server's time, how far this device's clock is from it, and what that shows now.
function clockOf(answer, askedAt) {
  const kitAt = Date.now();
  const asOf = Date.parse(answer.headers.get("X-Spinewatch-Now"));
  return { asOf, kitAt, offset: Math.round(asOf - (askedAt + kitAt) / 2) };
}

// --- Sending ---------------------------------------------------------------------------------------------------------

// The session's form token: null where nobody is signed in, undefined where the server does not answer.
async function token() {
  if (me.person) return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? null;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch("/offline/session/", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual", signal });
    if (answer.ok) return (await answer.json()).token;
    return answer.status >= 500 ? undefined : null;
  } catch {
    return undefined;
  }
}

async function sendWaiting() {
  if ((await waiting()).length === 0) return show();
  const { state, answers } = await send(token);
  await show({ signedOut: state === "signed-out" });
  if (answers.length) tell(answers);
}

// A check that this very page keeps leads on to its result; of the others the page says how many were sent.
function tell(answers) {
  const here = document.querySelector("[data-kept]")?.dataset.kept;
  const mine = answers.find(({ item }) => item.key === here);
  if (mine?.url) return location.assign(mine.url);
  const sent = answers.filter(({ outcome }) => outcome === "stored").length;
  if (sent) announce("success", say(ngettext("%(n)s check that waited on this device is sent.", "%(n)s checks that waited on this device are sent.", sent), { n: sent }));
  for (const { outcome, grave, url } of answers) if (outcome === "held") announceHeld(grave, url);
}

function announceHeld(grave, url) {
  const words = grave
    ? gettext("A grave check from this device was sent and could not be filed: PHONE THE SURGEON, then look at it.")
    : gettext("A check from this device was sent and could not be filed: look at it.");
  announce("error", words, url);
}

function announce(kind, words, url) {
  const line = document.createElement(url ? "a" : "p");
  if (url) line.href = url;
  line.className = `notice ${kind} sent`;
  line.setAttribute("role", kind === "error" ? "alert" : "status");
  line.textContent = words;
  document.getElementById("main")?.prepend(line);
}

// --- Wiring ----------------------------------------------------------------------------------------------------------

// A browser that forbids storage, or a network that is away: the page works on, and the next beat tries again.
const quietly = (act) => act().catch((fault) => console.warn("offline:", fault?.name));

async function start() {
  if ("nobody" in me) await forget();
  else if (me.person && me.key) await take(me.person, me.key);
  if (me.key) {
    await quietly(renewKits);
    setInterval(() => quietly(renewKits), FRESH / 4);
  }
}

document.addEventListener("check:ready", (event) => {
  const { form } = event.detail;
  const stay = stayOf(form);
  if (!stay || !able) return;
  event.preventDefault();
  deliver(form, stay, { direct: !("shell" in me), kept: () => quietly(sendWaiting) }).catch(() => cannotKeep(form));
});
document.addEventListener("queue:changed", () => quietly(show));
document.addEventListener("screen:locks", () => setTimeout(() => quietly(show)));
addEventListener("online", () => quietly(sendWaiting));
navigator.serviceWorker?.register("/sw.js").catch(() => {});
if (able) {
  quietly(start);
  quietly(sendWaiting);
  setInterval(() => quietly(sendWaiting), TRY);
}
