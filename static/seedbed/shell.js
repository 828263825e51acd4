/* Small behaviours of every page, bound once to the document so that swapped-in parts have them too. */

const toasts = document.querySelector("[data-toasts]");

/** Say something that went wrong, in the page's own alert, for eight seconds or until it is closed. */
function toast(text) {
  if (!toasts || !text) return;
  const told = toasts.querySelector("template").content.cloneNode(true).firstElementChild;
  told.querySelector("[data-text]").textContent = text;
  toasts.append(told);
  setTimeout(() => told.remove(), 8000);
}

/* -- htmx: the token goes along, and no failure is silent */

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const words = toasts?.dataset;
  toast(status === 403 ? words?.denied : status === 404 ? words?.missing : words?.failed);
});
document.addEventListener("htmx:sendError", () => toast(toasts?.dataset.offline));
document.addEventListener("htmx:timeout", () => toast(toasts?.dataset.offline));

/* -- dialogs, copying, closing, forms that send themselves */

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop

  const dismisser = event.target.closest("[data-dismisses]");
  if (dismisser) dismisser.closest(".notice")?.remove();

  const copier = event.target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(copier.dataset.copy);
    copier.classList.add("copied");
    const said = copier.querySelector("[data-said]");
    if (said) said.textContent = copier.dataset.done;
    setTimeout(() => copier.classList.remove("copied"), 2000);
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

/* -- a file dragged over its zone */

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".dropzone");
    if (!zone) return;
    if (kind !== "dragleave") event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer?.files.length) {
      const input = zone.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
