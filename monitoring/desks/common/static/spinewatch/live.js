// Keeps an open page true: it listens for changes, asks for fresh fragments, and says in red when it may be old.
//
// <body data-live="/live/" data-now="…"> and <p id="alive" data-zone="Europe/Berlin" data-ward-phone="5501">.
// Whatever on the page wants to be fresh listens to "live:changed" on the body.
"use strict";

(() => {
  const SILENT = 12_000; // ms without a word from the stream (a pulse comes every 5 s): the link is lost
  const POLL = 5_000; // while the link is lost, and between two attempts to get it back
  const REFRESH = 20_000; // a page asks again even when it hears nothing: a message can be lost with its sender
  const GATHER = 300; // changes that come together make one refresh
  const UNCHECKED = 15; // s since alerting last checked the patients
  const REST = 60_000; // a hidden page then gives its connection back: a browser has six for a server

  const url = document.body.dataset.live;
  const line = document.getElementById("alive");
  if (!url || !line) return;

  // --- Time: never the tablet's clock, which may be wrong ------------------------------------------------------------

  // Milliseconds gone by. performance.now() stands still on some devices while they sleep, and Date can be set back:
  // the greater step of the two counts, so that at worst a page is called old too early.
  const clock = (() => {
    let passed = 0;
    let [monotonic, wall] = [performance.now(), Date.now()];
    return () => {
      const [monotonicNow, wallNow] = [performance.now(), Date.now()];
      passed += Math.max(monotonicNow - monotonic, wallNow - wall, 0);
      [monotonic, wall] = [monotonicNow, wallNow];
      return passed;
    };
  })();

  const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: line.dataset.zone || "UTC" });
  const words = (iso) => (iso ? timeOfDay.format(new Date(iso)) : gettext("an unknown time"));
  const say = (text, values) => interpolate(text, values, true);

  // --- What the page knows -------------------------------------------------------------------------------------------

  let stream = null;
  let linked = null; // null: not yet known
  let redis = true; // whether the server hears of changes
  let signedOut = false;
  let pulse = null;
  let asOf = document.body.dataset.now || null; // the server's last time
  let contentAsOf = asOf; // and what it was when the content last came
  let [heardAt, pulseAt, triedAt, refreshedAt, hiddenAt] = [clock(), clock(), clock(), clock(), clock()];
  let gathering = 0;
  const failed = new Set(); // fragments whose last refresh failed

  const isOld = () => linked === false || !redis || [...failed].some((fragment) => fragment.isConnected);
  const rests = (now) => document.hidden && now - hiddenAt > REST;

  // --- Refreshing ----------------------------------------------------------------------------------------------------

  function refresh() {
    if (gathering || signedOut) return;
    const wait = Math.max(0, GATHER - (clock() - refreshedAt));
    gathering = setTimeout(() => {
      gathering = 0;
      refreshedAt = clock();
      document.body.dispatchEvent(new CustomEvent("live:changed"));
    }, wait);
  }

  const isRefresh = (detail) => detail.requestConfig?.triggeringEvent?.type === "live:changed";

  function refreshed({ detail }) {
    if (!isRefresh(detail) || !detail.successful) return;
    failed.delete(detail.elt);
    contentAsOf = document.querySelector("main [data-now]")?.dataset.now ?? asOf;
    show();
  }

  function refreshFailed({ detail }) {
    if (!isRefresh(detail)) return;
    failed.add(detail.elt);
    show();
  }

  // Where the session has ended, the answer is the sign-in page: it must not be shown as the board.
  function refuseRedirects(event) {
    const { detail } = event;
    if (!isRefresh(detail) || !detail.xhr.responseURL) return;
    if (new URL(detail.xhr.responseURL).pathname === new URL(detail.requestConfig.path, location.href).pathname) return;
    detail.shouldSwap = false;
    failed.add(detail.elt);
    reconnect();
  }

  // A fragment that is put anew between a finger's touch and its lift takes the link from under it: the tap is lost. So
  // it waits until nothing is pressed; not for ever, for a lift outside the window is never heard of.
  const LONGEST_PRESS = 1_000; // ms
  let pressedAt = null;
  let heldBack = false;

  function holdBack(event) {
    if (!isRefresh(event.detail) || pressedAt === null || clock() - pressedAt > LONGEST_PRESS) return;
    event.detail.shouldSwap = false;
    heldBack = true;
  }

  function released() {
    pressedAt = null;
    if (!heldBack) return;
    heldBack = false;
    refresh(); // the click comes first
  }

  // --- The stream ----------------------------------------------------------------------------------------------------

  function connect() {
    stream?.close();
    const opened = new EventSource(url);
    stream = opened;
    heardAt = triedAt = clock();
    const on = (name, act) =>
      opened.addEventListener(name, (event) => {
        if (opened !== stream) return;
        heardAt = clock();
        act(JSON.parse(event.data));
        show();
      });
    on("hello", () => {
      linked = true;
      refresh(); // something may have been missed
    });
    on("link", ({ ok }) => {
      if (ok && !redis) refresh();
      redis = ok;
    });
    on("changed", refresh);
    on("pulse", (data) => {
      [pulse, pulseAt] = [data, heardAt];
      asOf = data.as_of ?? asOf;
    });
    on("signed-out", signOut);
    opened.onerror = () => {
      if (opened === stream) lose();
    };
  }

  function lose() {
    stream?.close();
    stream = null;
    linked = false;
    pulse = null; // what it said is old: the line stays red until the next
    show();
  }

  function signOut() {
    signedOut = true;
    lose();
  }

  // Ask first whether one may listen: an EventSource does not say why it was refused.
  async function reconnect() {
    triedAt = clock();
    try {
      const answer = await fetch(url, { method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.status === 403) document.dispatchEvent(new Event("live:locked")); // lock.js takes it from here
      if (answer.status === 401 || answer.type === "opaqueredirect") return signOut();
      if (!answer.ok) return lose();
    } catch {
      return lose();
    }
    signedOut = false;
    if (!stream) connect();
  }

  // After sleep, a hidden spell, the back button: nothing on the page is known to be true.
  function wake() {
    if (document.hidden) return;
    const silent = clock() - heardAt > SILENT;
    if (!stream || silent) {
      lose();
      reconnect();
    }
    refresh();
  }

  function beat() {
    const now = clock();
    if (stream && (rests(now) || now - heardAt > SILENT)) lose();
    if (!rests(now)) {
      if (!stream && now - triedAt >= POLL) reconnect();
      if (now - refreshedAt >= (isOld() ? POLL : REFRESH)) refresh();
    }
    show();
  }

  // --- The line of monitor health ------------------------------------------------------------------------------------

  const phone = line.dataset.wardPhone ? ` ${say(gettext("Ward phone %(number)s."), { number: line.dataset.wardPhone })}` : "";
  const STAYS_RED = gettext("Reload; if it stays red, PHONE THE SURGEON.");

  // What the pulse may name (monitoring/watchdog/verdict.py), so that its words are known here.
  const FAULTS = {
    "ALERTING HAS STOPPED": gettext("ALERTING HAS STOPPED"),
    "MESSAGES ARE NOT BEING SENT": gettext("MESSAGES ARE NOT BEING SENT"),
    "OVERDUE CHECKS ARE NOT ALERTED": gettext("OVERDUE CHECKS ARE NOT ALERTED"),
    "CALLS ARE LATE": gettext("CALLS ARE LATE"),
    "MESSAGES ARE LATE": gettext("MESSAGES ARE LATE"),
    "CALLING FAILED FOR AN ALERT": gettext("CALLING FAILED FOR AN ALERT"),
    "NO TEST ALERT IS SENT": gettext("NO TEST ALERT IS SENT"),
    "THE TEST ALERT DID NOT ARRIVE": gettext("THE TEST ALERT DID NOT ARRIVE"),
  };

  const failedFor = (count) =>
    say(ngettext("ASSESSMENT FAILED for %(count)s patient", "ASSESSMENT FAILED for %(count)s patients", count), { count });
  const lateFor = (count) =>
    say(ngettext("ASSESSMENT IS LATE for %(count)s patient", "ASSESSMENT IS LATE for %(count)s patients", count), { count });

  function alerting() {
    const { checked_seconds_ago: checked, failing, late, fault: named } = pulse;
    const age = checked === null ? null : Math.round(checked + (clock() - pulseAt) / 1000);
    const [seconds, at] = [age, words(pulse.as_of)];
    const checkedAgo = say(gettext("Checked %(seconds)s s ago · as of %(at)s"), { seconds, at });
    const bad = (fault, detail = checkedAgo) => ["bad", say(gettext("%(fault)s. PHONE THE SURGEON for every concern."), { fault }), detail];
    if (age === null) return bad(gettext("ALERTING DOES NOT ANSWER"), say(gettext("As of %(at)s."), { at: words(asOf) }));
    if (age > UNCHECKED)
      return bad(FAULTS["ALERTING HAS STOPPED"], say(gettext("Last checked %(seconds)s s ago · as of %(at)s"), { seconds, at }));
    if (failing) return bad(failedFor(failing));
    if (late) return bad(lateFor(late));
    if (named) return bad(FAULTS[named] ?? named);
    return ["ok", gettext("Alerting checked"), say(gettext("%(seconds)s s ago · as of %(at)s"), { seconds, at })];
  }

  // [state, words that are said aloud when they change, a detail that ticks in silence]
  function verdict() {
    const old = say(gettext("This page is as of %(at)s."), { at: words(contentAsOf) });
    if (signedOut) return ["lost", gettext("SIGNED OUT – this page no longer changes. Reload it and sign in."), old];
    if (linked === false) return ["lost", `${gettext("LIVE LINK LOST – this page may be old.")} ${STAYS_RED}`, old];
    if ([...failed].some((fragment) => fragment.isConnected))
      return ["lost", `${gettext("NOT REFRESHED – this page may be old.")} ${STAYS_RED}`, old];
    if (!pulse) return null;
    const found = alerting();
    if (found[0] === "ok" && !redis)
      return ["lost", gettext("LIVE LINK LOST – this page asks every 5 s. If it stays red, PHONE THE SURGEON."), old];
    return found;
  }

  // The words are a live region of their own, so that a screen reader says them when they change, and no second ticks.
  const said = line.querySelector(".alive-text") ?? document.createElement("span");
  const ticking = document.createElement("span");
  said.className = "alive-text";

  function show() {
    const found = verdict();
    if (!found) return;
    const [state, text, detail] = found;
    const red = state !== "ok";
    if (!ticking.isConnected) {
      line.removeAttribute("role");
      line.replaceChildren(said, " ", ticking);
    }
    line.dataset.state = state;
    line.classList.toggle("bad", red);
    line.classList.toggle("lost", red);
    said.setAttribute("role", red ? "alert" : "status");
    const full = red ? text + phone : text;
    if (said.textContent !== full) said.textContent = full;
    if (ticking.textContent !== detail) ticking.textContent = detail;
  }

  // --- Wiring --------------------------------------------------------------------------------------------------------

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = clock();
    else wake();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && wake());
  addEventListener("pagehide", lose); // the page kept for the back button is kept as an old one
  document.addEventListener("freeze", lose);
  document.addEventListener("resume", wake);
  addEventListener("online", wake);
  addEventListener("offline", lose);
  document.addEventListener("htmx:beforeSwap", holdBack);
  document.addEventListener("htmx:beforeSwap", refuseRedirects);
  addEventListener("pointerdown", () => (pressedAt = clock()), { capture: true, passive: true });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, released, { capture: true, passive: true });
  document.addEventListener("htmx:afterRequest", refreshed);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, refreshFailed);
  if (window.htmx) window.htmx.config.timeout ||= 8000; // ms: a refresh that hangs must not stand before the next

  connect();
  setInterval(beat, 1000);
})();
