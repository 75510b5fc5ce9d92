// What every page does by itself: times that tick by the server's clock, and fragments that are replaced in place.
"use strict";

(() => {
  // The server's clock: what it said when the page was made, moved on by a timer that no one can set. A tablet's own
  // clock may be wrong by hours and is never asked.
  let said = NaN;
  let heard = 0;

  function listen(iso, at) {
    const instant = Date.parse(iso);
    if (!Number.isNaN(instant)) [said, heard] = [instant, at];
  }

  const serverNow = () => said + (performance.now() - heard);

  // Words with what belongs into them by name: say(gettext("in %(span)s"), { span }).
  const say = (words, values) => interpolate(words, values, true);

  // 40 min · 4 h 14 · 3 d 2 h: as monitoring/desks/common/presentation.py says it.
  function spanWords(milliseconds) {
    const minutes = Math.max(0, Math.floor(milliseconds / 60000));
    if (minutes < 60) return say(gettext("%(minutes)s min"), { minutes });
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return say(gettext("%(hours)s h %(minutes)s"), { hours, minutes: String(minutes % 60).padStart(2, "0") });
    return say(gettext("%(days)s d %(hours)s h"), { days: Math.floor(hours / 24), hours: hours % 24 });
  }

  function tell(time, now) {
    const at = Date.parse(time.dateTime);
    if (time.dataset.tick === "ago") return say(gettext("%(span)s ago"), { span: spanWords(now - at) });
    const late = now > at;
    if (late && !time.classList.contains("overdue")) time.classList.add("overdue");
    if (late) return say(gettext("overdue %(span)s"), { span: spanWords(now - at) });
    return say(gettext("in %(span)s"), { span: spanWords(at - now) });
  }

  function tick() {
    const now = serverNow();
    if (Number.isNaN(now)) return;
    for (const time of document.querySelectorAll("time[data-tick]")) {
      const words = tell(time, now);
      if (time.textContent !== words) time.textContent = words;
    }
  }

  // A fragment that came over the wire brings the server's time with it.
  function hearFragment({ detail }) {
    if (detail?.target?.id === "calls") return; // it brings no time, and the page's own has not come again
    const fragment = document.querySelector("main [data-now]");
    if (fragment) listen(fragment.dataset.now, performance.now());
    unfoldAgain();
    tick();
    markNew();
  }

  // What somebody has unfolded stays unfolded over a refresh.
  let unfolded = [];

  function rememberUnfolded() {
    unfolded = [...document.querySelectorAll("details[id][open]")].map((details) => details.id);
  }

  function unfoldAgain() {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  }

  // An alert that was not there a moment ago, or has risen since, is marked, said aloud, and linked to at the top of the
  // page, wherever one has scrolled to, until somebody follows the link.
  let known = null;
  const tokens = (element) => element.dataset.alert.trim().split(/\s+/);

  function markNew() {
    const shown = [...document.querySelectorAll("[data-alert]")];
    const fresh = known ? shown.filter((element) => tokens(element).some((token) => !known.has(token))) : [];
    for (const element of fresh) {
      element.classList.add("is-new");
      announce(element);
      document.dispatchEvent(new CustomEvent("alert:arrived", { detail: { level: element.dataset.level } }));
    }
    known = new Set(shown.flatMap(tokens));
  }

  function announce(element) {
    const place = document.getElementById("announce");
    if (!place) return;
    place.querySelector(`a[href="#${element.id}"]`)?.remove();
    const link = document.createElement("a");
    link.href = `#${element.id}`;
    link.textContent = say(gettext("New: %(what)s"), { what: element.dataset.say });
    link.addEventListener("click", () => link.remove());
    place.append(link);
  }

  // The title counts the calls that were not opened yet, before whatever the page's own fragments put there.
  function countCalls() {
    const count = document.querySelectorAll("#calls .call").length;
    const title = document.title.replace(/^▲\d+ /, "");
    document.title = count ? `▲${count} ${title}` : title;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const loaded = performance.getEntriesByType("navigation")[0];
    listen(document.body.dataset.now, loaded ? loaded.responseStart : performance.now());
    tick();
    markNew();
    setInterval(tick, 1000);
    document.querySelector("[data-focus]")?.focus();
  });
  document.addEventListener("htmx:beforeSwap", rememberUnfolded);
  document.addEventListener("htmx:afterSwap", hearFragment);
  document.addEventListener("htmx:afterSettle", countCalls); // after the title that came with a fragment
})();
