// Signing in with gloves and half asleep: the finger starts in the first empty field, and Caps Lock is said.

const form = document.querySelector("form[data-sign-in]");
const caps = form.querySelector("[data-caps]");
const empty = [form.elements.username, form.elements.password].find((field) => !field.value);

(empty ?? form.elements.password).focus();
form.addEventListener("keydown", (event) => (caps.hidden = !event.getModifierState?.("CapsLock")));
form.addEventListener("keyup", (event) => (caps.hidden = !event.getModifierState?.("CapsLock")));
