// Asks a grave grade again, in words, in the middle of the page: "LEFT, L4 ankle up: grade 1, was 5. Correct?"

const BOUNCE_MS = 500; // the second half of a double tap may fall on "Yes", and answers nothing

function button(words, value, className) {
  const made = document.createElement("button");
  made.type = "button";
  made.value = value;
  made.className = className;
  made.textContent = words;
  return made;
}

function dialogOf({ words, grade }) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "ask-words");
  const heading = document.createElement("h2");
  heading.id = "ask-words";
  heading.tabIndex = -1;
  heading.textContent = words;
  const means = document.createElement("p");
  const definition = document.querySelector(`[data-mrc="${grade}"]`)?.textContent;
  const says = gettext("Grade %(grade)s is: %(definition)s.");
  means.textContent = definition ? interpolate(says, { grade, definition }, true) : "";
  const answers = document.createElement("div");
  answers.className = "answers";
  answers.append(button(gettext("Change"), "change", "button wide"));
  answers.append(button(gettext("Yes"), "yes", "button danger wide"));
  dialog.append(heading, means, answers);
  return dialog;
}

// Y says yes, N and Escape change; what is chosen with a key held down is not meant.
function answerOf(event) {
  if (event.type === "click") return event.target.closest("button")?.value;
  if (event.type === "cancel") return "change";
  return event.repeat ? undefined : { y: "yes", n: "change" }[event.key.toLowerCase()];
}

// Whether the examiner says that it is so. `question`: {words, grade}.
export function ask(question) {
  const dialog = dialogOf(question);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("h2").focus();
  const opened = performance.now();
  return new Promise((resolve) => {
    const hear = (event) => {
      const answer = answerOf(event);
      if (!answer) return;
      event.preventDefault();
      if (event.timeStamp - opened < BOUNCE_MS) return;
      dialog.close();
      dialog.remove();
      resolve(answer === "yes");
    };
    for (const type of ["click", "keydown", "cancel"]) dialog.addEventListener(type, hear);
  });
}
