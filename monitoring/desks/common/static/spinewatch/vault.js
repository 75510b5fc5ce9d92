// The kits on this device, encrypted under a key that the server gives to one person's session. The key lives as long as
// the tab; once the person has typed their PIN it lies on the device under that PIN too, so that a device that was off
// can be opened without a network. Signing out, or another person, forgets both.

import { bytesOf, joined, textOf, utf8 } from "./bytes.js";
import { all, clear, get, put, remove } from "./store.js";

const KEY = "spinewatch:kit-key"; // in the tab's own storage
const ROUNDS = 600_000; // of PBKDF2-SHA256, as OWASP advises
const MOST_WRONG = 5; // PINs in a row; then the device forgets what it keeps

export const isOpen = () => sessionStorage.getItem(KEY) !== null;

// A page of the server says whose device this is now; what another left is forgotten first.
export async function take(person, key) {
  const owner = await get("notes", "owner");
  const print = await printOf(person, key);
  if (owner?.print !== print) {
    await forget();
    await put("notes", { name: "owner", print });
  }
  sessionStorage.setItem(KEY, key);
}

export async function forget() {
  sessionStorage.removeItem(KEY);
  await Promise.all([clear("kits"), clear("notes")]);
}

const printOf = async (person, key) => textOf(await crypto.subtle.digest("SHA-256", utf8(`${person} ${key}`)));

// --- The PIN ---------------------------------------------------------------------------------------------------------

async function pinKey(pin, salt) {
  const material = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(way, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// The server has just found this PIN right.
export async function keepUnderPin(pin) {
  const key = sessionStorage.getItem(KEY);
  if (key === null) return;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const box = await encrypted(await pinKey(pin, salt), key, "pin");
  await put("notes", { name: "pin", salt, box, wrong: 0 });
}

// Whether a PIN would open anything here.
export const hasPin = async () => (await get("notes", "pin")) !== undefined;

export async function openWithPin(pin) {
  const kept = await get("notes", "pin");
  if (!kept) return false;
  try {
    sessionStorage.setItem(KEY, await decrypted(await pinKey(pin, kept.salt), kept.box, "pin"));
    await put("notes", { ...kept, wrong: 0 });
    return true;
  } catch {
    if (kept.wrong + 1 >= MOST_WRONG) await forget();
    else await put("notes", { ...kept, wrong: kept.wrong + 1 });
    return false;
  }
}

// --- The kits --------------------------------------------------------------------------------------------------------

async function kitKey() {
  const key = sessionStorage.getItem(KEY);
  return key === null ? null : crypto.subtle.importKey("raw", bytesOf(key), "AES-GCM", false, ["encrypt", "decrypt"]);
}

// `clock`: {asOf, offset, kitAt}: the server's time when the kit came, its clock minus the device's, and the device's
// then. These and the phone numbers lie open: they say nothing of a patient, and are wanted on a locked device.
export async function keepKit(kit, etag, clock) {
  const key = await kitKey();
  if (!key) return;
  const { ward, phones } = kit;
  const box = await encrypted(key, JSON.stringify(kit), ward.code);
  await put("kits", { ward: ward.code, name: ward.name, zone: ward.zone, phones, etag, box, ...clock });
}

// It has not changed, and is as of now.
export async function confirmKit(code, clock) {
  const kept = await get("kits", code);
  if (kept) await put("kits", { ...kept, ...clock });
}

export const outsides = () => all("kits"); // without opening them

export async function dropKit(code) {
  await remove("kits", code);
}

// The ward's kit with its clock, or null where there is none, or no key to it.
export async function openKit(code) {
  const kept = await get("kits", code);
  const key = kept && (await kitKey());
  if (!key) return null;
  try {
    return { ...kept, ...JSON.parse(await decrypted(key, kept.box, code)) };
  } catch {
    return null; // of an earlier session's key
  }
}

// The kit that knows a stay, and what it knows of it.
export async function patientOf(stay) {
  for (const { ward } of await all("kits")) {
    const kit = await openKit(ward);
    const patient = kit?.stays.find((entry) => entry.stay === stay);
    if (patient) return { kit, patient };
  }
  return null;
}

// --- AES-GCM, bound to its place -------------------------------------------------------------------------------------

async function encrypted(key, text, place) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, key, utf8(text));
  return joined(iv, new Uint8Array(box));
}

async function decrypted(key, box, place) {
  const way = { name: "AES-GCM", iv: box.subarray(0, 12), additionalData: utf8(place) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(way, key, box.subarray(12)));
}
