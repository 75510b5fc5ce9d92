// The check form by keyboard alone. In the muscle that is marked: 0–5 grade it, N opens the reasons for none. At a
// question: Y yes, N no (or now). Arrows move without choosing anything: a grade that one only passes by is no grade.

import { isGrade } from "./muscle.js";

const BOUNCE_MS = 200; // a key that springs back would grade the next muscle, which nobody has looked at
const ANSWERS = { y: ["present"], n: ["absent", "now"] };
const TYPED = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

let last = { key: "", at: -Infinity };

function bounces(event) {
  const springs = event.key === last.key && event.timeStamp - last.at < BOUNCE_MS;
  last = { key: event.key, at: event.timeStamp };
  return event.repeat || springs;
}

// The choice that a key means at this step, or undefined.
function choiceOf(step, key) {
  const inputs = [...step.box.querySelectorAll("input[type=radio]")];
  if (step.nt) return isGrade(key) ? inputs.find((input) => input.value === key) : undefined;
  return inputs.find((input) => ANSWERS[key]?.includes(input.value));
}

function openReasons(muscle) {
  if (!muscle.nt.checked) muscle.nt.click();
  muscle.box.querySelector(".reasons input")?.focus();
}

// To the button beside it.
function sideways(target, by) {
  const inputs = [...target.closest(".seg").querySelectorAll("input")];
  inputs[inputs.indexOf(target) + by]?.focus();
}

// To the muscle above or below on the same side, at the same button; from the last ones on to the questions.
function upOrDown(check, step, target, by) {
  const here = check.steps.indexOf(step);
  const inGrid = (index) => index >= 0 && index < check.muscles.length;
  const there = check.steps[inGrid(here + 2 * by) && step.nt ? here + 2 * by : here + by];
  if (!there) return;
  const at = [...target.closest(".seg").querySelectorAll("input")].indexOf(target);
  const inputs = [...there.box.querySelector(".seg").querySelectorAll("input")];
  inputs[step.nt && there.nt ? at : 0]?.focus();
}

function move(check, event) {
  const step = check.stepOf(event.target);
  if (!step || !event.target.closest(".seg")) return;
  event.preventDefault();
  const by = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 1;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") sideways(event.target, by);
  else upOrDown(check, step, event.target, by);
}

function pressed(check, event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || check.sending) return;
  const { form } = check;
  if (!form.contains(event.target) && !event.target.contains(form)) return; // the bar, the banner, a dialog
  if (event.target.matches(TYPED)) return;
  if (MOVES.has(event.key)) return move(check, event);
  const key = event.key.toLowerCase();
  const step = check.stepOf(event.target) ?? check.current;
  if (!step || (key !== "n" && key !== "y" && !isGrade(key))) return;
  event.preventDefault();
  if (bounces(event)) return;
  const choice = choiceOf(step, key);
  if (choice?.checked) check.goOn(step);
  else if (choice) choice.click();
  else if (step.nt && key === "n") openReasons(step);
}

export function listenToKeys(check) {
  document.addEventListener("keydown", (event) => pressed(check, event));
}
