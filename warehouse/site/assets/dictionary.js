// The data dictionary: terms, tables, columns and what flows into what, searched by the words of the documents.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const { t, el, name } = gouji;
  const data = await gouji.load("dictionary");
  const content = document.getElementById("content");
  const search = document.getElementById("search");
  const wide = matchMedia("(min-width: 60rem)");
  const full = (table) => `${table.schema}.${table.name}`;
  const byName = new Map(data.tables.map((table) => [full(table), table]));
  const children = new Map();
  for (const table of data.tables) for (const parent of table.parents) children.set(parent, [...(children.get(parent) ?? []), full(table)]);
  const columnsNamed = new Map();
  for (const table of data.tables) for (const [column] of table.columns) columnsNamed.set(column, [...(columnsNamed.get(column) ?? []), full(table)]);

  const link = (relation, text = relation) => (byName.has(relation) ? el("a", { href: `#${relation}` }, text) : text);
  const opened = () => decodeURIComponent(location.hash.slice(1)).split("/");

  function menu() {
    const [current] = opened();
    const schemas = new Map();
    for (const table of data.tables) schemas.set(table.schema, [...(schemas.get(table.schema) ?? []), table]);
    document.getElementById("tables").replaceChildren(...[...schemas].map(([schema, tables]) => el("details", { open: wide.matches && (schema === "marts" || current.startsWith(`${schema}.`)) },
      el("summary", {}, `${name("schema", schema)} `, el("small", {}, schema)),
      el("ul", {}, tables.map((table) => el("li", {}, el("a", { href: `#${full(table)}`, "aria-current": full(table) === current ? "true" : null }, table.name)))))));
  }

  const relations = (key, names) => (names.length ? el("p", { class: "flow" }, el("b", {}, t(key)), names.map((relation) => el("span", {}, link(relation)))) : null);

  /** Rows of meta.column_lineage that name the table, as the warehouse gives them. */
  function columnLineage(table) {
    if (!data.columns) return null;
    const rows = data.columns.rows.filter((row) => row.some((value) => value === table.name || value === full(table)));
    if (!rows.length) return null;
    return el("details", {}, el("summary", {}, t("dictionary.columnlineage")), el("div", { class: "scroll", tabindex: "0" }, el("table", { class: "plain" },
      el("thead", {}, el("tr", {}, data.columns.names.map((column) => el("th", {}, column)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((value) => el("td", {}, value ?? ""))))))));
  }

  function tablePage(table, column) {
    const rows = table.columns.map(([label, type, description]) => el("tr", { id: `${full(table)}/${label}`, class: label === column ? "current" : null },
      el("th", { scope: "row" }, el("code", {}, label)), el("td", {}, el("small", {}, type)), el("td", { class: "text" }, description)));
    return [
      el("h2", {}, full(table)), el("p", { class: "lead" }, table.description),
      relations("dictionary.parents", table.parents), relations("dictionary.children", children.get(full(table)) ?? []),
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": full(table) }, el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, el("th", {}, t("dictionary.columns")), el("th", {}, t("column.type")), el("th", {}, t("column.description")))), el("tbody", {}, rows))),
      columnLineage(table), el("p", { class: "note" }, table.file)];
  }

  /** The columns and tables that a name of the glossary stands for. */
  function named(label) {
    return el("td", {}, label.split(/[、,，\s]+/).filter(Boolean).flatMap((each) => {
      const [first, second] = each.split(".");
      if (second && byName.has(`marts.${first}`)) return [el("a", { href: `#marts.${first}/${second}` }, each), " "];
      const tables = columnsNamed.get(each) ?? [];
      const best = tables.find((table) => table.startsWith("marts.")) ?? tables[0];
      if (best) return [el("a", { href: `#${best}/${each}` }, each), " "];
      return [link(`marts.${each}`, each), " "];
    }));
  }

  const glossaryTable = (rows) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("dictionary.glossary") }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ["dictionary.glossary", "column.name", "column.description"].map((key) => el("th", {}, t(key))), el("th", { lang: "en" }, "Meaning"))),
    el("tbody", {}, rows.map(([, term, label, explanation, meaning]) => el("tr", {}, el("th", { scope: "row" }, term), named(label),
      el("td", { class: "text" }, explanation), el("td", { class: "text", lang: "en" }, meaning))))));

  const itemTable = (rows) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("dictionary.items") }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ["column.item", "column.name", "dictionary.glossary"].map((key) => el("th", {}, t(key))))),
    el("tbody", {}, rows.map(([item, label, terms]) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, item)), el("td", {}, label), el("td", { class: "text" }, terms.join("、")))))));

  const columnTable = (rows) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("dictionary.columns") }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ["column.table", "dictionary.columns", "column.description"].map((key) => el("th", {}, t(key))))),
    el("tbody", {}, rows.slice(0, 300).map(([table, label, description]) => el("tr", {}, el("td", {}, link(table)),
      el("th", { scope: "row" }, el("a", { href: `#${table}/${label}` }, label)), el("td", { class: "text" }, description))))));

  const allColumns = data.tables.flatMap((table) => table.columns.map(([label, , description]) => [full(table), label, description]));

  function results(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (...texts) => { const all = texts.join("\n").toLowerCase(); return words.every((word) => all.includes(word)); };
    const glossary = data.glossary.filter((row) => fits(...row));
    // printed words lead to the item that they stand for, and that to the columns named after it
    const items = data.items.filter(([item, label, terms]) => fits(item, label) || terms.some((term) => fits(term)));
    const tables = data.tables.filter((table) => fits(full(table), table.description));
    const columns = allColumns.filter((row) => fits(...row));
    document.getElementById("found").textContent = t("dictionary.found", { n: glossary.length + items.length + tables.length + columns.length });
    const part = (title, rows, view) => (rows.length ? [el("h2", {}, title, " ", el("small", {}, String(rows.length))), view(rows)] : []);
    const parts = [
      ...part(t("dictionary.glossary"), glossary, glossaryTable), ...part(t("dictionary.items"), items, itemTable),
      ...part(t("dictionary.columns"), columns, columnTable),
      ...part(t("dictionary.tables"), tables, (rows) => el("ul", {}, rows.map((table) => el("li", {}, link(full(table)), ` ${table.description.split("。")[0]}`))))];
    return parts.length ? parts : [el("p", { class: "none" }, t("list.none"))];
  }

  function start() {
    const sections = new Map();
    for (const row of data.glossary) sections.set(row[0], [...(sections.get(row[0]) ?? []), row]);
    return [...[...sections].flatMap(([section, rows]) => [el("h2", {}, section), glossaryTable(rows)]), el("h2", {}, t("dictionary.items")), itemTable(data.items)];
  }

  function show() {
    const [relation, column] = opened();
    document.getElementById("found").textContent = "";
    if (search.value.trim()) content.replaceChildren(...results(search.value.trim()).filter(Boolean));
    else if (byName.has(relation)) content.replaceChildren(...tablePage(byName.get(relation), column).filter(Boolean));
    else content.replaceChildren(...start());
    menu();
    if (column && !search.value.trim()) document.getElementById(`${relation}/${column}`)?.scrollIntoView({ block: "center" });
  }

  let timer;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 150); });
  search.addEventListener("keydown", (event) => { if (event.key === "Escape") { search.value = ""; show(); } });
  window.addEventListener("hashchange", () => { search.value = ""; show(); window.scrollTo(0, location.hash.includes("/") ? window.scrollY : 0); });
  document.addEventListener("gouji:language", show);
  gouji.files.offer(document.querySelector(".downloads"), async () => [
    ["column.table", "dictionary.columns", "column.type", "column.description"].map((key) => t(key)),
    data.tables.flatMap((table) => table.columns.map(([label, type, description]) => [full(table), label, type, description])),
  ]);
  show();
});
