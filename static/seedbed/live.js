/* The live inbox: signals say when to look again, the page then asks the views that check what it may see.
   The dot believes canaries alone; an open connection proves nothing. */

const DEAF_MS = 12_000; // canaries come every five seconds
const AGAIN_MS = 20_000; // after the server refused a stream for good

const dot = document.querySelector("[data-live]");
const since = performance.now();
let heard = null; // when the latest signal came
let pace = 0; // ms over which the pages of this desk spread their questions
let looked = -Infinity;
let planned = false;
let reachable = true;

/** Asks for the queue once within the pace, however many signals come meanwhile. */
function look() {
  if (planned) return;
  planned = true;
  const wait = Math.max(Math.random() * pace, looked + pace - performance.now());
  setTimeout(() => {
    planned = false;
    looked = performance.now();
    htmx.trigger(document.body, "desk-queue");
  }, wait);
}

function hear(event) {
  heard = performance.now();
  if (event.data && Number.isFinite(Number(event.data))) pace = Number(event.data);
  show();
}

function listen() {
  const stream = new EventSource(dot.dataset.live);
  stream.addEventListener("canary", hear);
  stream.addEventListener("ready", (event) => {
    hear(event); // and whatever happened before it
    htmx.trigger(document.body, "desk-conversation");
    look();
  });
  stream.addEventListener("changed", (event) => {
    hear(event);
    const [kind, which] = event.data.split(" ");
    const open = document.getElementById("lines")?.dataset.conversation;
    if (kind === "conversation" && which === open) htmx.trigger(document.body, "desk-conversation");
    look();
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
  });
}

/* -- the dot */

function state() {
  if (!reachable || !navigator.onLine) return "off";
  const silent = performance.now() - (heard ?? since);
  return silent > DEAF_MS ? "slow" : heard === null ? "starting" : "live";
}

function show() {
  const now = state();
  if (dot.dataset.state === now) return;
  dot.dataset.state = now;
  dot.querySelector("[data-words]").textContent = dot.dataset[`words${now[0].toUpperCase()}${now.slice(1)}`];
}

document.addEventListener("htmx:sendError", () => {
  reachable = false;
  show();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr.status) reachable = true;
  show();
});

if (dot) {
  listen();
  setInterval(show, 1000);
}
