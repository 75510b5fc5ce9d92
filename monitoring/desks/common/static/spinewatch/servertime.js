// The server's clock on a page: what it said when the page was made, moved on by a timer that nobody can set. A
// tablet's own clock may be wrong by hours; it is asked only where no server has said the time.

const loaded = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;

export function serverNow() {
  const said = Date.parse(document.body.dataset.now ?? "");
  return Number.isNaN(said) ? Date.now() : said + (performance.now() - loaded);
}

// As date and time fields write it, in the ward's zone: 2026-03-07T03:14.
export function wardTime(instant, zone) {
  const parts = { dateStyle: "short", timeStyle: "short", timeZone: zone || undefined };
  return new Intl.DateTimeFormat("sv-SE", parts).format(instant).replace(" ", "T");
}
