// Cities beside each other: a chart and a table of one indicator and year.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const { t, el, amount } = gouji;
  const { draw, colour } = gouji.charts;
  const data = await gouji.load("comparison/cities");
  const units = new Map(data.indicators);
  const indicator = document.getElementById("indicator");
  const year = document.getElementById("year");
  const table = document.getElementById("cities-table");
  const years = [...new Set(data.cities.map(([, each]) => each))].filter((each) => each !== null).sort().reverse();
  // the year that is chosen; null for all of them together
  const theYear = () => (year.value ? Number(year.value) : null);
  const most = (value) => data.cities.filter(([, each, name]) => each === value && name === indicator.value).reduce((sum, row) => sum + row[3], 0);

  function options() {
    const [chosenIndicator, chosenYear] = [indicator.value, year.value];
    indicator.replaceChildren(...data.indicators.map(([name]) => el("option", { value: name }, t(`indicator.${name}`))));
    year.replaceChildren(el("option", { value: "" }, t("comparison.years.all")), ...years.map((each) => el("option", { value: each }, String(each))));
    if (chosenIndicator) { indicator.value = chosenIndicator; year.value = chosenYear; }
  }

  const chosen = () => data.cities.filter(([, each, name]) => each === theYear() && name === indicator.value)
    .sort((a, b) => Number(b[6]) - Number(a[6]));

  // What the chart's axis shows: 万元 or percent, as numbers.
  const scaled = (value) => (units.get(indicator.value) === "yuan" ? Number(value) / 10000 : Number(value));

  async function show() {
    const unit = units.get(indicator.value);
    const rows = chosen();
    document.getElementById("indicator-note").textContent = t(`indicator.note.${indicator.value}`);
    const heads = ["column.city", "comparison.n", "comparison.min", "comparison.q1", "comparison.median", "comparison.q3", "comparison.max"];
    table.replaceChildren(rows.length ? el("table", { class: "plain" },
      el("thead", {}, el("tr", {}, heads.map((key, at) => el("th", { class: at ? "n" : null }, t(key), at > 1 && unit === "yuan" ? el("small", {}, t("unit.wan")) : null)))),
      el("tbody", {}, rows.map(([city, , , n, ...values]) => el("tr", {}, el("th", { scope: "row" }, city),
        el("td", { class: "n" }, String(n)), values.map((value) => el("td", { class: "n" }, amount(value, unit)))))))
      : el("p", { class: "none" }, t("comparison.empty")));
    document.getElementById("chart-caption").textContent = rows.length ? `${t(`indicator.${indicator.value}`)}，${theYear() ?? t("comparison.years.all")}。${t("comparison.chart")}` : "";
    const chart = document.getElementById("chart");
    if (!rows.length) { chart.replaceChildren(); return; }
    const values = rows.map(([city, , , n, least, lower, median, upper, greatest]) => ({
      city, n, least: scaled(least), lower: scaled(lower), median: scaled(median), upper: scaled(upper), greatest: scaled(greatest),
    }));
    const at = data.indicators.findIndex(([name]) => name === indicator.value) + 3;
    const points = (data.points ?? []).filter((point) => (theYear() === null || point[2] === theYear()) && point[at] !== null)
      .map((point) => ({ city: point[0], organization: `${point[1]} ${point[2]}`, value: scaled(point[at]) }));
    const title = unit === "yuan" ? t("unit.wan") : "%";
    const y = { field: "city", type: "nominal", title: null, sort: values.map((each) => each.city) };
    const axis = (field) => ({ field, type: "quantitative", title, scale: { zero: unit === "yuan", nice: true } });
    const told = [["city", t("column.city")], ["n", t("comparison.n")], ["least", t("comparison.min")], ["lower", t("comparison.q1")],
      ["median", t("comparison.median")], ["upper", t("comparison.q3")], ["greatest", t("comparison.max")]].map(
      ([field, label]) => ({ field, title: label, ...(field === "city" ? {} : { format: ",.2~f" }) }));
    await draw(chart, {
      width: Math.min(560, Math.max(200, chart.parentElement.clientWidth - 150)), height: { step: 26 },
      layer: [
        { data: { values }, mark: { type: "rule", color: colour("--muted"), size: 1 }, encoding: { y, x: axis("least"), x2: { field: "greatest" }, tooltip: told } },
        { data: { values }, mark: { type: "bar", height: 10, color: colour("--chart-2"), opacity: 0.75 }, encoding: { y, x: axis("lower"), x2: { field: "upper" }, tooltip: told } },
        { data: { values: points }, mark: { type: "circle", size: 22, color: colour("--chart-3"), opacity: 0.7 }, encoding: { y, x: axis("value"),
          tooltip: [{ field: "organization", title: t("column.organization") }, { field: "value", title, format: ",.2~f" }] } },
        { data: { values }, mark: { type: "tick", thickness: 3, height: 18, color: colour("--chart-1") }, encoding: { y, x: axis("median"), tooltip: told } },
      ],
    });
  }

  options();
  // the first indicator that some cities have in one year, and the year in which most organisations print it
  const cities = (name) => Math.max(0, ...years.map((each) => data.cities.filter((row) => row[1] === each && row[2] === name).length));
  indicator.value = [...units.keys()].find((name) => cities(name) >= 3) ?? "project_share_pct";
  const choose = () => { year.value = cities(indicator.value) >= 3 ? [...years].sort((a, b) => most(b) - most(a))[0] : ""; };
  choose();
  indicator.addEventListener("change", () => { if (!most(theYear())) choose(); show(); });
  year.addEventListener("change", show);
  document.addEventListener("gouji:language", () => { options(); show(); });
  document.addEventListener("gouji:theme", show);
  gouji.files.offer(document.querySelector("#cities .downloads"), async () => [
    [t("comparison.indicator"), t("column.year"), t("column.city"), "n", ...["min", "q1", "median", "q3", "max"].map((key) => t(`comparison.${key}`)), t("column.unit")],
    chosen().map(([city, each, name, ...values]) => [t(`indicator.${name}`), each, city, ...values, units.get(name) === "yuan" ? t("unit.yuan") : "%"]),
  ]);
  await show();
});
