/* The page of a case: keys, and the paper larger, smaller and turned. */

const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3];
const shown = { zoom: 2, turn: 0 };

function lay_out() {
  for (const sheet of document.querySelectorAll(".sheet")) {
    const image = sheet.querySelector("img");
    const sideways = shown.turn % 180 !== 0;
    const shape = image.naturalWidth / (image.naturalHeight || 1);
    sheet.style.width = `${100 * ZOOMS[shown.zoom]}%`;
    sheet.classList.toggle("turned", shown.turn !== 0);
    sheet.style.aspectRatio = shown.turn ? String(sideways ? 1 / shape : shape) : "";
    image.style.width = sideways ? `${100 * shape}%` : "";
    image.style.transform = shown.turn ? `translate(-50%, -50%) rotate(${shown.turn}deg)` : "";
  }
}

document.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-zoom], [data-turn]");
  if (!tool) return;
  if (tool.dataset.zoom) {
    shown.zoom = Math.min(ZOOMS.length - 1, Math.max(0, shown.zoom + Number(tool.dataset.zoom)));
  } else {
    shown.turn = (shown.turn + 90) % 360;
  }
  lay_out();
});

/* -- keys: A and C press a button, R opens the reasons, J and K go to the next answer and back */

function step(way) {
  const links = [...document.querySelectorAll(".case-items a")];
  const here = links.findIndex((link) => link.ariaCurrent);
  links[here + way]?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select");
  if (field && field.type !== "radio") return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    step(key === "j" ? 1 : -1);
    return;
  }
  const named = document.querySelector(`.case [aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (!named) return;
  event.preventDefault();
  if (named.matches("summary")) {
    named.parentElement.open = true;
    named.parentElement.querySelector("input[type=radio]").focus();
  } else {
    named.click();
  }
});
