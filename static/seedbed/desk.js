/* The desk: countdowns that run, keys, snippets. Bound once to the document, so swapped-in parts have it too. */

/** Minutes and seconds until, or since, each due time; the server's clock counts, not this machine's. */
function tick() {
  for (const clock of document.querySelectorAll("[data-due]")) {
    const said = clock.closest("[data-now]");
    said.skew ??= Date.parse(said.dataset.now) - Date.now();
    const left = Math.round((Date.parse(clock.dataset.due) - Date.now() - said.skew) / 1000);
    const seconds = Math.abs(left);
    if (seconds >= 86400) continue; // a day away: the moment itself says more
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const two = (number) => String(number).padStart(2, "0");
    clock.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  }
}
tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);

/* How many wait stands in the title, so that a tab in the background tells it. */
const title = document.title;
function count() {
  const waiting = Number(document.getElementById("queue")?.dataset.waiting ?? 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}
count();
document.addEventListener("htmx:afterSwap", count);

/* A reply says which state of the conversation its writer saw: the one on the screen. Who reads at the end stays
   at the end; who has scrolled up to read is left there. */
function at_end(lines) {
  return lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
}
let follows = true;
document.addEventListener("htmx:beforeSwap", () => {
  const lines = document.getElementById("lines");
  if (lines) follows = at_end(lines);
});
document.addEventListener("htmx:afterSwap", () => {
  const lines = document.getElementById("lines");
  const seen = document.querySelector("[data-seen]");
  if (lines && seen) seen.value = lines.dataset.revision;
  if (lines && follows) lines.scrollTop = lines.scrollHeight;
});
const lines = document.getElementById("lines");
if (lines) lines.scrollTop = lines.scrollHeight;

/* -- snippets */

const composer = () => document.querySelector("[data-composer]");
const snippets = () => document.getElementById("snippets");

function open_snippets(open) {
  const list = snippets();
  if (!list) return;
  list.hidden = !open;
  (open ? list.querySelector(".snippet") : composer())?.focus();
}

function put(text) {
  const box = composer();
  const at = box.selectionStart ?? box.value.length;
  const before = box.value.slice(0, at).replace(/\/$/, "");
  box.value = before + text + box.value.slice(box.selectionEnd ?? at);
  open_snippets(false);
  box.setSelectionRange(before.length + text.length, before.length + text.length);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-snippet]");
  if (chosen) put(chosen.dataset.snippet);
  if (event.target.closest("[data-snippets]")) open_snippets(snippets()?.hidden);
});

/* A slash in an empty reply, also the one that a Chinese keyboard writes. */
document.addEventListener("input", (event) => {
  if (event.target !== composer() || !["/", "、", "／"].includes(event.target.value) || !snippets()) return;
  event.target.value = "";
  open_snippets(true);
});

/* -- keys: what a key does stands on its element as aria-keyshortcuts; fields take the focus, the rest is pressed */

function step(list, way) {
  const from = list.includes(document.activeElement) ? document.activeElement : list.find((row) => row.ariaCurrent);
  const index = from ? list.indexOf(from) + way : way > 0 ? 0 : list.length - 1;
  list[Math.min(list.length - 1, Math.max(0, index))]?.focus();
}

function key_in_snippets(event) {
  const rows = [...snippets().querySelectorAll(".snippet")];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(rows, event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.key === "Escape") open_snippets(false);
}

function key_in_field(event) {
  if (event.target === composer() && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape") event.target.blur();
}

function key_on_page(event) {
  if (event.key === "j" || event.key === "k") {
    step([...document.querySelectorAll("[data-ask]")], event.key === "j" ? 1 : -1);
    return;
  }
  const pressed = event.key === "？" ? "?" : event.key;
  const named = document.querySelector(`[aria-keyshortcuts="${CSS.escape(pressed)}"]`);
  if (!named) return;
  event.preventDefault();
  if (named.matches("input, textarea, select")) named.focus();
  else named.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target.closest("dialog")) return;
  if (snippets() && !snippets().hidden) key_in_snippets(event);
  else if (event.target.closest("input, textarea, select")) key_in_field(event);
  else if (!event.ctrlKey && !event.metaKey && !event.altKey) key_on_page(event);
});
