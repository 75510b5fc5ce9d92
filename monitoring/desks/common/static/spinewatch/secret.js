// The pages on which a PIN or a password is typed: <form data-secret>. Sent by script, because a PIN that the server
// knows to be right also becomes the key to what this device keeps for a time without a network. On the locked page,
// <div id="state" data-state> says every few seconds whether alerting works and how many calls wait.

import { keepUnderPin, openWithPin } from "./vault.js";

const ASK = 5_000; // ms
const SILENT = 15_000; // ms without an answer, and the line is red
const KEEPING = 4_000; // ms at most that the way back waits for the device

// --- The form --------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-secret]")) return;
  event.preventDefault();
  send(event.target);
});

async function send(form) {
  const pin = form.elements.pin?.value;
  if (form.inert) return;
  form.inert = true; // once, however often Enter is pressed
  try {
    const headers = { Accept: "application/json, text/html" };
    const answer = await fetch(location.href, { method: "POST", body: new FormData(form), headers });
    if (answer.redirected) return location.replace(answer.url); // signed out, or locked meanwhile
    if (isJson(answer)) return await go((await answer.json()).next, pin);
    show(await answer.text());
  } catch {
    await openWithoutNetwork(form, pin);
  }
  form.inert = false;
}

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("application/json");

async function go(way, pin) {
  if (pin && !way.startsWith("/sign-in/")) await Promise.race([keep(pin), later(KEEPING)]);
  location.replace(way);
}

async function keep(pin) {
  try {
    await keepUnderPin(pin);
  } catch {
    // Without it the screen opens all the same; only a time without a network is the poorer.
  }
}

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The page comes again with what was wrong.
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.getElementById("main").replaceWith(page.getElementById("main"));
  const wrong = document.querySelector("form[data-secret] [aria-invalid=true], form[data-secret] input:not([type=hidden])");
  wrong?.focus();
}

async function openWithoutNetwork(form, pin) {
  const way = form.elements.next?.value;
  if (way && pin && (await openWithPin(pin))) return location.replace(way); // the worker answers with what it keeps
  const place = form.querySelector("[data-unsent]");
  place.textContent = gettext("No answer from the server: nothing was sent. Try again.");
  place.hidden = false;
}

// --- The state of the locked page ------------------------------------------------------------------------------------

let heardAt = performance.now();

async function ask() {
  const state = document.getElementById("state");
  if (!state) return;
  try {
    const headers = { Accept: "application/json, text/html" };
    const answer = await fetch(state.dataset.state, { headers, cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (answer.redirected) return location.replace(answer.url);
    if (isJson(answer)) return location.replace((await answer.json()).next); // another tab has opened the screen
    if (answer.ok) {
      const html = await answer.text();
      if (state.dataset.said !== html) state.innerHTML = html;
      state.dataset.said = html;
      heardAt = performance.now();
    }
  } catch {
    // Said below, once it has lasted.
  }
  if (performance.now() - heardAt > SILENT) lost(state);
}

function lost(state) {
  const line = state.querySelector("#alive");
  line.classList.add("bad", "lost");
  line.dataset.state = "lost";
  const number = line.dataset.wardPhone;
  const phone = number ? ` ${interpolate(gettext("Ward phone %(number)s."), { number }, true)}` : "";
  const words = gettext("NO CONNECTION – calls do not arrive here. PHONE THE SURGEON for every concern.") + phone;
  if (line.textContent !== words) line.textContent = words;
  line.setAttribute("role", "alert");
}

if (document.getElementById("state")) {
  new BroadcastChannel("spinewatch-lock").postMessage("locked"); // this browser's other tabs cover themselves too
  setInterval(ask, ASK);
}
