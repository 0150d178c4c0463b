// Draws the one picture of the overview; the numbers stand in the table below it, too.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-chart]");
  const source = document.getElementById("chart-data");
  if (!place || !source || !window.echarts) return;
  const { names, series } = JSON.parse(source.textContent);
  const text = { fontSize: 16, color: "#1f1d1b" };
  place.style.height = `${Math.max(16, names.length * 2.6 + 6)}rem`;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    textStyle: text,
    color: ["#b3201c", "#0b4a9e"],
    legend: { top: 0, textStyle: text },
    grid: { left: 8, right: 48, top: 48, bottom: 8, containLabel: true },
    xAxis: [{ type: "value", axisLabel: text }, { type: "value", show: false }],
    yAxis: { type: "category", inverse: true, data: names, axisLabel: text },
    series: series.map((one, index) => ({
      ...one, type: "bar", xAxisIndex: index, label: { show: true, position: "right", fontSize: 16 },
    })),
  });
  addEventListener("resize", () => chart.resize());
});
