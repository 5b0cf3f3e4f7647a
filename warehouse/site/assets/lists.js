// The lists that are tables: organisations, documents, organisations and years beside each other.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { t, el, amount, name } = gouji;
  const number = (value) => el("td", { class: "n" }, value === null ? "—" : value.toLocaleString("en"));
  const text = (value) => el("td", { class: "short" }, value ?? "—");
  const organization = (key, label, tag = "td") => el(tag, { class: "text" }, key ? el("a", { href: gouji.page(`organizations/${key}.html`) }, label) : label ?? "—");
  const heads = (...columns) => () => columns.map(([key, at, isNumber = false]) => ({ text: t(key), at, number: isNumber }));

  const lists = {
    organizations: {
      facets: ["city"],
      columns: heads(["column.organization", 1], ["column.region", 3], ["column.years"], ["column.documents", 5, true],
        ["column.checked", 6, true], ["severity.error", 7, true], ["severity.warning", 8, true], ["column.total", 9, true]),
      row: ([key, label, , region, years, documents, checked, errors, warnings, anomalies]) => [
        organization(key, label, "th"), text(region), el("td", {}, years.join(" ")), number(documents), number(checked), number(errors), number(warnings), number(anomalies),
      ],
      head: () => ["column.organization", "column.city", "column.region", "column.years", "column.documents", "column.checked",
        "severity.error", "severity.warning", "column.total"].map((key) => t(key)),
      save: ([, label, city, region, years, ...counts]) => [label, city, region, years.join(" "), ...counts],
    },
    documents: {
      facets: ["city", "year", "kind", "status", "format"],
      columns: heads(["column.title", 1], ["column.organization", 3], ["column.year", 5, true], ["column.kind", 6],
        ["column.figures", 10, true], ["column.agreed", 11, true], ["column.failed", 12, true], ["column.unknown", 14, true]),
      row: ([key, title, file, owner, ownerKey, year, kind, status, message, , figures, agreed, failed, , unknown]) => [
        el("th", { class: "text" }, el("a", { href: gouji.page(`documents/${key}.html`) }, title || file), el("small", { class: "file" }, file),
          status === "loaded" ? null : el("small", { class: "warning" }, `${name("status", status)}：${message ?? ""}`)),
        organization(ownerKey, owner), el("td", { class: "n" }, year === null ? "—" : String(year)), text(kind && name("kind", kind)), number(figures), number(agreed), number(failed), number(unknown),
      ],
      head: () => ["title", "file", "organization", "year", "kind", "status", "format", "figures", "agreed", "failed", "unchecked", "unknown", "loaded"].map(
        (key) => t(`column.${key}`)).concat("document_id"),
      save: ([key, title, file, owner, , year, kind, status, , format, figures, agreed, failed, unchecked, unknown, loaded]) => [
        title, file, owner, year, kind && name("kind", kind), name("status", status), format, figures, agreed, failed, unchecked, unknown, loaded, key,
      ],
    },
    comparison: {
      facets: ["year", "basis", "city"],
      columns: heads(["column.organization", 0], ["column.city", 2], ["column.year", 4, true], ["column.basis", 5], ["indicator.budget_yuan", 11, true],
        ["indicator.expenditure_yuan", 12, true], ["indicator.execution_rate_pct", 6, true], ["indicator.project_share_pct", 7, true],
        ["indicator.three_public_yuan", 13, true], ["indicator.procurement_yuan", 14, true], ["column.staff", 17, true], ["nav.anomalies", 19, true]),
      row: (values) => [
        organization(values[1], values[0], "th"), text(values[2]), el("td", { class: "n" }, String(values[4])), text(name("basis", values[5])),
        ...[[11, "yuan"], [12, "yuan"], [6, "percent"], [7, "percent"], [13, "yuan"], [14, "yuan"], [17, "count"]].map(
          ([at, unit]) => el("td", { class: "n" }, amount(values[at], unit))),
        number(values[19]),
      ],
      head: () => [t("column.organization"), t("column.city"), t("column.region"), t("column.year"), t("column.basis"),
        ...["execution_rate_pct", "project_share_pct", "three_public_share_pct", "sme_share_pct", "anomaly_share_pct"].map((key) => `${t(`indicator.${key}`)}（%）`),
        ...["budget_yuan", "expenditure_yuan", "three_public_yuan", "procurement_yuan", "expenditure_per_staff_yuan", "expenditure_per_head_yuan"].map(
          (key) => `${t(`indicator.${key}`)}（${t("unit.yuan")}）`),
        t("column.staff"), t("column.checked"), t("nav.anomalies"), t("severity.error")],
      save: ([label, , city, region, year, basis, ...values]) => [label, city, region, year, name("basis", basis), ...values],
    },
  };

  const box = document.getElementById("list");
  new gouji.List(box, lists[box.dataset.list]).start();
});
