// Charts by Vega-Lite, in the colours of the page. The library is read when a chart comes into sight.
"use strict";

gouji.charts = (() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function config() {
    const [ink, muted, line] = [colour("--ink"), colour("--muted"), colour("--line")];
    const font = getComputedStyle(document.body).fontFamily;
    return {
      background: null, font, view: { stroke: null },
      axis: { labelColor: muted, titleColor: muted, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 160 },
      legend: { labelColor: ink, titleColor: muted, orient: "top", labelFontSize: 12, symbolType: "square" },
      header: { labelColor: ink, titleColor: muted, labelFontSize: 12 },
    };
  }

  /** Draws a specification into an element; expressions are walked, so that the page can forbid code made at run time. */
  async function draw(element, specification) {
    await gouji.need("vega.js");
    await window.vegaEmbed(element, { $schema: "https://vega.github.io/schema/vega-lite/v6.json", ...specification, config: config() }, {
      ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true, sanitize: (value) => String(value) },
    });
  }

  /** Budget beside spending, a group of bars a year. `values`: year, line, phase and value in 万元. */
  function budget(values, width) {
    const named = values.map((each) => ({ ...each, line: gouji.t(`chart.${each.line}`), phase: gouji.t(`chart.${each.phase}`) }));
    const order = ["chart.budget", "chart.actual"].map((key) => gouji.t(key));
    return {
      data: { values: named }, height: { step: 14 }, width: Math.min(560, Math.max(160, width - 150)),
      mark: { type: "bar", cornerRadiusEnd: 1 },
      encoding: {
        y: { field: "line", type: "nominal", title: null, sort: ["chart.whole_unit", "chart.basic", "chart.project"].map((key) => gouji.t(key)) },
        yOffset: { field: "phase", sort: order },
        x: { field: "value", type: "quantitative", title: gouji.t("unit.wan"), axis: { grid: true, tickCount: width < 500 ? 3 : 6, format: ",~f" } },
        color: { field: "phase", type: "nominal", title: null, scale: { domain: order, range: [colour("--chart-2"), colour("--chart-1")] } },
        row: { field: "year", type: "nominal", title: null, sort: "descending", header: { labelAngle: 0, labelAlign: "left" } },
        tooltip: [{ field: "year", title: gouji.t("column.year") }, { field: "line", title: gouji.t("column.line") }, { field: "phase", title: gouji.t("column.phase") },
          { field: "value", title: gouji.t("unit.wan"), format: ",.2f" }],
      },
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-chart=budget]")) {
      const values = JSON.parse(element.dataset.values);
      const show = () => draw(element, budget(values, element.clientWidth));
      const seen = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        show();
        document.addEventListener("gouji:theme", show);
        document.addEventListener("gouji:language", show);
      }, { rootMargin: "200px" });
      seen.observe(element);
    }
  });

  return { draw, colour };
})();
