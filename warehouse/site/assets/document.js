// The reader of a document: a figure that is clicked tells its meaning, its checks and where it goes, beside the print.
// The address names the figure, so that browsers' back and forward lead through the figures that were looked at.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { t, el, name, amount } = gouji;
  const box = document.querySelector(".document");
  const panel = document.getElementById("panel");
  const key = box.dataset.document;
  let data;

  const columns = ["number", "label", "phase", "value", "unit", "stated", "organization", "organizationKey", "year", "statement",
    "fund", "component", "code", "base", "page", "block", "start", "end", "table", "row", "column", "rowLabel", "columnLabel", "quote",
    "certainty", "status", "confirmedBy", "chosen"];
  const shared = new Set(["label", "phase", "unit", "organization", "organizationKey", "statement", "fund", "component", "base",
    "rowLabel", "columnLabel", "quote"]);

  async function read() {
    if (data) return data;
    const chunk = await gouji.load(`documents/${key}`);
    const text = (at) => (at === null ? null : chunk.texts[at]);
    const figures = new Map(chunk.figures.map((row) => [row[0], Object.fromEntries(columns.map(
      (column, at) => [column, shared.has(column) ? text(row[at]) : row[at]]))]));
    const checks = chunk.checks.map(([id, rule, severity, state, message, expected, observed, difference, tolerance, unit, of]) => ({
      id, rule: text(rule), severity: text(severity), state: text(state), message, expected, observed, difference, tolerance, unit: text(unit), of,
    }));
    const order = ["fail", "rounding", "pass", "insufficient", "not_applicable"];
    checks.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    const byFigure = new Map();
    for (const check of checks) {
      for (const number of check.of) byFigure.set(number, [...(byFigure.get(number) ?? []), check]);
    }
    data = { figures, byFigure };
    return data;
  }

  const anchor = (number) => document.getElementById(`figure-${key}-${number}`);
  const pair = (label, ...content) => el("div", {}, el("dt", {}, label), el("dd", {}, content));

  /** A figure of a check: its name and value here, its id where another document prints it. */
  function operand(reference, figures) {
    const figure = figures.get(reference);
    if (!figure) return el("li", {}, el("a", { href: gouji.figure(reference) }, reference));
    return el("li", {}, el("a", { href: `#figure-${key}-${reference}` }, `${figure.label} · ${name("phase", figure.phase)}`), " ", amount(figure.value, figure.unit, true));
  }

  function checkItem(check, number, figures) {
    const others = check.of.filter((reference) => reference !== number);
    return el("li", { class: `check ${check.state}` },
      el("p", {}, el("span", { class: `state ${check.state}` }, name("state", check.state)), ` ${check.rule} `, check.message),
      others.length ? el("ul", { class: "operands" }, others.slice(0, 30).map((reference) => operand(reference, figures)),
        others.length > 30 ? el("li", {}, `… ${others.length - 30}`) : null) : null,
      check.state === "fail" ? el("p", {}, el("a", { href: gouji.page(`anomalies.html#${check.id}`) }, t("panel.anomaly"))) : null);
  }

  function lineage(figure) {
    const step = (relation, text) => el("li", {}, el("a", { href: gouji.page(`dictionary.html#${relation}`) }, relation), text ? ` ${text}` : "");
    return el("ol", { class: "lineage" },
      step("raw.document", ""), step("raw.block", `document_id ${key}…, block_no ${figure.block}`),
      figure.table === null ? null : step("raw.cell", `table_no ${figure.table}, row_no ${figure.row}, col_no ${figure.column}`),
      step("raw.number", `number_no ${figure.number}`), step("staging.stg_figure", ""), step("marts.fct_figure", `figure_id ${key}-${figure.number}`),
      figure.chosen ? step("intermediate.int_organization_figure", t("panel.chosen")) : el("li", { class: "none" }, t("panel.notchosen")));
  }

  function content(figure, { figures, byFigure }) {
    const id = `${key}-${figure.number}`;
    const place = [
      figure.page === null ? null : t("panel.where.page", { page: figure.page }),
      t("panel.where.block", { block: figure.block, start: figure.start, end: figure.end }),
      figure.table === null ? null : t("panel.where.cell", { table: figure.table, row: figure.row + 1, column: figure.column + 1 }),
    ].filter(Boolean).join(gouji.language() === "en" ? "; " : "，");
    const checks = byFigure.get(figure.number) ?? [];
    return [
      el("div", { class: "bar" },
        el("button", { type: "button", on: { click: back } }, `← ${t("panel.back")}`),
        el("button", { type: "button", class: "close", "aria-label": t("panel.close"), title: `${t("panel.close")} (Esc)`, on: { click: close } }, "×")),
      el("h2", {}, figure.label),
      el("p", { class: "big" }, amount(figure.value, figure.unit, true)),
      el("p", {}, el("span", { class: `status ${figure.status}` }, t(`figure.${figure.status}`)),
        figure.confirmedBy ? ` ${t("figure.confirmedby", { n: figure.confirmedBy })}` : ""),
      el("dl", { class: "facts" },
        pair(t("column.phase"), name("phase", figure.phase)),
        figure.unit === "yuan" ? pair(t("unit.yuan"), gouji.exact(String(figure.value))) : null,
        pair(t("panel.printed"), `“${figure.stated}”`),
        pair(t("column.organization"), figure.organizationKey
          ? el("a", { href: gouji.page(`organizations/${figure.organizationKey}.html`) }, figure.organization) : figure.organization ?? "—"),
        pair(t("column.year"), figure.year === null ? "—" : String(figure.year)),
        pair(t("panel.statement"), name("statement", figure.statement)),
        figure.fund && figure.fund !== "all" ? pair(t("panel.fund"), name("fund", figure.fund)) : null,
        figure.component && figure.component !== "total" ? pair(t("panel.component"), name("component", figure.component)) : null,
        figure.code ? pair(t("panel.code"), figure.code) : null,
        figure.base ? pair(t("panel.base"), figure.base) : null,
        figure.rowLabel ? pair(t("panel.row"), figure.rowLabel) : null,
        figure.columnLabel ? pair(t("panel.column"), figure.columnLabel) : null,
        pair(t("panel.place"), place),
        figure.certainty === null ? null : pair(t("panel.ocr"), `${figure.certainty}%`)),
      figure.quote && figure.quote !== figure.stated && figure.table === null ? el("blockquote", {}, figure.quote) : null,
      el("h3", {}, `${t("panel.checks")} ${checks.length || ""}`),
      checks.length ? el("ul", { class: "checks" }, checks.map((check) => checkItem(check, figure.number, figures))) : el("p", { class: "none" }, t("panel.nochecks")),
      el("h3", {}, t("panel.lineage")), lineage(figure),
      el("p", { class: "note" }, `${t("panel.command")} `, el("code", {}, `gouji trace ${id}`)),
      el("p", { class: "note" }, el("a", { href: `#figure-${id}` }, t("panel.link"))),
    ];
  }

  let current = null;

  async function open(number) {
    const found = await read();
    const figure = found.figures.get(number);
    if (!figure) return;
    current?.classList.remove("current");
    current = anchor(number);
    current?.classList.add("current");
    panel.replaceChildren(...content(figure, found));
    panel.hidden = false;
    panel.scrollTop = 0;
    box.classList.add("open");
  }

  function close() {
    panel.hidden = true;
    box.classList.remove("open");
    current?.classList.remove("current");
    current?.focus({ preventScroll: true });
  }

  function back() {
    if (!current) return;
    if (matchMedia("(max-width: 60rem)").matches) close();
    current.scrollIntoView({ block: "center" });
    current.focus({ preventScroll: true });
  }

  const numberOf = (hash) => (hash.startsWith(`#figure-${key}-`) ? hash.slice(`#figure-${key}-`.length) : null);

  async function follow() {
    const number = numberOf(location.hash);
    if (number === null) return;
    await open(number);
    const target = anchor(number);
    const place = target?.getBoundingClientRect();
    const below = matchMedia("(max-width: 60rem)").matches ? innerHeight * 0.4 : innerHeight;
    if (place && (place.top < 80 || place.bottom > below || place.left < 0 || place.right > innerWidth - (innerWidth - box.clientWidth) / 2)) {
      target.scrollIntoView({ block: innerHeight === below ? "center" : "start", inline: "center" });
    }
  }

  box.addEventListener("click", (event) => {
    const link = event.target.closest("a.f[id]");
    // the same figure again: the address does not change, so nothing else would open it
    if (link && link.hash === location.hash) { event.preventDefault(); follow(); }
  });
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) close(); });
  document.addEventListener("gouji:language", () => { if (!panel.hidden && current) open(current.id.slice(`figure-${key}-`.length)); });

  const disputed = [...box.querySelectorAll("article .print a.disputed")];
  document.getElementById("next").addEventListener("click", () => {
    if (!disputed.length) return;
    const at = disputed.indexOf(current);
    const next = disputed[(at + 1) % disputed.length];
    if (next.hash === location.hash) follow(); else location.hash = next.hash;
  });

  gouji.files.offer(box.querySelector(".legend .downloads"), async () => {
    const { figures, byFigure } = await read();
    const head = [t("column.figure"), ...["item", "phase", "value", "unit", "stated", "organization", "year"].map((each) => t(`column.${each}`)), t("panel.statement"),
      t("panel.fund"), t("panel.component"), t("panel.code"), t("column.page"), t("panel.row"), t("panel.column"), t("column.quote"), t("column.status"), t("panel.checks")];
    return [head, [...figures.values()].map((each) => [`${key}-${each.number}`, each.label, name("phase", each.phase), each.value, name("unit", each.unit), each.stated,
      each.organization, each.year, name("statement", each.statement), name("fund", each.fund), name("component", each.component), each.code, each.page, each.rowLabel, each.columnLabel,
      each.quote, t(`figure.${each.status}`), (byFigure.get(each.number) ?? []).map((check) => `${check.rule} ${name("state", check.state)}`).join("; ")])];
  });

  follow();
});
