// One muscle of the check form: what was chosen, whether it must be confirmed, and what it was before.

const PARALYSED = new Set(["0", "1"]);
const GRAVE_DROP = 3;

export const isGrade = (value) => /^[0-5]$/.test(value);

export class Muscle {
  // `previous`: {grade, at} of the last time it was graded, or undefined.
  constructor(box, previous) {
    this.box = box;
    this.name = box.dataset.muscle;
    this.words = box.dataset.words;
    this.previous = previous;
    this.nt = box.querySelector("[data-nt]");
    this.was = box.querySelector("[data-was]");
    this.confirmed = false;
  }

  get chosen() {
    return this.box.querySelector("input[type=radio]:checked");
  }

  get target() {
    return this.chosen ?? this.box.querySelector("input[type=radio]");
  }

  // Paralysis, or as long a fall as is critical by itself: worth one more question before it calls a surgeon.
  get isGrave() {
    const grade = this.chosen?.value;
    if (grade === undefined || !isGrade(grade)) return false;
    return PARALYSED.has(grade) || (this.previous !== undefined && this.previous.grade - Number(grade) >= GRAVE_DROP);
  }

  get mustConfirm() {
    return this.isGrave && !this.confirmed;
  }

  get isDone() {
    return this.chosen !== null && !this.mustConfirm;
  }

  // What is asked of a grave grade: "LEFT, L4 ankle up: grade 1, was 5. Correct?"
  get question() {
    const grade = this.chosen.value;
    const words = { muscle: this.words, grade, was: this.previous?.grade };
    const asks = this.previous
      ? gettext("%(muscle)s: grade %(grade)s, was %(was)s. Correct?")
      : gettext("%(muscle)s: grade %(grade)s, no earlier grade. Correct?");
    return { words: interpolate(asks, words, true), grade };
  }

  change() {
    this.confirmed = false;
    this.nt.checked = false; // the reasons fold away, be it a grade or a reason that was chosen
  }

  confirm() {
    this.confirmed = true;
  }

  clear() {
    this.chosen.checked = false;
    this.confirmed = false;
  }

  show() {
    this.box.classList.toggle("asks", this.mustConfirm);
    this.box.classList.toggle("done", this.isDone);
    const words = this.chosen === null ? "" : this.wordsOf(this.chosen);
    if (this.was.textContent !== words) this.was.textContent = words;
  }

  wordsOf(chosen) {
    const was = this.previous
      ? interpolate(gettext("was %(grade)s, %(at)s"), this.previous, true)
      : gettext("no earlier grade");
    if (this.mustConfirm) return gettext("not confirmed yet");
    if (!isGrade(chosen.value)) return `${chosen.dataset.label} · ${was}`;
    return this.confirmed && this.isGrave ? interpolate(gettext("confirmed · %(was)s"), { was }, true) : was;
  }
}
