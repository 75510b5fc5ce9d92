// Small ways to make pieces of a page. Text is always set as text.

export function make(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children.filter(Boolean));
  return made;
}

// The catalogue's words; a page that came without it (an error, the way in) says them in English.
export const gettext = (words) => globalThis.gettext?.(words) ?? words;
export const ngettext = (one, many, n) => globalThis.ngettext?.(one, many, n) ?? (n === 1 ? one : many);

// Words with what belongs into them by name: say(gettext("bed %(bed)s"), { bed }).
export const say = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

// 03:14 in the ward's zone; 22 Nov 22:44 where that is another day. The month is a word: no day is taken for a month.
export function timeWords(instant, zone) {
  const here = { timeZone: zone };
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { ...here, day: "2-digit", month: "short" });
  const clock = new Intl.DateTimeFormat("en-GB", { ...here, timeStyle: "short" }).format(instant);
  return day.format(instant) === day.format(Date.now()) ? clock : `${day.format(instant)} ${clock}`;
}

export function phoneLink(number) {
  return make("a", { href: `tel:${number.replace(/[^\d+*#]/g, "")}`, class: "phone", text: number });
}
