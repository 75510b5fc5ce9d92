// The check form: shows the previous grade once one's own is chosen, asks again for a grave one, and says what is
// missing. All of it is help: the form works without this script, and the server decides.

import { forget, keep, restore } from "./draft.js";

const PARALYSED = new Set(["0", "1"]);
const GRAVE_DROP = 3;
const BOUNCE_MS = 300; // the second half of a double tap confirms nothing

const isGrade = (value) => /^[0-5]$/.test(value);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

class Muscle {
  constructor(box, previous) {
    this.box = box;
    this.name = box.dataset.muscle;
    this.words = box.dataset.words;
    this.previous = previous;
    this.nt = box.querySelector("[data-nt]");
    this.was = box.querySelector("[data-was]");
    this.chosenAt = 0;
    this.confirmed = false;
  }

  get chosen() {
    return this.box.querySelector("input[type=radio]:checked");
  }

  get mustConfirm() {
    const grade = this.chosen?.value;
    if (grade === undefined || !isGrade(grade) || this.confirmed) return false;
    const fell = this.previous !== undefined && this.previous.grade - Number(grade) >= GRAVE_DROP;
    return PARALYSED.has(grade) || fell;
  }

  get isDone() {
    return this.chosen !== null && !this.mustConfirm;
  }

  change(event) {
    this.confirmed = false;
    this.chosenAt = event.timeStamp;
    this.nt.checked = !isGrade(this.chosen.value) && this.nt.checked;
    this.show();
  }

  // A tap on the grade that is already chosen.
  again(event) {
    if (!this.mustConfirm || event.timeStamp - this.chosenAt < BOUNCE_MS) return false;
    this.confirmed = true;
    this.show();
    return true;
  }

  show() {
    const value = this.chosen?.value;
    this.box.classList.toggle("asks", this.mustConfirm);
    this.box.classList.toggle("done", this.isDone);
    this.box.classList.remove("missing");
    if (value === undefined) return;
    const was = this.previous ? `was ${this.previous.grade} at ${this.previous.at}` : "no earlier grade";
    if (this.mustConfirm) {
      const before = this.previous ? `, was ${this.previous.grade}` : "";
      this.was.textContent = `${this.words}: grade ${value}${before}. Tap ${value} again to confirm.`;
    } else if (!isGrade(value)) {
      this.was.textContent = `${this.chosen.dataset.label} · ${was}`;
    } else {
      this.was.textContent = this.confirmed ? `${was} · confirmed` : was;
    }
  }

  // Closed once a finger has chosen the reason; arrow keys may still be travelling through them.
  foldReasons(event) {
    if (event.detail === 0 || isGrade(event.target.value)) return;
    this.nt.checked = false;
    this.nt.focus({ preventScroll: true });
  }
}

class CheckForm {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("[data-save]");
    this.hint = form.querySelector("[data-hint]");
    const previous = JSON.parse(document.getElementById("previous-grades").textContent);
    this.muscles = [...form.querySelectorAll("[data-muscle]")].map((box) => new Muscle(box, previous[box.dataset.muscle]));
    this.questions = [...form.querySelectorAll("[data-question]")];
  }

  start() {
    const restored = "fresh" in this.form.dataset ? restore(this.form) : null;
    for (const muscle of this.muscles) {
      // What the server sends back, or a correction begins with, was confirmed before.
      muscle.confirmed = restored ? restored.has(muscle.name) : muscle.chosen !== null;
      muscle.show();
    }
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("input", () => this.keep());
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("pageshow", () => this.ready());
    this.ready();
  }

  muscleOf(target) {
    return target.type === "radio" ? this.muscles.find((muscle) => muscle.name === target.name) : undefined;
  }

  changed(event) {
    this.muscleOf(event.target)?.change(event);
    event.target.closest("[data-question]")?.classList.remove("missing");
    this.keep();
    this.ready();
  }

  clicked(event) {
    const muscle = this.muscleOf(event.target);
    if (!muscle) return;
    muscle.foldReasons(event);
    if (muscle.again(event)) {
      this.keep();
      this.ready();
    }
  }

  keep() {
    keep(this.form, this.muscles.filter((muscle) => muscle.confirmed).map((muscle) => muscle.name));
  }

  get partial() {
    return this.form.elements.namedItem("partial").checked;
  }

  get leftOut() {
    const count = this.muscles.filter((muscle) => muscle.chosen === null).length;
    return this.partial && count ? `${plural(count, "muscle")} left out` : "";
  }

  // What still stands between the nurse and "save", in the order of the page.
  get missing() {
    const empty = (box) => box.querySelector("input:checked") === null;
    const asks = this.muscles.filter((muscle) => muscle.mustConfirm);
    const asked = this.partial ? this.questions.filter((box) => "always" in box.dataset) : this.questions;
    const muscles = this.partial ? [] : this.muscles.filter((muscle) => muscle.chosen === null);
    return { asks, muscles, questions: asked.filter(empty) };
  }

  ready() {
    const { asks, muscles, questions } = this.missing;
    const open = asks.length + muscles.length;
    const left = [open && plural(open, "muscle"), questions.length && plural(questions.length, "question")].filter(Boolean);
    const words = muscles.length || questions.length ? `${left.join(", ")} to go` : open ? `${left} to confirm` : this.leftOut;
    this.button.disabled = false;
    this.button.classList.toggle("waiting", left.length > 0);
    this.button.textContent = [this.button.dataset.save, words].filter(Boolean).join(" · ");
    this.hint.textContent = "";
  }

  submitted(event) {
    const { asks, muscles, questions } = this.missing;
    const boxes = [...asks.map((m) => m.box), ...muscles.map((m) => m.box), ...questions];
    if (boxes.length === 0) {
      this.button.disabled = true;
      this.button.textContent = "Saving…";
      return;
    }
    event.preventDefault();
    for (const box of boxes) box.classList.add("missing");
    const first = boxes.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))[0];
    (first.querySelector("input:checked") ?? first.querySelector("input")).focus({ preventScroll: true });
    first.scrollIntoView({ block: "center" });
    this.hint.textContent = `Not saved yet. Next: ${first.dataset.words}. Not examined? Say so at the end.`;
  }
}

const saved = document.querySelector("[data-draft-saved]");
if (saved) forget(saved.dataset.draftSaved);
const form = document.querySelector("form[data-draft]");
if (form) new CheckForm(form).start();
