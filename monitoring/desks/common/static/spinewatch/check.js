// The check form, helped along: the finger is led from muscle to muscle, the previous grade shows once one's own is
// chosen, a grave grade is asked again in words, what is missing is said. It works without; the server decides.
//
// `new CheckForm(form, previous).start()`, `previous` as in #previous-grades: {"l4_left": {grade: 5, at: "03:10"}}.
//   <form data-check                       found at load and started, with #previous-grades
//         data-draft="…" data-draft-key    where a draft is kept on this device, and its key; without them none is
//         data-fresh                       an untouched form, which a draft may fill
//         data-zone="Europe/Berlin">       the zone of the typed time
// "check:ready" comes from the form when it is complete and confirmed, {detail: {form}}. Whoever calls preventDefault()
// sends it themselves, and dispatches "check:again" on the form where it can be changed and sent again.

import { ask } from "./ask.js";
import { Draft } from "./draft.js";
import { listenToKeys } from "./keys.js";
import { Muscle } from "./muscle.js";
import { reveal } from "./reveal.js";
import { When } from "./when.js";

const count = (n, one, many) => interpolate(ngettext(one, many, n), { n }, true);
const muscleCount = (n) => count(n, "%(n)s muscle", "%(n)s muscles");
const questionCount = (n) => count(n, "%(n)s question", "%(n)s questions");

// A red flag, or when it was examined.
class Question {
  constructor(box) {
    this.box = box;
    this.words = box.dataset.words;
    this.always = "always" in box.dataset;
  }

  get chosen() {
    return this.box.querySelector("input[type=radio]:checked");
  }

  get target() {
    return this.chosen ?? this.box.querySelector("input[type=radio]");
  }

  get isDone() {
    return this.chosen !== null;
  }
}

// The note, where it must say what "NT: other" means.
class Note {
  constructor(form) {
    this.form = form;
    this.target = form.elements.namedItem("note");
    this.box = this.target.closest(".field");
    this.words = gettext("the note: what “NT: other” is");
    this.always = true;
  }

  get isDone() {
    const other = this.form.querySelector("[data-muscle] input[value=other]:checked");
    return other === null || this.target.value.trim() !== "";
  }
}

export class CheckForm {
  constructor(form, previous = {}) {
    this.form = form;
    this.button = form.querySelector("[data-save]");
    this.hint = form.querySelector("[data-hint]");
    const all = (boxes) => [...form.querySelectorAll(boxes)];
    this.muscles = all("[data-muscle]").map((box) => new Muscle(box, previous[box.dataset.muscle]));
    this.questions = [...all("[data-question]").map((box) => new Question(box)), new Note(form)];
    this.steps = [...this.muscles, ...this.questions]; // in the order of the examination, and of the page
    this.when = new When(form, () => this.keep());
    this.draft = new Draft(form);
    this.current = null;
    this.chosenIn = null; // the step of the last choice
    this.touched = false;
    this.sending = false;
  }

  start() {
    // What the server sends back, or a correction begins with, was confirmed before.
    for (const muscle of this.muscles) muscle.confirmed = muscle.chosen !== null;
    this.when.start(); // it hears of "now" before the draft is kept
    this.form.addEventListener("click", (event) => this.clicked(event), true);
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("input", () => this.typed());
    this.form.addEventListener("focusin", (event) => this.mark(this.stepOf(event.target) ?? this.current));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.form.addEventListener("check:again", () => this.again());
    window.addEventListener("pageshow", () => this.again());
    listenToKeys(this);
    this.show();
    this.draft.follow({
      restored: (kept) => this.restored(kept),
      saved: () => (this.sending = true),
      untouched: () => !this.touched,
    });
  }

  stepOf(target) {
    return this.steps.find((step) => step.box.contains(target));
  }

  // The first step that is open, from here onwards and then from the top.
  next(after = null) {
    const from = this.steps.indexOf(after) + 1;
    return [...this.steps.slice(from), ...this.steps.slice(0, from)].find((step) => !step.isDone) ?? null;
  }

  // The second half of a double tap means what it meant first, also where the page has turned under the finger.
  clicked(event) {
    const step = event.target.matches("input") ? this.stepOf(event.target) : undefined;
    if (step && event.detail > 1 && step !== this.chosenIn) event.preventDefault();
  }

  typed() {
    this.touched = true;
    this.keep();
    this.show();
  }

