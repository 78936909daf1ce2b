// What pages do beyond links and forms. Without this file they still work.
"use strict";

const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function drawMonths(element) {
  const { months, names } = JSON.parse(element.dataset.chart);
  const chart = echarts.init(element, null, { renderer: "canvas" });
  const axis = { axisLabel: { color: ink("--faint") }, axisLine: { lineStyle: { color: ink("--line") } }, axisTick: { show: false } };
  const bar = (name, key, color) => ({ name, type: "bar", data: months.map((m) => m[key]), itemStyle: { color }, barMaxWidth: 18, barGap: "10%" });
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    textStyle: { fontFamily: ink("--sans") },
    color: [ink("--fill"), ink("--good"), ink("--alarm")],
    grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: ink("--ink") } },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: ink("--panel"), borderColor: ink("--line"), textStyle: { color: ink("--ink") } },
    xAxis: { type: "category", data: months.map((m) => m.month), ...axis },
    yAxis: { type: "value", minInterval: 1, ...axis, splitLine: { lineStyle: { color: ink("--rail") } } },
    series: [
      bar(names[0], "registered", ink("--fill")),
      bar(names[1], "closed", ink("--good")),
      { name: names[2], type: "line", data: months.map((m) => m.findings), symbolSize: 6, lineStyle: { width: 2 }, itemStyle: { color: ink("--alarm") } },
    ],
  });
  return chart;
}

let charts = [];
function draw() {
  if (!window.echarts) return;
  charts.forEach((chart) => chart.dispose());
  charts = [...document.querySelectorAll("#months[data-chart]")].map(drawMonths);
}

draw();
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// A slider over the days of the record: the day is written beside it while it moves, and asked for when it rests.
const dayOf = (range) => new Date(Date.parse(range.dataset.first) + range.value * 86_400_000).toISOString().slice(0, 10);

document.querySelectorAll("[data-slider]").forEach((form) => {
  const range = form.querySelector("[data-first]");
  form.hidden = false;
  range.addEventListener("input", () => {
    form.querySelector("output").value = dayOf(range);
    range.setAttribute("aria-valuetext", dayOf(range));
  });
  range.addEventListener("change", () => {
    form.elements.as_of.value = dayOf(range);
    form.requestSubmit();
  });
});

// A list that is made anew under a pressed button loses the click: it waits until the button is let go, and comes then.
// To press a link of it is enough: the field that one leaves for it tells of a change.
let pressed = null;
let held = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
["pointerup", "pointercancel"].forEach((end) => document.addEventListener(end, () => setTimeout(() => {
  if (held) htmx.trigger(held, "submit");
  pressed = held = null;
})));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!requestConfig.elt.matches("form") || !target.contains(pressed)) return;
  event.detail.shouldSwap = false;
  held = requestConfig.elt;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = document.getElementById("shown");
  if (event.target.id === "shown-body" && !dialog.open) dialog.showModal();
});

document.getElementById("shown").addEventListener("click", (event) => {
  if (event.target === event.currentTarget) event.currentTarget.close();
});
