/* Codes of visits, taken also without a network: each is kept in this browser with the number and the moment of its
   scan, and sent when the server can be reached. The server takes the same number once, however often it comes. */

const form = document.querySelector("[data-visits]");
const STORED = `seedbed-visits-${form.dataset.visits}`;
const AGAIN_MS = 10_000;
const waiting = document.getElementById("waiting");
const scans = document.getElementById("scans");
let busy = false;

const kept = () => JSON.parse(localStorage.getItem(STORED) ?? "[]");

function keep(list) {
  localStorage.setItem(STORED, JSON.stringify(list));
  show();
}

/** What waits to be sent, with the moment of each scan. */
function show() {
  const list = kept();
  waiting.hidden = list.length === 0;
  waiting.querySelector("[data-many]").textContent = list.length;
  waiting.querySelector("ul").replaceChildren(
    ...list.map((scan) => {
      const row = document.createElement("li");
      row.textContent = `${scan.code} · ${new Date(scan.at).toLocaleTimeString()}`;
      return row;
    }),
  );
}

/** A number of this scan; pages that are not served over TLS lack randomUUID. */
function number() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("");
}

/** The answer of the server as a part of the page; null when it could not be reached or asks to log in first. */
async function send(scan) {
  const told = new FormData(form);
  for (const [name, value] of Object.entries(scan)) told.set(name, value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: told, headers: { "X-Part": "scan" } });
    const text = await answer.text();
    return text.includes("data-outcome") ? text : null;
  } catch {
    return null;
  }
}

/** Sends what waits, the oldest first, until one cannot be sent. */
async function sync() {
  if (busy || !navigator.onLine) return;
  busy = true;
  for (let scan; (scan = kept()[0]); ) {
    const answer = await send(scan);
    if (answer === null) break;
    keep(kept().filter((one) => one.nonce !== scan.nonce));
    scans.insertAdjacentHTML("afterbegin", answer);
  }
  busy = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const box = form.elements.code;
  // a scanner may type the whole address that the picture holds
  const code = (box.value.match(/[?&]code=([0-9]+)/)?.[1] ?? box.value).trim();
  keep([...kept(), { code, store: form.elements.store?.value ?? "", nonce: number(), at: new Date().toISOString() }]);
  box.value = "";
  box.focus();
  sync();
});

window.addEventListener("online", sync);
setInterval(sync, AGAIN_MS);
show();
sync();
