/* Notifications and a sound, off until the agent switches them on; kept in this browser. What they say is read off the
   queue that the agent may see anyway, and names nobody. */

const STORED = "seedbed-notices"; // what is switched on
const KNOWN = "seedbed-queue"; // who had which consultation, and which were warned of, in this tab

const panel = document.querySelector("[data-notices]");
const wanted = JSON.parse(localStorage.getItem(STORED) ?? "{}");
const view = new URLSearchParams(location.search).get("mine") ?? "";
const known = JSON.parse(sessionStorage.getItem(KNOWN) ?? "null") ?? { agents: null, warned: {}, nobody: {}, view };
known.nobody ??= {};
if (known.view !== view) Object.assign(known, { agents: null, view }); // another part of the queue: nothing is new

function tell(row, kind) {
  if (wanted.shown && window.Notification?.permission === "granted") {
    const words = panel.dataset[`says${kind[0].toUpperCase()}${kind.slice(1)}`];
    const notice = new Notification(words, { tag: `${kind}-${row.id}` });
    notice.onclick = () => {
      window.focus();
      location.assign(row.href);
    };
  }
  if (wanted.heard) sound();
}

function sound() {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 880 });
  const volume = new GainNode(context, { gain: 0.08 });
  tone.connect(volume).connect(context.destination);
  tone.onended = () => context.close();
  tone.start();
  tone.stop(context.currentTime + 0.18);
}

/** What is new to this agent since the last look: who got what, whose time runs out, whom to remind. */
function look() {
  const queue = document.getElementById("queue");
  const me = queue.dataset.me;
  const leads = "leadsShift" in queue.dataset;
  const agents = {};
  for (const row of queue.querySelectorAll("[data-session]")) {
    const { session, agent } = row.dataset;
    agents[session] = agent;
    const open = row.ariaCurrent === "true"; // the agent looks at it
    if (known.agents && !open && agent && known.agents[session] !== agent && (leads || agent === me)) {
      tell(row, agent === me ? "yours" : "given");
    }
    const due = row.querySelector("[data-due]");
    const left = due ? (Date.parse(due.dataset.due) - Date.now() - (queue.skew ?? 0)) / 1000 : Infinity;
    if (left > 0 && left <= Number(row.dataset.warn) && !known.warned[session] && (leads || agent === me)) {
      known.warned[session] = true;
      tell(row, "soon");
    }
    if (leads && "nobody" in row.dataset && !known.nobody[session]) tell(row, "nobody");
    known.nobody[session] = "nobody" in row.dataset;
  }
  const reminders = [...queue.querySelectorAll("[data-reminder]")];
  for (const row of reminders) if (known.reminders && !known.reminders.includes(row.id)) tell(row, "remind");
  known.reminders = reminders.map((row) => row.id);
  known.agents = agents;
  for (const told of [known.warned, known.nobody]) {
    for (const session of Object.keys(told)) if (!(session in agents)) delete told[session];
  }
  sessionStorage.setItem(KNOWN, JSON.stringify(known));
}

if (panel) {
  for (const box of panel.querySelectorAll("[data-notice]")) {
    box.checked = Boolean(wanted[box.dataset.notice]);
    box.addEventListener("change", async () => {
      if (box.dataset.notice === "shown" && box.checked) {
        box.checked = (await window.Notification?.requestPermission()) === "granted";
        panel.querySelector("[data-refused]").hidden = box.checked;
      }
      wanted[box.dataset.notice] = box.checked;
      localStorage.setItem(STORED, JSON.stringify(wanted));
      if (box.dataset.notice === "heard" && box.checked) sound();
    });
  }
  look();
  setInterval(look, 1000);
}
