// A ward's board as it was when the network went: the worst first, each patient with what waits on this device.

import { gettext, make, say, timeWords } from "./build.js";

const RANK = { critical: 0, concern: 1, null: 1.5, watch: 2, stable: 3 };
const levels = () => ({
  critical: gettext("critical"),
  concern: gettext("concern"),
  watch: pgettext("level", "watch"),
  stable: gettext("stable"),
});

export function boardOf(kit, queued) {
  const now = Date.now() + kit.offset;
  const order = (entry) => [RANK[entry.level], entry.due ? Date.parse(entry.due) : Infinity];
  const sorted = [...kit.stays].sort((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]);
  return make(
    "section",
    { class: "stack" },
    make("h1", { text: kit.ward.name }),
    make("p", { class: "strong late", text: say(gettext("OLD: as of %(at)s"), { at: timeWords(kit.asOf, kit.ward.zone) }) }),
    make("ul", { class: "board" }, ...sorted.map((entry) => make("li", {}, card(kit, entry, queued, now)))),
  );
}

function card(kit, entry, queued, now) {
  const { name, bed, born, number, level, stay, not_watched: notWatched } = entry;
  const mine = queued.filter((item) => item.ward === kit.ward.code && item.bed === bed);
  return make(
    "article",
    { class: `card bed level-${level ?? "unknown"}`, id: `offline-${stay}` },
    make("header", {}, make("h2", { text: name }), make("span", { class: "where", text: say(gettext("bed %(bed)s"), { bed }) })),
    make("p", { class: "facts", text: say(gettext("born %(born)s · No. %(number)s"), { born, number }) }),
    notWatched
      ? make("p", { class: "not-watched", text: say(gettext("not watched: %(why)s"), { why: notWatched }) })
      : make("div", {}, make("span", { class: `chip level-${level ?? "unknown"}`, text: levelWords(kit, level) })),
    ...mine.map((item) => keptLine(item)),
    make("footer", {}, make("span", { class: isLate(entry, now) ? "next late" : "next", text: dueWords(kit, entry, now) }), checkLink(kit, entry)),
  );
}

function levelWords({ asOf, ward }, level) {
  const at = timeWords(asOf, ward.zone);
  return level ? say(gettext("%(level)s at %(at)s"), { level: levels()[level], at }) : gettext("not yet assessed");
}

function keptLine({ at, zone, grave }) {
  const words = grave ? gettext("NOT SENT: PHONE THE SURGEON · examined %(at)s") : gettext("a check of %(at)s waits on this device");
  return make("p", { class: grave ? "late" : "strong", text: say(words, { at: timeWords(at, zone) }) });
}

const isLate = ({ due }, now) => due !== null && Date.parse(due) < now;

function dueWords({ ward }, { due }, now) {
  if (!due) return gettext("no check due");
  const at = timeWords(Date.parse(due), ward.zone);
  return isLate({ due }, now) ? say(gettext("check was due %(at)s"), { at }) : say(gettext("check due %(at)s"), { at });
}

function checkLink(kit, { stay, name }) {
  if (!kit.pass) return null;
  const label = say(gettext("Check %(name)s"), { name });
  return make("a", { class: "button", href: `/stays/${stay}/checks/new/`, "aria-label": label, text: gettext("Check") });
}
