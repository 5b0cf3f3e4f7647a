// Lists as files: CSV that Excel opens with its Chinese intact, and XLSX. Made in the browser, so that a reader gets the
// rows that are filtered, and the site does not hold every list a second and third time.
"use strict";

gouji.files = (() => {
  // A cell that begins like this would be run as a formula by a spreadsheet; full width signs count too.
  const formula = /^[=+\-@\t\r\n＝＋－＠]/;
  const number = /^-?\d+(\.\d+)?$/;

  /** A cell of a CSV: text that looks like a formula gets an apostrophe before it, which spreadsheets do not show. */
  function csvCell(value) {
    if (value === null || value === undefined) return "";
    const text = String(value);
    const safe = formula.test(text) && !number.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  const csv = (head, rows) => `\ufeff${[head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;

  // What XML cannot hold is left out; the rest is escaped.
  const xml = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

  function column(index) {
    let letters = "";
    for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
    return letters;
  }

  // Text is written as text, so that none of it is a formula. Numbers of more digits than Excel keeps stay text.
  function xlsxCell(value, at) {
    if (value === null || value === undefined || value === "") return "";
    const text = String(value);
    if (number.test(text) && text.replace(/[-.]/g, "").length <= 15 && !/^-?0\d/.test(text)) return `<c r="${at}"><v>${text}</v></c>`;
    return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${xml(text.slice(0, 32767))}</t></is></c>`;
  }

  function sheet(head, rows) {
    const line = (row, index, cell) => `<row r="${index}">${row.map((value, at) => cell(value, column(at) + index)).join("")}</row>`;
    const heading = (value, at) => `<c r="${at}" s="1" t="inlineStr"><is><t>${xml(String(value))}</t></is></c>`;
    const last = column(Math.max(head.length - 1, 0)) + (rows.length + 1);
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
      + '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
      + `<sheetData>${line(head, 1, heading)}${rows.map((row, index) => line(row, index + 2, xlsxCell)).join("")}</sheetData>`
      + `<autoFilter ref="A1:${last}"/></worksheet>`;
  }

  const parts = (name, content) => ({
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="${xml(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/styles.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    "xl/worksheets/sheet1.xml": content,
  });

  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const crc = (bytes) => {
    let sum = 0xffffffff;
    for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
    return (sum ^ 0xffffffff) >>> 0;
  };

  // The bytes of a number, the least first, as zip archives want them.
  const little = (value, size) => Array.from({ length: size }, (_, n) => (value >>> (8 * n)) & 255);

  /** A zip archive that holds its files as they are. */
  function zip(files) {
    const encoder = new TextEncoder();
    const pieces = [];
    const directory = [];
    let offset = 0;
    for (const [name, content] of Object.entries(files)) {
      const label = encoder.encode(name);
      const bytes = encoder.encode(content);
      const facts = [...little(0x0800, 2), ...little(0, 2), ...little(0, 2), ...little(0x21, 2), ...little(crc(bytes), 4),
        ...little(bytes.length, 4), ...little(bytes.length, 4), ...little(label.length, 2), ...little(0, 2)];
      const local = Uint8Array.from([...little(0x04034b50, 4), ...little(20, 2), ...facts]);
      pieces.push(local, label, bytes);
      directory.push(Uint8Array.from([...little(0x02014b50, 4), ...little(20, 2), ...little(20, 2), ...facts,
        ...little(0, 2), ...little(0, 2), ...little(0, 2), ...little(0, 4), ...little(offset, 4)]), label);
      offset += local.length + label.length + bytes.length;
    }
    const size = directory.reduce((sum, piece) => sum + piece.length, 0);
    const count = directory.length / 2;
    const end = Uint8Array.from([...little(0x06054b50, 4), ...little(0, 2), ...little(0, 2), ...little(count, 2),
      ...little(count, 2), ...little(size, 4), ...little(offset, 4), ...little(0, 2)]);
    return [...pieces, ...directory, end];
  }

  const unnameable = /[\\/:*?"<>|[\]\u0000-\u001f]+/g;

  /** Gives the reader rows as a file of that form. */
  function save(name, form, head, rows) {
    const plain = name.replace(unnameable, "_").slice(0, 80) || "gouji";
    const content = form === "csv" ? [csv(head, rows)] : zip(parts(plain.replaceAll("'", "").slice(0, 31) || "gouji", sheet(head, rows)));
    const type = form === "csv" ? "text/csv;charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const address = URL.createObjectURL(new Blob(content, { type }));
    const link = gouji.el("a", { href: address, download: `${plain}.${form}` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  /** Head and rows of a table of the page. Amounts are exact, in yuan, whatever the page shows. */
  function ofTable(element) {
    const cell = (each) => {
      const value = each.querySelector("data");
      return value ? value.value : each.textContent.trim().replace(/^—$/, "");
    };
    const head = [...element.tHead.rows[0].cells].map((each) => {
      const copy = each.cloneNode(true);
      for (const small of copy.querySelectorAll("small")) small.textContent = `（${gouji.t("unit.yuan")}）`;
      for (const line of copy.querySelectorAll("br")) line.replaceWith(" ");
      return copy.textContent.trim();
    });
    return [head, [...element.tBodies[0].rows].map((row) => [...row.cells].map(cell))];
  }

  /** Makes the buttons of `box` give what `content()` promises: head and rows. */
  function offer(box, content) {
    box.hidden = false;
    for (const button of box.querySelectorAll("button")) {
      button.title = `${button.dataset.form.toUpperCase()} · ${box.dataset.name}`;
      button.addEventListener("click", async () => {
        const [head, rows] = await content();
        save(box.dataset.name, button.dataset.form, head, rows);
      });
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("section .downloads")) {
      const element = box.closest("section").querySelector("table");
      if (element?.tHead) offer(box, async () => ofTable(element));
    }
  });

  return { offer, ofTable, csv, zip };
})();
