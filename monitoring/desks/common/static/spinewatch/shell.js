// The page of a device without a network: the board as it was, and the check form. It stands under the address that was
// asked for, and gives way to the real page as soon as the server answers.

import { CheckForm } from "./check.js";
import { gettext, make, phoneLink, say, timeWords } from "./build.js";
import { boardOf } from "./shellboard.js";
import { waiting } from "./queue.js";
import { hasPin, isOpen, openKit, openWithPin, outsides, patientOf } from "./vault.js";

const ASK = 5_000; // ms between two looks for the network
const place = document.querySelector("[data-place]");
const pinForm = document.querySelector("form[data-pin]");
let typing = false; // a form is open: the page does not go away under the hand

// --- What was asked for ----------------------------------------------------------------------------------------------

async function show() {
  const kits = await outsides();
  showPhones(kits);
  if (kits.length === 0) return tell(gettext("This device keeps no list of a ward: it was not signed in on when the network went, or was signed out. Write checks on paper until the network is back."));
  if (!isOpen()) return askForPin();
  const stay = /^\/stays\/([0-9a-f-]{36})\//.exec(location.pathname)?.[1];
  if (stay && location.pathname.endsWith("/checks/new/")) return showCheck(stay);
  const code = /^\/wards\/([\w-]+)\//.exec(location.pathname)?.[1];
  return showBoards(kits, code, stay);
}

function tell(...words) {
  place.replaceChildren(make("h1", { text: gettext("No network") }), ...words.map((text) => make("p", { text })));
}

function showPhones(kits) {
  const numbers = kits.flatMap(({ name, phones }) => [
    phones.surgeon && [gettext("surgeon"), phones.surgeon],
    phones.ward && [name, phones.ward],
  ]);
  const links = numbers.filter(Boolean).map(([whose, number]) => make("span", { class: "number-of" }, `${whose} `, phoneLink(number)));
  document.querySelector("[data-phones]").replaceChildren(...links);
}

// --- Opening what is kept --------------------------------------------------------------------------------------------

async function askForPin() {
  if (!(await hasPin()))
    return tell(gettext("The ward’s list is on this device, and its key went when the browser was closed. A PIN would have kept it: set one when the network is back. Write checks on paper until then."));
  place.replaceChildren();
  pinForm.hidden = false;
  pinForm.elements.pin.focus();
}

pinForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = pinForm.elements.pin;
  const opened = await openWithPin(field.value);
  field.value = "";
  pinForm.querySelector(".error").textContent = opened ? "" : gettext("Wrong PIN.");
  if (!opened && (await hasPin())) return;
  pinForm.hidden = true;
  await show();
});

// --- The board as it was ---------------------------------------------------------------------------------------------

async function showBoards(kits, code, stay) {
  const chosen = kits.filter((kit) => kit.ward === code);
  const opened = [];
  for (const { ward } of chosen.length ? chosen : kits) opened.push(await openKit(ward));
  const kitsOpened = opened.filter(Boolean);
  if (kitsOpened.length === 0) return tell(gettext("What this device keeps is of an earlier session and cannot be opened. Write checks on paper until the network is back."));
  showAsOf(kitsOpened);
  const queued = await waiting();
  const asked = chosen.length || stay || location.pathname === "/" ? "" : gettext("That page needs the network. What works without it: the board as it was, and recording checks.");
  place.replaceChildren(...[asked && make("p", { class: "notice", text: asked }), ...kitsOpened.map((kit) => boardOf(kit, queued))].filter(Boolean));
  if (stay) document.getElementById(`offline-${stay}`)?.scrollIntoView({ block: "center" });
}

function showAsOf(kits) {
  const oldest = kits.reduce((old, kit) => (kit.asOf < old.asOf ? kit : old));
  const words = say(gettext("OLD: as of %(at)s."), { at: timeWords(oldest.asOf, oldest.ward.zone) });
  document.querySelector("[data-as-of]").textContent = words;
}

// --- The form --------------------------------------------------------------------------------------------------------

async function showCheck(stay) {
  const known = await patientOf(stay);
  if (!known) return tell(gettext("This device does not know this patient. Write the check on paper until the network is back."));
  const { kit, patient } = known;
  showAsOf([kit]);
  showWho(kit, patient);
  if (!kit.pass) return tell(gettext("You do not record checks on this ward."));
  typing = true;
  setServerTime(kit);
  place.replaceChildren(document.getElementById("shell-check").content.cloneNode(true));
  const form = place.querySelector("form");
  form.action = location.pathname;
  form.elements.idempotency_key.value = crypto.randomUUID();
  Object.assign(form.dataset, { zone: kit.ward.zone, draft: patient.draft, draftKey: kit.draft_key });
  for (const [value, name] of kit.examiners) form.elements.second_examiner.append(new Option(name, value));
  document.title = say(gettext("Record a check, bed %(bed)s · Spinewatch"), { bed: patient.bed });
  new CheckForm(form, patient.latest).start();
}

function showWho({ ward }, { name, born, number, bed, not_watched: notWatched }) {
  const who = document.querySelector("[data-who]");
  who.replaceChildren(
    make("span", { class: "name", text: name }),
    make("span", { class: "id", text: say(gettext("born %(born)s"), { born }) }),
    make("span", { class: "id", text: say(gettext("No. %(number)s"), { number }) }),
    make("span", { text: say(gettext("%(ward)s · bed %(bed)s"), { ward: ward.name, bed }) }),
    notWatched && make("span", { class: "not-watched", text: say(gettext("not watched: %(why)s"), { why: notWatched }) }),
  );
  who.hidden = false;
}

// The form's clock goes by the server's, as this device knew it when the kit came.
function setServerTime(kit) {
  const loaded = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  document.body.dataset.now = new Date(Date.now() + kit.offset - (performance.now() - loaded)).toISOString();
}

// --- Back to the network ---------------------------------------------------------------------------------------------

async function isBack() {
  try {
    const signal = AbortSignal.timeout(4_000);
    const answer = await fetch("/offline/session/", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual", signal });
    return answer.status < 500;
  } catch {
    return false;
  }
}

async function look() {
  if (document.hidden || document.querySelector("[data-kept]") || !(await isBack())) return;
  if (!typing) location.reload();
}

document.addEventListener("queue:changed", () => !typing && show());
document.querySelector("[data-retry]").addEventListener("click", () => location.reload());
addEventListener("online", look);
setInterval(look, ASK);
look();
show();
