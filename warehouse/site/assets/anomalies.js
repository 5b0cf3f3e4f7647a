// The list of anomalies. A row opens to the figures it is about, each of which leads to the place that prints it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { t, el, amount } = gouji;

  const fields = (values) => {
    const [id, severity, rule, title, message, organization, organizationKey, city, year, documentKey, file, expected, observed,
      difference, tolerance, unit, figures, figureCount, quotes, suspect, verdict, consequenceCount, consequences] = values;
    return { id, severity, rule, title, message, organization, organizationKey, city, year, documentKey, file, expected, observed,
      difference, tolerance, unit, figures, figureCount, quotes, suspect, verdict, consequenceCount, consequences };
  };

  const pair = (label, content) => el("div", {}, el("dt", {}, label), el("dd", {}, content));

  function figureRow(suspect) {
    return ([id, label, phase, value, unit, stated, quote, page, certainty]) => el("tr", { class: id === suspect ? "suspect" : null },
      el("th", { scope: "row" }, el("a", { href: gouji.figure(id) }, label), id === suspect ? el("em", { class: "flag" }, t("anomalies.suspect")) : null),
      el("td", { class: "short" }, gouji.name("phase", phase)),
      el("td", { class: "n" }, amount(value, unit, true)),
      el("td", { class: "short" }, stated),
      el("td", { class: "n" }, page ?? "—"),
      el("td", { class: "text" }, quote === stated ? "" : quote));
  }

  function evidence(anomaly) {
    const { figures } = anomaly;
    const parts = [el("dl", { class: "facts" },
      anomaly.expected === null ? null : pair(t("column.expected"), amount(anomaly.expected, anomaly.unit, true)),
      anomaly.observed === null ? null : pair(t("column.observed"), amount(anomaly.observed, anomaly.unit, true)),
      anomaly.difference === null ? null : pair(t("column.difference"), amount(anomaly.difference, anomaly.unit, true)),
      anomaly.tolerance === null ? null : pair(t("column.tolerance"), amount(anomaly.tolerance, anomaly.unit, true)),
      anomaly.verdict ? pair(t("anomalies.verdict"), anomaly.verdict) : null)];
    const certainties = figures.map((figure) => figure[8]).filter((certainty) => certainty !== null);
    if (certainties.length) parts.push(el("p", { class: "warning" }, t("anomalies.ocr", { n: Math.min(...certainties) })));
    if (figures.length) {
      parts.push(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("anomalies.figures") }, el("table", { class: "plain" },
        el("caption", {}, t("anomalies.figures")),
        el("thead", {}, el("tr", {}, ["column.item", "column.phase", "column.value", "column.stated", "column.page", "column.quote"].map(
          (key, at) => el("th", { class: at === 2 || at === 4 ? "n" : null }, t(key))))),
        el("tbody", {}, figures.map(figureRow(anomaly.suspect))))));
      if (anomaly.figureCount > figures.length) {
        parts.push(el("p", { class: "note" }, t("anomalies.morefigures", { n: anomaly.figureCount - figures.length })));
      }
    }
    for (const quote of anomaly.quotes) parts.push(el("blockquote", {}, quote));
    if (anomaly.consequenceCount) {
      parts.push(el("details", { class: "consequences" },
        el("summary", {}, t("anomalies.consequences", { n: anomaly.consequenceCount })),
        el("ul", {}, anomaly.consequences.map(([id, severity, rule, title, message]) => el("li", { id }, gouji.severity(severity), ` ${rule} `, message)))));
    }
    parts.push(el("p", { class: "note" }, el("a", { href: `#${anomaly.id}` }, t("anomalies.link")), " · ",
      el("a", { href: gouji.page(`documents/${anomaly.documentKey}.html`) }, anomaly.file)));
    return parts;
  }

  function row(values) {
    const anomaly = fields(values);
    const body = el("div", { class: "evidence" });
    const first = anomaly.suspect ?? anomaly.figures[0]?.[0];
    const details = el("details", { on: { toggle: () => { if (details.open && !body.firstChild) body.append(...evidence(anomaly)); } } },
      el("summary", {}, gouji.severity(anomaly.severity), el("span", { class: "message" }, anomaly.message)), body);
    return el("li", { class: "card", id: anomaly.id }, details, el("p", { class: "meta" },
      el("span", { title: anomaly.title }, `${anomaly.rule} ${anomaly.title}`),
      anomaly.organizationKey ? el("a", { href: gouji.page(`organizations/${anomaly.organizationKey}.html`) }, anomaly.organization) : anomaly.organization,
      anomaly.year ? el("span", {}, String(anomaly.year)) : null,
      anomaly.consequenceCount ? el("span", {}, t("anomalies.consequences", { n: anomaly.consequenceCount })) : null,
      el("a", { class: "see", href: first ? gouji.figure(first) : gouji.page(`documents/${anomaly.documentKey}.html`) }, t("to.print"))));
  }

  const list = new gouji.List(document.getElementById("list"), {
    facets: ["severity", "rule", "city", "year", "organization"],
    row,
    head: () => [...["severity", "rule", "message", "organization", "city", "year", "file", "expected", "observed", "difference", "tolerance", "unit"].map(
      (key) => t(`column.${key}`)), t("column.figure"), t("column.quote")],
    save: (values) => {
      const anomaly = fields(values);
      return [gouji.name("severity", anomaly.severity), `${anomaly.rule} ${anomaly.title}`, anomaly.message, anomaly.organization, anomaly.city,
        anomaly.year, anomaly.file, anomaly.expected, anomaly.observed, anomaly.difference, anomaly.tolerance,
        anomaly.unit ? gouji.name("unit", anomaly.unit) : "", anomaly.figures.map(([id]) => id).join(" "),
        [...new Set([...anomaly.figures.map((figure) => figure[6]), ...anomaly.quotes])].join(" / ")];
    },
  });
  list.start();
});
