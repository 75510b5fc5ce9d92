// A check that is being typed survives a lock, a dead battery, an ended session, a slipped finger. It is kept on the
// device, encrypted with a key that the server gives to this person alone, and under a name that says nothing of the
// patient. It is gone when the check is saved, and after twelve hours. Two tabs of one form share it: their key is one,
// so that the check is stored once, and the second tab says that it was saved.

import { serverNow, wardTime } from "./servertime.js";

const DRAFT = "spinewatch:draft:";
const SAVED = "spinewatch:saved:";
const KEEP_MS = 12 * 3600_000;
const LEFT_OUT = new Set(["csrfmiddlewaretoken"]);
const opened = performance.timeOrigin;

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

const secretOf = (key) => crypto.subtle.importKey("raw", bytesOf(key), "AES-GCM", false, ["encrypt", "decrypt"]);

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // not ours, or damaged: as if it were not there
  }
}

// Old ones go, whosever they are. By this device's own clock: `kept` was written by it too.
function dropOld() {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(DRAFT) && !name.startsWith(SAVED)) continue;
    const age = Date.now() - stored(name)?.kept;
    if (!(age >= 0 && age < KEEP_MS)) localStorage.removeItem(name);
  }
}

// The form of this key was saved `age` ms ago: its draft goes, and other tabs hear of it. `result`: the page about it.
export function saved(name, key, result, age = 0) {
  if (stored(DRAFT + name)?.key === key) localStorage.removeItem(DRAFT + name);
  if (stored(SAVED + name)?.key !== key) {
    localStorage.setItem(SAVED + name, JSON.stringify({ key, result, kept: Date.now() - age }));
  }
}

export class Draft {
  constructor(form) {
    this.form = form;
    this.name = form.dataset.draft;
    const works = this.name && form.dataset.draftKey && globalThis.crypto?.subtle;
    this.secret = works ? secretOf(form.dataset.draftKey) : null;
    this.turn = Promise.resolve(); // one after the other: the last keystroke is what stays
    this.isSaved = false;
    this.dropped = false;
    dropOld();
  }

  get key() {
    return this.form.elements.namedItem("idempotency_key");
  }

  // `more`: what is known of the form beyond its values.
  keep(more) {
    if (!this.secret || this.isSaved || this.dropped) return;
    const values = [...new FormData(this.form)].filter(([name]) => !LEFT_OUT.has(name));
    const draft = { at: serverNow(), values, ...more };
    this.turn = this.turn.then(() => this.write(draft)).catch(() => {}); // a full or forbidden storage: none is kept
  }

  async write(draft) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(draft));
    const box = await crypto.subtle.encrypt(this.cipher(iv), await this.secret, plain);
    if (this.isSaved || this.dropped) return;
    const envelope = { key: this.key.value, kept: Date.now(), iv: textOf(iv), box: textOf(box) };
    localStorage.setItem(DRAFT + this.name, JSON.stringify(envelope));
  }

  // Bound to its place: what was typed for one patient cannot be opened as another's.
  cipher(iv) {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(this.name) };
  }

  async read() {
    const envelope = stored(DRAFT + this.name);
    if (!this.secret || !envelope?.box) return null;
    try {
      const cipher = this.cipher(bytesOf(envelope.iv));
      const plain = await crypto.subtle.decrypt(cipher, await this.secret, bytesOf(envelope.box));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null; // somebody else's, or damaged: an empty form is the safe answer
    }
  }

  drop() {
    this.dropped = true;
    localStorage.removeItem(DRAFT + this.name);
  }

  // Restore what was kept, now and as another tab types. `restored(draft)` says whether "now" has moved;
  // `untouched()` whether nothing was entered here; `saved()` hears that another tab has saved this very check.
  follow(page) {
    this.page = page;
    window.addEventListener("storage", (event) => this.heard(event.key));
    document.addEventListener("visibilitychange", () => this.heard(SAVED + this.name));
    window.addEventListener("pageshow", () => this.heard(SAVED + this.name));
    if ("fresh" in this.form.dataset) this.restore();
  }

  heard(name) {
    if (!this.name || !name) return;
    if (name === SAVED + this.name) this.lookIfSaved();
    if (name === DRAFT + this.name && "fresh" in this.form.dataset) this.share();
  }

  // Another tab types the same check: whichever is saved, it is stored once.
  share() {
    const key = stored(DRAFT + this.name)?.key;
    if (!key) return;
    if (this.page.untouched()) this.restore();
    else this.key.value = key;
  }

  async restore() {
    const draft = await this.read();
    if (!draft || !this.page.untouched()) return;
    fill(this.form, draft.values);
    const moved = this.page.restored(draft);
    this.tell(wardTime(draft.at, this.form.dataset.zone).slice(11), moved);
  }

  tell(clock, moved) {
    const note = this.form.querySelector("[data-restored]");
    const words = moved
      ? gettext("Restored from this device, %(clock)s. It is not saved yet. Examined “now” has become the time at which you said so: check it.")
      : gettext("Restored from this device, %(clock)s. It is not saved yet.");
    note.querySelector("[data-text]").textContent = interpolate(words, { clock }, true);
    note.hidden = false;
    note.querySelector("button").onclick = () => {
      this.drop();
      location.reload();
    };
  }

  // Saved in another tab, or before one came back here.
  lookIfSaved() {
    const last = stored(SAVED + this.name);
    if (!last || (last.key !== this.key.value && !(this.page.untouched() && last.kept >= opened))) return;
    this.isSaved = true;
    this.page.saved();
    const note = document.querySelector("[data-already-saved]");
    note.querySelector("a").href = last.result;
    note.hidden = false;
    this.form.inert = true;
    note.scrollIntoView({ block: "center" });
  }
}

function fill(form, values) {
  for (const [name, value] of values) {
    const control = form.elements.namedItem(name);
    if (control instanceof RadioNodeList) control.value = value;
    else if (control?.type === "checkbox") control.checked = true;
    else if (control) control.value = value;
  }
}

const result = document.querySelector("[data-draft-saved]");
if (result) {
  const { draftSaved, savedForm, savedAt } = result.dataset;
  saved(draftSaved, savedForm, location.pathname, serverNow() - Date.parse(savedAt));
}
