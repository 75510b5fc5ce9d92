// Opening a covered screen where the server is away: by the PIN under which this device keeps the patients' data. After
// five wrong ones in a row the device has forgotten them (vault.js), and only the network helps.

import { hasPin, openWithPin } from "./vault.js";

export async function openOffline(cover, uncover) {
  const form = cover.querySelector("[data-offline]");
  if (!form.hidden) return; // asked already
  if (!(await hasPin())) return stay(cover, gettext("No network. This screen stays locked until it is back."));
  [form.hidden, cover.querySelector("[data-wait]").hidden] = [false, true];
  form.elements.pin.focus();
  form.onsubmit = (event) => {
    event.preventDefault();
    tryPin(form, cover, uncover);
  };
}

async function tryPin(form, cover, uncover) {
  const field = form.elements.pin;
  const pin = field.value;
  if (!pin || form.inert) return;
  form.inert = true; // making a key of the PIN takes a moment
  const opened = await openWithPin(pin);
  form.inert = false;
  if (!cover.isConnected) return; // the network was quicker
  if (opened) return uncover();
  field.value = "";
  form.querySelector(".error").textContent = gettext("Wrong PIN.");
  field.focus();
  if (!(await hasPin())) stay(cover, gettext("Too many wrong PINs. This screen stays locked until the network is back."));
}

function stay(cover, words) {
  const waiting = cover.querySelector("[data-wait]");
  [cover.querySelector("[data-offline]").hidden, waiting.hidden] = [true, false];
  if (waiting.textContent !== words) waiting.textContent = words;
}
