// Brings the next step into view as one turns a page: only when some of it is hidden, and then to the top, so that the
// rows stand still under the finger for most taps.

const GAP = 12; // px
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function reveal(box) {
  const place = box.getBoundingClientRect();
  const head = box.closest(".exam-row")?.querySelector(".myotome")?.getBoundingClientRect();
  const top = Math.min(place.top, head?.top ?? place.top);
  const ceiling = document.querySelector(".pinned")?.getBoundingClientRect().bottom ?? 0;
  const floor = document.querySelector(".save")?.getBoundingClientRect().top ?? window.innerHeight;
  if (top >= ceiling && place.bottom <= floor) return;
  window.scrollBy({ top: top - Math.max(ceiling, 0) - GAP, behavior: calm.matches ? "auto" : "smooth" });
}
