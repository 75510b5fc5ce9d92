// What happens to a check that is ready: sent to the server, or sealed and kept on this device until it can be.

import { gettext, make, phoneLink, say, timeWords } from "./build.js";
import { saved } from "./draft.js";
import { graveOf } from "./grave.js";
import { add } from "./queue.js";
import { seal } from "./seal.js";
import { patientOf } from "./vault.js";

const PATIENCE = 5_000; // ms for the server's answer; then the network counts as away
const AWAY = 500; // an answer from here on stored nothing, or none can say
const STAY = /^\/stays\/([0-9a-f-]{36})\/checks\/new\/$/;

// The stay whose new check a form is; undefined for a correction, which needs the server.
export const stayOf = (form) => STAY.exec(new URL(form.getAttribute("action") || location.href, location.href).pathname)?.[1];

// `direct`: try the server first. Calls `kept()` where the check waits on this device.
export async function deliver(form, stay, { direct, kept }) {
  const madeAt = Date.now();
  if (direct) {
    const answer = await post(form);
    if (answer) return follow(form, answer);
  }
  const known = await patientOf(stay);
  if (!known?.kit.pass) return cannotKeep(form);
  const item = await keep(form, known, madeAt);
  if (form.dataset.draft) saved(form.dataset.draft, valuesOf(form).idempotency_key, boardOf(known.kit));
  showKept(form, known, item);
  kept();
}

async function post(form) {
  const body = new URLSearchParams(new FormData(form));
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "text/html" }, signal });
    return answer.status < AWAY ? answer : null;
  } catch {
    return null;
  }
}

// Stored, or somewhere else to go first. A refusal is asked for again as a page: nothing was stored, nothing is twice.
function follow(form, answer) {
  if (answer.redirected) location.assign(answer.url);
  else HTMLFormElement.prototype.submit.call(form);
}

export function cannotKeep(form) {
  form.dispatchEvent(new CustomEvent("check:again"));
  form.querySelector("[data-hint]").textContent = gettext(
    "No network, and this device cannot keep the check: it has no list of the ward. Try again, or write it down. PHONE THE SURGEON for every concern.",
  );
}

// The form's values, a name each.
export const valuesOf = (form) =>
  Object.fromEntries([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"));

async function keep(form, { kit, patient }, madeAt) {
  const { idempotency_key: key, ...values } = valuesOf(form);
  const found = graveOf(values, patient, kit.major_drop_grades);
  const grave = found.length > 0;
  const content = {
    key: key || crypto.randomUUID(),
    stay: patient.stay,
    pass: kit.pass,
    values,
    made_at: madeAt,
    kit_at: kit.kitAt,
    offset: kit.offset,
    grave,
  };
  const phone = kit.phones.surgeon || kit.phones.ward;
  const at = madeAt + kit.offset;
  const item = { grave, bed: patient.bed, ward: kit.ward.code, zone: kit.ward.zone, phone, at, key: content.key };
  await add({ ...item, sealed: await seal(kit.server_key, content) });
  return { ...item, found };
}

// --- The page that says so -------------------------------------------------------------------------------------------

const boardOf = (kit) => `/wards/${kit.ward.code}/`;

function showKept(form, { kit, patient }, item) {
  const page = make("section", { class: item.grave ? "kept-here grave" : "kept-here", tabindex: "-1", "data-kept": item.key });
  page.append(...(item.grave ? graveWords(form, kit, item) : calmWords(patient)));
  page.append(
    make("p", { text: gettext("The check is kept on this device, sealed, with its time and your name. It goes by itself once the network is back: leave the device on, and take it where there is network.") }),
    make("p", { class: "actions" }, make("a", { class: "button", href: boardOf(kit), text: gettext("Back to the board") })),
  );
  document.getElementById("main").replaceChildren(page);
  scrollTo(0, 0);
  page.focus({ preventScroll: true });
}

function calmWords(patient) {
  const lines = [make("h1", { text: gettext("NOT SENT YET: kept on this device") })];
  lines.push(make("p", { text: gettext("It is not assessed, and no alert can follow until it is sent. PHONE THE SURGEON for every concern.") }));
  if (Object.keys(patient.references).length === 0)
    lines.push(make("p", { class: "strong", text: gettext("This device has nothing to compare it with: no operation is recorded.") }));
  return lines;
}

function graveWords(form, kit, item) {
  const asOf = timeWords(kit.asOf, kit.ward.zone);
  const lines = [make("h1", { text: gettext("NOT SENT: PHONE THE SURGEON") })];
  if (item.phone) lines.push(make("p", { class: "number" }, phoneLink(item.phone)));
  lines.push(make("ul", {}, ...item.found.map((found) => make("li", { text: findingWords(form, found) }))));
  lines.push(make("p", { text: say(gettext("This device compared it with the references as of %(at)s. Nobody has been told: no alert can follow until it is sent."), { at: asOf }) }));
  return lines;
}

function findingWords(form, found) {
  if (found.finding === 4) return say(gettext("%(question)s Yes."), { question: wordsOf(form, `[name=${found.flag}]`) });
  const words = wordsOf(form, `[name=${found.muscle}]`);
  return say(gettext("%(muscle)s: %(reference)s → %(grade)s"), { muscle: words, reference: found.reference, grade: found.grade });
}

const wordsOf = (form, control) => form.querySelector(control).closest("[data-words]").dataset.words;
