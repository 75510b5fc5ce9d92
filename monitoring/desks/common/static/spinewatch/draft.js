// A check that is being typed survives an expired session, a reload or a slipped finger: it is kept in this tab's own
// storage, keyed by person and stay, with no name in it, and is gone when the check is saved or the tab is closed.

const KEEP_HOURS = 12;
const LEFT_OUT = new Set(["csrfmiddlewaretoken"]);

function storageKey(form) {
  return `spinewatch:draft:${form.dataset.draft}`;
}

export function forget(draft) {
  sessionStorage.removeItem(`spinewatch:draft:${draft}`);
}

export function keep(form, confirmed) {
  const values = [...new FormData(form)].filter(([name]) => !LEFT_OUT.has(name));
  const draft = { at: new Date().toISOString(), values, confirmed: [...confirmed] };
  sessionStorage.setItem(storageKey(form), JSON.stringify(draft));
}

function read(form) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(storageKey(form)));
    const fresh = draft && Date.now() - Date.parse(draft.at) < KEEP_HOURS * 3600_000;
    return fresh && Array.isArray(draft.values) ? draft : null;
  } catch {
    return null; // not ours, or damaged: an empty form is the safe answer
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

// As a datetime-local field writes it, in the ward's zone.
function wardTime(instant, zone) {
  const parts = { dateStyle: "short", timeStyle: "short", timeZone: zone };
  return new Intl.DateTimeFormat("sv-SE", parts).format(instant).replace(" ", "T");
}

// "Now" of a restored check is when it was typed, not when it came back.
function nowBecomesEarlier(form, typedAt) {
  const choice = form.elements.namedItem("examined");
  if (choice?.value !== "now") return false;
  choice.value = "earlier";
  [form.elements.namedItem("examined_date").value, form.elements.namedItem("examined_time").value] = typedAt.split("T");
  return true;
}

// Fill an untouched form from what was kept; the muscles already confirmed, or null where nothing was kept.
export function restore(form) {
  const draft = read(form);
  if (!draft) return null;
  fill(form, draft.values);
  const typedAt = wardTime(new Date(draft.at), form.dataset.zone);
  const clock = typedAt.slice(11);
  const moved = nowBecomesEarlier(form, typedAt);
  const note = form.querySelector("[data-restored]");
  note.querySelector("[data-text]").textContent =
    `Restored from this device, ${clock}. It is not saved yet.` +
    (moved ? ` Examined “now” has become ${clock}: check it.` : "");
  note.hidden = false;
  note.querySelector("button").addEventListener("click", () => {
    forget(form.dataset.draft);
    location.reload();
  });
  return new Set(draft.confirmed);
}