  changed(event) {
    const step = this.stepOf(event.target);
    if (step && event.target === step.nt) reveal(step.box); // its reasons have unfolded
    if (!step || event.target.type !== "radio") return this.show();
    this.chosenIn = step;
    step.box.classList.remove("missing");
    if (step instanceof Muscle) step.change();
    this.keep();
    this.show();
    this.goOn(step);
  }

  // A grave grade, asked again in words. "Change" takes it back: nothing stands that was not meant.
  async confirm(muscle) {
    if (await ask(muscle.question)) muscle.confirm();
    else muscle.clear();
    this.keep();
    this.show();
    this.goOn(muscle);
  }

  goOn(step) {
    if (!step.isDone) return this.lead(step);
    if (step.chosen?.value === "earlier" && !this.when.typed) return this.when.time.focus();
    const next = this.next(step);
    if (next) this.lead(next);
    else this.button.focus({ preventScroll: true });
  }

  lead(step) {
    step.target.focus({ preventScroll: true });
    this.mark(step);
    reveal(step.box);
    if (step.mustConfirm) this.confirm(step);
  }

  mark(step) {
    this.current = step && this.steps.includes(step) ? step : null;
    for (const each of this.steps) each.box.classList.toggle("current", each === this.current);
  }

  keep() {
    if (this.sending) return;
    const confirmed = this.muscles.filter((muscle) => muscle.confirmed).map((muscle) => muscle.name);
    this.draft.keep({ confirmed, nowAt: this.when.nowAt });
  }

  restored({ confirmed, nowAt }) {
    for (const muscle of this.muscles) muscle.confirmed = confirmed.includes(muscle.name) && muscle.chosen !== null;
    const moved = this.when.saidNow(nowAt);
    this.show();
    return moved;
  }

  get partial() {
    return this.form.elements.namedItem("partial").checked;
  }

  // What still stands between the nurse and "save", in the order of the page.
  get missing() {
    const asks = this.muscles.filter((muscle) => muscle.mustConfirm);
    const muscles = this.partial ? [] : this.muscles.filter((muscle) => muscle.chosen === null);
    const questions = this.questions.filter((question) => !question.isDone && (question.always || !this.partial));
    return { asks, muscles, questions };
  }

  again() {
    if (this.draft.isSaved) return;
    this.sending = false;
    this.show();
  }

  show() {
    for (const muscle of this.muscles) muscle.show();
    const { asks, muscles, questions } = this.missing;
    const words = this.wordsFor(asks.length, muscles.length, questions.length);
    this.button.disabled = false;
    this.button.classList.toggle("waiting", asks.length + muscles.length + questions.length > 0);
    this.button.textContent = [this.button.dataset.save, words].filter(Boolean).join(" · ");
    this.hint.textContent = "";
    this.mark(this.current?.isDone === false ? this.current : this.next(this.current));
  }

  wordsFor(asks, muscles, questions) {
    const words = { muscles: muscleCount(asks + muscles), questions: questionCount(questions) };
    if (asks + muscles && questions) return interpolate(gettext("%(muscles)s, %(questions)s to go"), words, true);
    if (questions) return interpolate(gettext("%(questions)s to go"), words, true);
    if (muscles) return interpolate(gettext("%(muscles)s to go"), words, true);
    if (asks) return interpolate(gettext("%(muscles)s to confirm"), words, true);
    const out = this.muscles.filter((muscle) => muscle.chosen === null).length;
    return out ? interpolate(gettext("%(muscles)s left out"), { muscles: muscleCount(out) }, true) : "";
  }

  submitted(event) {
    const { asks, muscles, questions } = this.missing;
    const open = [...asks, ...muscles, ...questions]; // a grave grade that nobody has confirmed comes first
    if (this.sending) event.preventDefault();
    else if (open.length) this.refuse(event, open);
    else this.send(event);
  }

  refuse(event, open) {
    event.preventDefault();
    for (const step of open) step.box.classList.add("missing");
    const words = gettext("Not saved yet. Next: %(step)s. Not examined? Say so at the end.");
    this.hint.textContent = interpolate(words, { step: open[0].words }, true);
    this.lead(open[0]);
  }

  send(event) {
    this.sending = true;
    this.button.disabled = true;
    this.button.textContent = gettext("Saving…");
    const detail = { form: this.form };
    const ready = new CustomEvent("check:ready", { detail, bubbles: true, cancelable: true });
    if (!this.form.dispatchEvent(ready)) event.preventDefault();
  }
}

const form = document.querySelector("form[data-check]");
if (form) new CheckForm(form, JSON.parse(document.getElementById("previous-grades").textContent)).start();
