// The strip at the top of every page while checks wait on this device. A grave one says whom to phone until it is sent.

import { gettext, make, ngettext, phoneLink, say, timeWords } from "./build.js";
import { waiting } from "./queue.js";

const strip = make("div", { id: "unsent", class: "unsent" });
let shown = "";

// Where the page says what matters; on a covered screen, its own top.
function place() {
  const home = document.querySelector(".pinned") ?? document.body;
  if (strip.parentElement !== home) home.prepend(strip);
}

// `signedOut`: whether somebody must sign in before they can be sent.
export async function show({ signedOut = false } = {}) {
  const items = await waiting();
  const words = JSON.stringify([items.map((item) => [item.id, item.unreadable]), signedOut]);
  if (items.length) place();
  else strip.remove();
  if (words === shown) return;
  shown = words;
  const grave = items.filter((item) => item.grave);
  strip.replaceChildren(...grave.map(graveLine), ...countLine(items, signedOut));
  strip.classList.toggle("grave", grave.length > 0);
  strip.setAttribute("role", grave.length > 0 ? "alert" : "status");
}

function graveLine({ bed, phone, at, zone }) {
  const values = { bed, at: timeWords(at, zone) };
  const line = make("p", { class: "grave-line", text: say(gettext("NOT SENT: PHONE THE SURGEON · bed %(bed)s, examined %(at)s"), values) });
  if (phone) line.append(" · ", phoneLink(phone));
  return line;
}

function countLine(items, signedOut) {
  if (items.length === 0) return [];
  const n = items.length;
  const count = say(ngettext("%(n)s check waits on this device and is not sent.", "%(n)s checks wait on this device and are not sent.", n), { n });
  const lines = [make("p", { text: [count, wayOut(signedOut)].join(" ") })];
  const unreadable = items.filter((item) => item.unreadable).length;
  if (unreadable) lines.push(make("p", { text: unreadableWords(unreadable) }));
  return lines;
}

const wayOut = (signedOut) =>
  signedOut ? gettext("Sign in, and this device sends by itself.") : gettext("It sends by itself once the network is back.");

const unreadableWords = (n) =>
  say(
    ngettext(
      "%(n)s of them cannot be opened by the server: record it again, and tell the ward’s administrator.",
      "%(n)s of them cannot be opened by the server: record them again, and tell the ward’s administrator.",
      n,
    ),
    { n },
  );
