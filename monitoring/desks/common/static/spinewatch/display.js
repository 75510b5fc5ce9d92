// A screen on the wall: it stays awake, and keeps nothing of whoever was signed in on it before.

sessionStorage.clear();

async function stayAwake() {
  if (document.hidden) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused, as on a battery that runs low: the screen's own settings decide.
  }
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
