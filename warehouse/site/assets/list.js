// A list of many rows: facets and page from a small index, rows from chunks when they are shown, searched or saved.
// What is chosen stands in the address, so that a filtered list can be passed on.
"use strict";

gouji.List = class {
  /**
   * `options`: `row(values, index, list)` gives the element of a row or an array of table cells, `columns` the heads of
   * a table (absent: rows are elements of their own), `head` and `save(values)` what is downloaded, `facets` their order.
   */
  constructor(box, options) {
    this.box = box;
    this.name = box.dataset.list;
    this.options = options;
    this.size = 50;
    this.page = 0;
    this.chosen = new Map();
    this.text = "";
    this.wide = new Set();
    this.run = 0;
    this.part = (selector) => box.querySelector(selector);
  }

  async start() {
    this.index = await gouji.load(`${this.name}/index`);
    for (const facet of this.options.facets) this.chosen.set(facet, new Set());
    this.fromAddress();
    const search = this.part("input[type=search]");
    search.value = this.text;
    let timer;
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { this.text = search.value.trim(); this.changed(); }, 200);
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { search.value = ""; this.text = ""; this.changed(); }
    });
    gouji.files.offer(this.part(".downloads"), async () => {
      const rows = [];
      for (const at of this.found) rows.push(this.options.save(await this.row(at)));
      return [this.options.head(), rows];
    });
    window.addEventListener("hashchange", () => {
      if (location.hash === this.written) return;
      this.fromAddress();
      search.value = this.text;
      this.show();
    });
    document.addEventListener("gouji:language", () => this.show());
    await this.show();
  }

  /** The place of the row with this id, or -1. */
  place(id) {
    const key = id.slice(0, this.index.width);
    for (let at = this.index.keys.indexOf(key); at >= 0; at = this.index.keys.indexOf(key, at + 1)) {
      if (at % this.index.width === 0) return at / this.index.width;
    }
    return -1;
  }

  fromAddress() {
    const hash = decodeURIComponent(location.hash.slice(1));
    this.opened = null;
    for (const chosen of this.chosen.values()) chosen.clear();
    this.text = "";
    this.page = 0;
    if (hash && !hash.includes("=")) { this.opened = hash; return; }
    const parameters = new URLSearchParams(location.hash.slice(1));
    for (const [key, value] of parameters) {
      if (key === "q") this.text = value;
      else if (key === "page") this.page = Math.max(0, Number(value) - 1 || 0);
      else if (this.chosen.has(key)) {
        const code = this.index.facets[key].values.findIndex((each) => String(each) === value);
        if (code >= 0) this.chosen.get(key).add(code);
      }
    }
  }

  toAddress() {
    const parameters = new URLSearchParams();
    for (const [facet, codes] of this.chosen) for (const code of codes) parameters.append(facet, this.index.facets[facet].values[code]);
    if (this.text) parameters.set("q", this.text);
    if (this.page) parameters.set("page", this.page + 1);
    this.written = parameters.size ? `#${parameters}` : "";
    history.replaceState(null, "", this.written || location.pathname.split("/").pop() + location.search);
    this.written = location.hash;
  }

  changed() {
    this.page = 0;
    this.opened = null;
    this.toAddress();
    return this.show();
  }

  async row(at) {
    const chunk = await gouji.load(`${this.name}/${Math.floor(at / this.index.chunk)}`);
    return chunk[at % this.index.chunk];
  }

  fits(at, without) {
    for (const [facet, codes] of this.chosen) {
      if (facet !== without && codes.size && !codes.has(this.index.facets[facet].codes[at])) return false;
    }
    return true;
  }

  /** The rows whose text has all the words; null where nothing is searched for. */
  async matching() {
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    if (this.searched?.text === this.text) return this.searched.rows;
    const rows = new Set();
    const status = this.part(".count");
    for (let first = 0; first < this.index.count; first += this.index.chunk) {
      const chunk = await gouji.load(`${this.name}/${first / this.index.chunk}`);
      chunk.forEach((values, at) => {
        const text = values.flat(3).join("\n").toLowerCase();
        if (words.every((word) => text.includes(word))) rows.add(first + at);
      });
      if (first && first % (this.index.chunk * 20) === 0) status.textContent = `${gouji.t("list.searching")} ${Math.round((100 * first) / this.index.count)}%`;
    }
    this.searched = { text: this.text, rows };
    return rows;
  }

  async show() {
    const run = ++this.run;
    const matching = await this.matching();
    if (run !== this.run) return;
    this.found = [];
    for (let at = 0; at < this.index.count; at += 1) if ((!matching || matching.has(at)) && this.fits(at)) this.found.push(at);
    if (this.order) await this.sort();
    if (this.opened) {
      const at = this.found.indexOf(this.place(this.opened));
      if (at >= 0) this.page = Math.floor(at / this.size);
    }
    const pages = Math.max(1, Math.ceil(this.found.length / this.size));
    this.page = Math.min(this.page, pages - 1);
    const shown = this.found.slice(this.page * this.size, (this.page + 1) * this.size);
    const rows = [];
    for (const at of shown) rows.push([at, await this.row(at)]);
    if (run !== this.run) return;
    this.facets(matching);
    this.choices();
    this.part(".count").textContent = gouji.t(this.found.length === this.index.count ? "list.count" : "list.of", {
      n: this.found.length.toLocaleString("en"), all: this.index.count.toLocaleString("en"),
    });
    this.part(".rows").replaceChildren(this.body(rows));
    this.pager(pages);
    const opened = this.opened && document.getElementById(this.opened);
    if (opened) {
      const details = opened.querySelector("details");
      if (details) details.open = true;
      opened.scrollIntoView({ block: "start" });
    }
  }

  async sort() {
    const keys = new Map();
    for (const at of this.found) keys.set(at, (await this.row(at))[this.order.at]);
    const empty = (value) => value === null || value === undefined;
    this.found.sort((first, second) => {
      const [a, b] = [keys.get(first), keys.get(second)];
      if (empty(a) || empty(b)) return empty(a) - empty(b) || first - second;
      const less = typeof a === "number" || /^-?\d/.test(a) ? Number(a) - Number(b) : String(a).localeCompare(String(b), "zh");
      return (this.order.down ? -less : less) || first - second;
    });
  }

  body(rows) {
    const { columns, row } = this.options;
    if (!rows.length) return gouji.el("p", { class: "none" }, gouji.t("list.none"));
    if (!columns) return gouji.el("ol", { class: "cards" }, rows.map(([at, values]) => row(values, at, this)));
    const heads = columns().map(({ text, at, number }) => {
      const sorted = at !== undefined && this.order?.at === at;
      const button = gouji.el("button", { type: "button", on: { click: () => {
        this.order = { at, down: sorted ? !this.order.down : number };
        this.page = 0;
        this.show();
      } } }, text, sorted ? (this.order.down ? " ↓" : " ↑") : "");
      return gouji.el("th", { class: number ? "n" : null, "aria-sort": sorted ? (this.order.down ? "descending" : "ascending") : null },
        at === undefined ? text : button);
    });
    return gouji.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": this.name }, gouji.el("table", { class: "plain" },
      gouji.el("thead", {}, gouji.el("tr", {}, heads)),
      gouji.el("tbody", {}, rows.map(([at, values]) => gouji.el("tr", {}, row(values, at, this))))));
  }

  /** What a value of a facet is called. */
  label(facet, code) {
    if (code < 0) return gouji.t("none.value");
    return gouji.name(facet, this.index.facets[facet].values[code]);
  }

  toggle(facet, code) {
    const chosen = this.chosen.get(facet);
    if (!chosen.delete(code)) chosen.add(code);
    return this.changed();
  }

  facets(matching) {
    const box = this.part(".facets");
    const focused = document.activeElement?.id;
    const folded = box.querySelector("details.all");
    const open = folded ? folded.open : matchMedia("(min-width: 60rem)").matches;
    const groups = this.options.facets.map((facet) => {
      const counts = new Map();
      const codes = this.index.facets[facet].codes;
      for (let at = 0; at < this.index.count; at += 1) {
        if ((!matching || matching.has(at)) && this.fits(at, facet)) counts.set(codes[at], (counts.get(codes[at]) ?? 0) + 1);
      }
      const chosen = this.chosen.get(facet);
      for (const code of chosen) if (!counts.has(code)) counts.set(code, 0);
      const values = [...counts].sort(([a, many], [b, few]) => chosen.has(b) - chosen.has(a) || few - many || a - b);
      return this.group(facet, values, chosen);
    });
    box.replaceChildren(gouji.el("details", { class: "all", open }, gouji.el("summary", {}, gouji.t("list.filters.show")), groups));
    if (focused && box.contains(document.getElementById(focused))) document.getElementById(focused).focus();
  }

  group(facet, values, chosen) {
    const few = 8;
    const list = gouji.el("ul");
    const fill = (wanted) => {
      const fitting = wanted ? values.filter(([code]) => this.label(facet, code).toLowerCase().includes(wanted)) : values;
      const most = this.wide.has(facet) || wanted ? 200 : few;
      list.replaceChildren(...fitting.slice(0, most).map(([code, count]) => {
        const id = `facet-${facet}-${code}`;
        return gouji.el("li", {}, gouji.el("label", { for: id },
          gouji.el("input", { type: "checkbox", id, checked: chosen.has(code), on: { change: () => this.toggle(facet, code) } }),
          gouji.el("span", {}, this.label(facet, code)), gouji.el("small", {}, count.toLocaleString("en"))));
      }));
    };
    fill("");
    const parts = [gouji.el("legend", {}, gouji.t(`facet.${facet}`)), list];
    if (values.length > few) {
      parts.splice(1, 0, gouji.el("input", {
        type: "search", class: "find", id: `find-${facet}`, placeholder: gouji.t("list.find"), "aria-label": `${gouji.t("list.find")} ${gouji.t(`facet.${facet}`)}`,
        on: { input: (event) => fill(event.target.value.trim().toLowerCase()) },
      }));
      if (!this.wide.has(facet)) {
        parts.push(gouji.el("button", { type: "button", class: "more", on: { click: (event) => {
          this.wide.add(facet);
          event.target.remove();
          fill("");
        } } }, `${gouji.t("list.more")} (${values.length - few})`));
      }
    }
    return gouji.el("fieldset", {}, parts);
  }

  choices() {
    const chips = [];
    for (const [facet, codes] of this.chosen) {
      for (const code of codes) {
        chips.push(gouji.el("button", { type: "button", class: "chip", on: { click: () => this.toggle(facet, code) } }, `${this.label(facet, code)} ×`));
      }
    }
    if (chips.length) {
      chips.push(gouji.el("button", { type: "button", class: "chip clear", on: { click: () => {
        for (const codes of this.chosen.values()) codes.clear();
        this.changed();
      } } }, gouji.t("list.clear")));
    }
    this.part(".chosen").replaceChildren(...chips);
  }

  pager(pages) {
    const go = (page) => async () => {
      this.page = page;
      this.opened = null;
      this.toAddress();
      await this.show();
      this.part(".results").scrollIntoView({ block: "start" });
    };
    this.part(".pager").replaceChildren(...(pages < 2 ? [] : [
      gouji.el("button", { type: "button", disabled: this.page === 0, on: { click: go(this.page - 1) } }, `← ${gouji.t("list.previous")}`),
      gouji.el("span", {}, gouji.t("list.page", { page: this.page + 1, pages })),
      gouji.el("button", { type: "button", disabled: this.page === pages - 1, on: { click: go(this.page + 1) } }, `${gouji.t("list.next")} →`),
    ]));
  }
};
