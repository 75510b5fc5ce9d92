// What may become part of a page. The browser lets no text become HTML, or the address of a script, but through here
// (Content-Security-Policy: require-trusted-types-for): HTML with anything in it that could act is refused whole, and of
// scripts only our own worker is registered. The server escapes what people typed; this holds where it once should not.
"use strict";

(() => {
  if (!window.trustedTypes) return; // a browser that does not ask
  const inert = trustedTypes.createPolicy("inert", { createHTML: (html) => html }); // only ever parsed, to be looked at
  const ACTIVE = "script:not([src]), base, object, embed, iframe, meta[http-equiv]:not(noscript meta)";
  const ADDRESSES = ["href", "src", "action", "formaction", "xlink:href"];

  const acts = (element) =>
    element.getAttributeNames().some((name) => name.startsWith("on") || name.startsWith("hx-on")) ||
    ADDRESSES.some((name) => /^[\s\0-\x1f]*(javascript|data|vbscript):/i.test(element.getAttribute(name) ?? ""));

  // The content of a <template> is a tree of its own.
  const isPassive = (element) => !acts(element) && (element.localName !== "template" || isHarmless(element.content));
  const isHarmless = (tree) => !tree.querySelector(ACTIVE) && [...tree.querySelectorAll("*")].every(isPassive);

  const parsed = (html) => new DOMParser().parseFromString(inert.createHTML(html), "text/html");

  trustedTypes.createPolicy("default", {
    createHTML: (html) => (isHarmless(parsed(html)) ? html : null),
    createScriptURL: (address) => (new URL(address, location).href === `${location.origin}/sw.js` ? address : null),
  });
})();
