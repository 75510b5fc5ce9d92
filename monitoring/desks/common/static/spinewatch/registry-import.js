// A file that is too large is told so before it is sent; one that was not answered is no silence; and one that was
// tried stays chosen, to be imported.
"use strict";

(() => {
  const note = (id, isShown) => {
    const words = document.getElementById(id);
    if (words) words.hidden = !isShown;
  };

  const input = () => document.querySelector("input[type=file][data-largest]");
  let chosen = null;

  function isTooLarge() {
    const file = input()?.files[0];
    return Boolean(file && file.size > Number(input().dataset.largest));
  }

  function stop(event) {
    if (!event.target.closest("#import") || !isTooLarge()) return;
    event.preventDefault();
    note("too-large", true);
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches("input[type=file]")) note("too-large", isTooLarge());
  });
  document.addEventListener("submit", stop);
  document.addEventListener("htmx:beforeRequest", (event) => {
    stop(event);
    note("not-sent", false);
  });
  document.addEventListener("htmx:beforeSwap", () => {
    chosen = input()?.files;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (chosen?.length && input()) input().files = chosen;
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"])
    document.addEventListener(name, ({ target }) => note("not-sent", Boolean(target.closest("#import"))));
})();
