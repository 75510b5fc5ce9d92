// The surgeon's inbox by keyboard, and its sound. What the keys do stands on the page itself: templates/surgeon/_keys.html.
"use strict";

(() => {
  // --- Keys: never while somebody types, never with a modifier -----------------------------------------------------

  const cases = () => [...document.querySelectorAll("#inbox [data-case]")];
  const current = () => document.activeElement?.closest("#inbox [data-case]") ?? null;

  function go(steps) {
    const all = cases();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? all[0] : all[Math.min(Math.max(at + steps, 0), all.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" }); // below the pinned banner: html has a scroll-padding
  }

  // Without an alert chosen by j or k nothing is taken: the first one is only shown.
  function take() {
    const chosen = current();
    if (chosen) chosen.querySelector("[data-take]")?.click();
    else go(1);
  }

  function showKeys() {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
    if (!keys.open) return;
    keys.querySelector("summary").focus({ preventScroll: true });
    keys.scrollIntoView({ block: "end" });
  }

  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    o: () => current()?.querySelector("[data-open]").click(),
    a: take,
    f: () => location.assign(new URL(document.querySelector("#inbox .filter").dataset.next, location.origin + location.pathname)),
    "?": showKeys,
  };

  function isTyping({ target }) {
    return target.matches("input, select, textarea") || target.isContentEditable;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event)) return;
    // Enter opens an alert only where no link or button has the focus: those do their own.
    const act = event.key === "Enter" ? event.target.matches("#inbox [data-case]") && KEYS.o : KEYS[event.key];
    if (!act || (event.repeat && act !== KEYS.j && act !== KEYS.k)) return;
    event.preventDefault();
    act();
  });

  // --- Sound: off until somebody turns it on, remembered on this device --------------------------------------------

  const REMEMBERED = "spinewatch.sound";
  const TIMES = { critical: 3 }; // how often an arrival sounds; any other once
  const EVERY = 0.7; // s from one tone to the next
  const LASTS = 0.35; // s
  const PITCH = { critical: 880, concern: 587 }; // Hz

  const button = document.getElementById("sound");
  let context = null;

  const isOn = () => localStorage.getItem(REMEMBERED) === "on";

  function show() {
    const waits = isOn() && context?.state !== "running";
    button.setAttribute("aria-pressed", String(isOn()));
    button.classList.toggle("waits", waits);
    if (waits) button.textContent = gettext("Sound is waiting for a touch");
    else button.textContent = isOn() ? gettext("Sound on") : gettext("Sound off");
  }

  // A browser lets a page sound only after a touch or a key on it: until then the context stays suspended.
  function wake() {
    if (!isOn()) return;
    if (!context) {
      context = new AudioContext();
      context.addEventListener("statechange", show);
    }
    if (context.state !== "running") context.resume().catch(() => {}); // refused until a touch: the button says so
    show();
  }

  function tone(hertz, at) {
    const [oscillator, volume] = [context.createOscillator(), context.createGain()];
    oscillator.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02); // no click at either end
    volume.gain.exponentialRampToValueAtTime(0.0001, at + LASTS);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + LASTS);
  }

  function sound(level) {
    if (!isOn() || context?.state !== "running") return;
    for (let number = 0; number < (TIMES[level] ?? 1); number += 1) {
      tone(PITCH[level] ?? PITCH.concern, context.currentTime + number * EVERY);
    }
  }

  function turn() {
    const waited = button.classList.contains("waits");
    if (!waited) localStorage.setItem(REMEMBERED, isOn() ? "off" : "on");
    if (isOn()) wake();
    else context?.suspend();
    show();
    if (isOn() && !waited) context.resume().then(() => sound("concern")); // so that one hears that it is heard
  }

  // What arrives together sounds once, as the gravest of it.
  let arrived = [];

  function arrive({ detail }) {
    arrived.push(detail.level);
    if (arrived.length > 1) return;
    queueMicrotask(() => {
      sound(arrived.includes("critical") ? "critical" : arrived[0]);
      arrived = [];
    });
  }

  if (button && "AudioContext" in window) {
    button.hidden = false;
    button.addEventListener("click", turn);
    document.addEventListener("alert:arrived", arrive);
    for (const touch of ["pointerup", "keyup"]) document.addEventListener(touch, wake);
    wake();
    show();
  }
})();
