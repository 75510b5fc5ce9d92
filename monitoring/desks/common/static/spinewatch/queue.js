// The checks that wait on this device, sealed, in the order in which they were made. What lies beside a seal says no
// name: bed, ward, phone, time, and whether it is grave.

import { all, put, remove } from "./store.js";

const PATIENCE = 8_000; // ms for an answer
const tabs = new BroadcastChannel("spinewatch-queue");

export const waiting = () => all("queue");

// `item`: {sealed, grave, bed, ward, phone, at, zone}.
export async function add(item) {
  await put("queue", item);
  changed();
}

function changed() {
  tabs.postMessage("changed");
  document.dispatchEvent(new Event("queue:changed"));
}

tabs.addEventListener("message", () => document.dispatchEvent(new Event("queue:changed")));

// Send what waits, the oldest first, by whoever is signed in; one tab at a time. `token()` gives the form token of the
// session, or null where nobody is signed in. Tells how it ended: "idle", "sent", "away", "signed-out" or "busy"; and
// what became of each.
export function send(token) {
  return navigator.locks.request("spinewatch-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return { state: "busy", answers: [] };
    const items = (await waiting()).filter((item) => !item.unreadable);
    if (items.length === 0) return { state: "idle", answers: [] };
    const answers = [];
    const state = await sendEach(items, await token(), answers);
    if (answers.length) changed();
    return { state, answers };
  });
}

async function sendEach(items, token, answers) {
  if (token === undefined) return "away";
  if (token === null) return "signed-out";
  for (const item of items) {
    const answer = await post(item, token);
    if (typeof answer === "string") return answer;
    answers.push({ ...answer, item });
    if (answer.outcome === "unreadable") await put("queue", { ...item, unreadable: true });
    else await remove("queue", item.id);
  }
  return "sent";
}

async function post(item, token) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, sealed: item.sealed, sent_at: Date.now() });
  const headers = { Accept: "application/json" };
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch("/offline/checks/", { method: "POST", body, headers, redirect: "manual", signal });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "signed-out";
    return answer.ok || answer.status === 400 ? await answer.json() : "away";
  } catch {
    return "away";
  }
}
