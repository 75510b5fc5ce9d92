// When the patient was examined. "Now" is the moment of the tap, not of saving: it becomes that time once it is no
// longer true. A time long past is said to be late before it is saved.

import { serverNow, wardTime } from "./servertime.js";

const LATE_MINUTES = 15;
const NOW_HOLDS_MS = 5 * 60_000; // so long after the tap "now" is still now
const LOOK_MS = 5_000;

const minutesOf = (wall) => Date.parse(`${wall}:00Z`) / 60_000;

export class When {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.date = form.elements.namedItem("examined_date");
    this.time = form.elements.namedItem("examined_time");
    this.box = this.time.closest("[data-question]");
    this.note = this.box.querySelector("[data-late]");
    this.clock = this.box.querySelector("[value=now] + span time");
    this.nowAt = NaN;
  }

  start() {
    this.form.addEventListener("change", (event) => this.heard(event));
    this.box.addEventListener("input", () => this.show());
    setInterval(() => this.look(), LOOK_MS);
    if (this.choice === "now") this.nowAt = serverNow();
    this.show();
  }

  get choice() {
    return this.form.elements.namedItem("examined").value;
  }

  get typed() {
    return this.date.value !== "" && this.time.value !== "";
  }

  heard(event) {
    if (event.target.name === "examined") this.nowAt = this.choice === "now" ? serverNow() : NaN;
    this.show();
  }

  // A draft came back in which "now" was said at `instant`. Whether it has become that time meanwhile.
  saidNow(instant) {
    this.nowAt = this.choice === "now" ? (instant ?? serverNow()) : NaN;
    return this.look();
  }

  // "Now" becomes the time at which it was said, once that is long enough ago. Whether it did.
  look() {
    const passed = this.choice === "now" && serverNow() - this.nowAt > NOW_HOLDS_MS;
    if (passed) {
      this.form.elements.namedItem("examined").value = "earlier";
      [this.date.value, this.time.value] = wardTime(this.nowAt, this.form.dataset.zone).split("T");
      this.changed();
    }
    this.show();
    return passed;
  }

  show() {
    const wall = wardTime(serverNow(), this.form.dataset.zone);
    if (this.clock) this.clock.textContent = wall.slice(11);
    if (!this.note) return;
    const typed = `${this.date.value}T${this.time.value.slice(0, 5)}`;
    const earlier = this.choice === "earlier" && this.typed;
    const words = earlier ? this.wordsFor(minutesOf(wall) - minutesOf(typed)) : "";
    if (this.note.textContent !== words) this.note.textContent = words;
  }

  wordsFor(minutes) {
    if (minutes < 0) return gettext("This is in the future.");
    if (minutes <= LATE_MINUTES) return "";
    const [h, m] = [Math.floor(minutes / 60), minutes % 60];
    const span = interpolate(h ? gettext("%(h)s h %(m)s min") : gettext("%(m)s min"), { h, m }, true);
    return interpolate(gettext("Recorded %(span)s after the examination: it will be marked late."), { span }, true);
  }
}
