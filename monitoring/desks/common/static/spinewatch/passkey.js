// A passkey is made, or asked for: <form data-passkey="create|get" data-options="…">. What the browser says goes into the
// form's field `answer`, and the form is sent. Where the browser has no passkeys, the form says so instead.

import { bytesOf, textOf } from "./bytes.js";

for (const form of document.querySelectorAll("form[data-passkey]")) begin(form);

function begin(form) {
  const possible = "credentials" in navigator && "PublicKeyCredential" in window;
  form.querySelector("[data-possible]").hidden = !possible;
  form.querySelector("[data-impossible]").hidden = possible;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (possible && !form.inert) ask(form);
  });
}

async function ask(form) {
  const trouble = form.querySelector("[data-trouble]");
  trouble.hidden = true;
  form.inert = true; // one question at a time, however often it is pressed
  try {
    const publicKey = questionOf(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.answer.value = JSON.stringify(answerOf(credential));
    form.submit();
  } catch (error) {
    form.inert = false;
    trouble.textContent =
      error.name === "InvalidStateError"
        ? gettext("This passkey is kept already.")
        : gettext("Nothing was given: it was stopped, or took too long. Try again.");
    trouble.hidden = false;
  }
}

const withBytes = (one) => ({ ...one, id: bytesOf(one.id) });

function questionOf(options) {
  const question = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) question.user = withBytes(options.user);
  if (options.excludeCredentials) question.excludeCredentials = options.excludeCredentials.map(withBytes);
  if (options.allowCredentials) question.allowCredentials = options.allowCredentials.map(withBytes);
  return question;
}

function answerOf(credential) {
  const said = credential.response;
  const response = { clientDataJSON: textOf(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[part]) response[part] = textOf(said[part]);
  }
  const { id, type } = credential;
  return { id, rawId: textOf(credential.rawId), type, response, clientExtensionResults: {} };
}
