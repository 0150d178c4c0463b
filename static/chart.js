// Draws the one picture of the overview; the numbers stand in the table below it, too. The build of ECharts has no
// legend: the page says in words which colour is which. A bar leads to its division, where there is something below.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-chart]");
  const source = document.getElementById("chart-data");
  if (!place || !source || !window.echarts) return;
  const { names, paths, series } = JSON.parse(source.textContent);
  const text = { fontSize: 16, color: "#1f1d1b" };
  place.style.height = `${Math.max(10, names.length * 3.2 + 1)}rem`;
  const chart = window.echarts.init(place);
  chart.setOption({
    animation: false,
    textStyle: text,
    color: ["#b3201c", "#0b4a9e"],
    grid: { left: 8, right: 72, top: 8, bottom: 8, containLabel: true },
    // Hours and activities each have a scale of their own, so the numbers stand at the bars and not on an axis.
    xAxis: series.map(() => ({ type: "value", show: false })),
    yAxis: { type: "category", inverse: true, data: names, axisLabel: text, axisTick: { show: false } },
    series: series.map((one, index) => ({
      ...one, type: "bar", xAxisIndex: index, cursor: paths.some(Boolean) ? "pointer" : "default",
      label: { show: true, position: "right", fontSize: 16, color: text.color },
    })),
  });
  chart.on("click", ({ dataIndex }) => {
    if (paths[dataIndex]) location.href = paths[dataIndex];
  });
  addEventListener("resize", () => chart.resize());
});
