/* Charts: an option written by the server as JSON becomes an ECharts drawing in the colours of the theme.

   Markup: <div data-chart data-library="…/echarts.min.js" aria-label="…"><script type="application/json">…</script></div>
   Names of meanings stand for colours in the option ("accent", "compare", …) and for patterns ("decal": "ripening").
   The library is fetched when the first chart comes near the screen. */

const MEANINGS = {
  accent: "--accent-fill",
  "accent-text": "--accent",
  "accent-half": "--accent-half",
  compare: "--compare",
  ripening: "--accent-half",
  danger: "--danger-bar",
  warning: "--warning-bar",
  ink: "--ink",
  quiet: "--ink-quiet",
  rule: "--rule",
  paper: "--paper-raised",
};
const drawn = new Map();
let loading;

function library(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => reject(new Error("the chart library did not load"));
    document.head.append(script);
  });
  return loading;
}

/** The colours of the present theme; a probe resolves light-dark(), which a plain property read does not. */
function palette() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colours = {};
  for (const [name, property] of Object.entries(MEANINGS)) {
    probe.style.color = `var(${property})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}

const hatch = (colour) => ({ symbol: "rect", color: colour, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 });

/** Put colours and patterns where the option names a meaning. */
function dressed(value, colours, key = "") {
  if (Array.isArray(value)) return value.map((item) => dressed(item, colours, key));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, dressed(item, colours, name)]));
  }
  if (key === "decal" && value === "ripening") return hatch(colours.paper);
  if (/color$/i.test(key) && typeof value === "string" && value in colours) return colours[value];
  return value;
}

const axis = (colours, given) => {
  const one = (item) => ({
    ...item,
    axisLine: { lineStyle: { color: colours.rule }, ...item.axisLine },
    axisTick: { show: false, ...item.axisTick },
    axisLabel: { color: colours.quiet, hideOverlap: true, ...item.axisLabel },
    splitLine: { lineStyle: { color: colours.rule }, ...item.splitLine },
    nameTextStyle: { color: colours.quiet, ...item.nameTextStyle },
  });
  return Array.isArray(given) ? given.map(one) : given && one(given);
};

function complete(given, colours, box) {
  const option = dressed(given, colours);
  return {
    ...option,
    animation: option.animation !== false && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    backgroundColor: "transparent",
    color: option.color ?? [colours.accent, colours.compare, colours["accent-half"], colours.warning, colours.quiet],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.ink, ...option.textStyle },
    grid: option.grid ?? { left: 8, right: 16, top: 28, bottom: 4, containLabel: true },
    xAxis: axis(colours, option.xAxis),
    yAxis: axis(colours, option.yAxis),
    legend: option.legend && { textStyle: { color: colours.quiet }, icon: "roundRect", itemWidth: 12, itemHeight: 8, ...option.legend },
    tooltip: option.tooltip && {
      backgroundColor: colours.paper,
      borderColor: colours.rule,
      borderWidth: 1,
      textStyle: { color: colours.ink, fontSize: 12 },
      confine: true,
      ...option.tooltip,
      renderMode: "richText", // the HTML tooltip writes inline styles, which the content policy refuses
    },
    aria: { enabled: true, label: { description: box.getAttribute("aria-label") ?? "" }, decal: { show: false } },
  };
}

async function draw(box) {
  const given = JSON.parse(box.querySelector("script").textContent);
  const echarts = await library(box.dataset.library);
  if (!box.isConnected) return;
  const canvas = box.querySelector(".canvas");
  drawn.get(box)?.dispose();
  const locale = document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
  const chart = echarts.init(canvas, null, { renderer: box.dataset.renderer ?? "svg", locale });
  chart.setOption(complete(given, palette(), canvas));
  chart.on("click", (event) => event.data?.url && location.assign(event.data.url));
  canvas.classList.remove("waiting");
  drawn.set(box, chart);
  sizes.observe(canvas);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) drawn.get(target.closest("[data-chart]"))?.resize();
});
const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "200px" },
);

function find(root) {
  for (const box of root.querySelectorAll?.("[data-chart]") ?? []) if (!drawn.has(box)) near.observe(box);
}

find(document);
document.addEventListener("htmx:load", (event) => {
  for (const [box, chart] of drawn) {
    if (box.isConnected) continue;
    chart.dispose();
    drawn.delete(box);
  }
  find(event.target.parentElement ?? document);
});
document.addEventListener("seedbed:theme", () => [...drawn.keys()].forEach(draw));
