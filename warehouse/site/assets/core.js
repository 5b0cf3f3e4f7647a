// What every page needs: texts in two languages, light and dark, chunks of data on demand, amounts as people read them,
// and elements built without markup, so that nothing a document prints can become one.
"use strict";

const gouji = (() => {
  const root = document.documentElement;
  const top = new URL("..", document.currentScript.src).href;
  const version = root.dataset.version;
  const texts = new Map();
  const chunks = new Map();
  const waiting = new Map();

  // Browsers may refuse storage to pages opened from disk; then a choice lasts for one page.
  function remembered(key) {
    try { return localStorage.getItem(`gouji.${key}`); } catch { return null; }
  }
  function remember(key, value) {
    try { localStorage.setItem(`gouji.${key}`, value); } catch { /* the page works without */ }
  }

  let language = remembered("language") === "en" ? "en" : "zh";
  const theme = remembered("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  /** The text of a key in the language chosen; `{name}` is replaced by `values.name`. */
  function t(key, values = {}) {
    const pair = texts.get(key);
    if (!pair) return key;
    return pair[language === "en" ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  /** A code as people read it, such as a state; the code itself where the texts have no name for it. */
  function name(family, code) {
    if (code === null || code === undefined) return "—";
    return texts.has(`${family}.${code}`) ? t(`${family}.${code}`) : String(code);
  }

  /** An element with attributes and children; texts become text nodes. */
  function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else if (key === "class") element.className = value;
      else element.setAttribute(key, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
    return element;
  }

  /** Chunks call this with their data. */
  function put(key, value) {
    chunks.set(key, value);
  }

  /** The data of a chunk, read once. */
  function load(key) {
    if (!waiting.has(key)) {
      waiting.set(key, new Promise((resolve, reject) => {
        const script = el("script", { src: `${top}data/${key}.js?v=${version}` });
        script.addEventListener("load", () => { script.remove(); resolve(chunks.get(key)); });
        script.addEventListener("error", () => { waiting.delete(key); reject(new Error(t("list.failed"))); });
        document.head.append(script);
      }));
    }
    return waiting.get(key);
  }

  /** A script of the site that few pages need. */
  function need(file) {
    const key = `asset:${file}`;
    if (!waiting.has(key)) {
      waiting.set(key, new Promise((resolve, reject) => {
        document.head.append(el("script", {
          src: `${top}assets/${file}?v=${version}`, on: { load: resolve, error: () => reject(new Error(t("list.failed"))) },
        }));
      }));
    }
    return waiting.get(key);
  }

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

  /** A decimal text in groups of three digits. */
  function exact(text) {
    const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(text);
    return sign + grouped(whole) + (rest ?? "");
  }

  /** A decimal text rounded half up to `places`, its point moved `shift` places to the left; exact, for money. */
  function rounded(text, shift, places) {
    const [, sign, whole, rest = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const scale = rest.length + shift;
    let digits = BigInt(whole + rest);
    const drop = scale - places;
    if (drop > 0) digits = (digits + 5n * 10n ** BigInt(drop - 1)) / 10n ** BigInt(drop);
    else digits *= 10n ** BigInt(-drop);
    if (digits === 0n && /[1-9]/.test(text)) return null;
    const padded = digits.toString().padStart(places + 1, "0");
    return sign + grouped(padded.slice(0, padded.length - places)) + (places ? `.${padded.slice(-places)}` : "");
  }

  /** A value as text: 万元 with two decimals, percent, points, counts. */
  function read(value, unit) {
    if (value === null || value === undefined) return "—";
    const text = String(value);
    if (unit === "yuan") return rounded(text, 4, 2) ?? String(Number(text) / 10000);
    if (unit === "percent") return `${(rounded(text, 0, 2) ?? text).replace(/\.?0+$/, "")}%`;
    if (unit === "score") return `${exact(text)}${language === "en" ? "" : "分"}`;
    return exact(text);
  }

  /** A value as an element, with the exact one on hover. */
  function amount(value, unit, withUnit = false) {
    if (value === null || value === undefined) return el("span", { class: "none" }, "—");
    const title = unit === "yuan" ? `${exact(String(value))} ${t("unit.yuan")}` : exact(String(value));
    const shown = read(value, unit) + (withUnit && unit === "yuan" ? ` ${t("unit.wan")}` : "");
    return el("data", { value: String(value), title }, shown);
  }

  /** The address of a page of the site. */
  const page = (path) => top + path;

  /** The address of the place that prints a figure. */
  const figure = (id) => page(`documents/${id.slice(0, id.lastIndexOf("-"))}.html#figure-${id}`);

  const severity = (code) => el("span", { class: `severity ${code}` }, name("severity", code));

  function speak() {
    root.lang = language === "en" ? "en" : "zh-CN";
    for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
    for (const attribute of ["placeholder", "aria-label", "title"]) {
      for (const element of document.querySelectorAll(`[data-t-${attribute}]`)) {
        element.setAttribute(attribute, t(element.getAttribute(`data-t-${attribute}`)));
      }
    }
    const button = document.getElementById("language");
    button.textContent = language === "en" ? "中文" : "English";
    button.lang = language === "en" ? "zh-CN" : "en";
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (language === "en") speak();
    document.getElementById("language").addEventListener("click", () => {
      language = language === "en" ? "zh" : "en";
      remember("language", language);
      speak();
      document.dispatchEvent(new Event("gouji:language"));
    });
    document.getElementById("theme").addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      remember("theme", root.dataset.theme);
      document.dispatchEvent(new Event("gouji:theme"));
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      const search = document.getElementById("search");
      if (event.key === "/" && !typing && search) {
        event.preventDefault();
        search.focus();
      }
    });
  });

  return {
    t, name, el, put, load, need, read, exact, amount, page, figure, severity,
    texts: (pairs) => { for (const [key, pair] of Object.entries(pairs)) texts.set(key, pair); },
    language: () => language,
  };
})();
