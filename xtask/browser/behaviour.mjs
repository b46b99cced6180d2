// What report.js adds to the page, used as a person at a keyboard uses it. Each test names the
// elements it works on and gives its problems as texts; one that throws has failed too.

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { accessibility } from "./checks.mjs";
import { downloaded } from "./download.mjs";

export const BEHAVIOURS = [
  { claim: "tables are sorted by keyboard", needs: ["table.sortable"], test: sorting },
  {
    claim: "the filter narrows and Escape clears it", test: filtering,
    needs: ["#filter", "#filter-count", "#operations", ".op"],
  },
  { claim: "a link opens the details at its end", needs: [".op[id]", "details"], test: linking },
  { claim: "the theme is chosen and remembered", needs: ["#theme"], test: painting },
  {
    claim: "the theme can be chosen where storage is refused", test: paintingWithoutStorage,
    needs: ["#theme"],
  },
  { claim: "the data can be downloaded", needs: ["#download", "#data"], test: downloading },
  {
    claim: "the data can be downloaded where nothing unpacks it", test: downloadingPacked,
    needs: ["#download", "#data"],
  },
];

/** Focuses a control that is shown, and presses Enter. */
async function press(page, selector) {
  const isShown = await page.$eval(selector, (control) => control.getClientRects().length > 0);
  ok(isShown, `${selector} is not shown`);
  await page.focus(selector);
  await page.keyboard.press("Enter");
}

async function sorting(visit) {
  const page = await visit();
  const heads = await page.$$("table.sortable thead th");
  for (const head of heads) {
    const first = await column(head);
    equal(first.hasButton, first.rows.some(({ v }) => v), `a button in ${first.name}`);
    if (!first.hasButton) continue;
    for (const direction of ["descending", "ascending", "descending"]) {
      const { rows } = await column(head);
      await (await head.$("button")).focus();
      await page.keyboard.press("Enter");
      const after = await column(head);
      deepStrictEqual(after.rows, sorted(rows, direction), `${first.name}, ${direction}`);
      deepStrictEqual(after.sorts, [direction], `aria-sort in the row of ${first.name}`);
      ok(after.isFocused, `${first.name} has lost the focus`);
    }
  }
}

/** A column by its head: the cells with the texts of their rows, and how the head says it is. */
function column(head) {
  return head.evaluate((th) => {
    const table = th.closest("table");
    const button = th.querySelector("button");
    return {
      name: th.textContent,
      hasButton: button !== null,
      isFocused: document.activeElement === button,
      sorts: [...th.parentElement.cells].flatMap((cell) => cell.getAttribute("aria-sort") ?? []),
      rows: [...table.tBodies[0].rows].map((row) => ({
        text: row.textContent, v: row.cells[th.cellIndex].dataset.v ?? "",
      })),
    };
  });
}

/** The oracle: each row goes in front of the first one that must be after it. */
function sorted(rows, direction) {
  const isNumbers = rows.every(({ v }) => v === "" || !Number.isNaN(Number(v)));
  const isAbove = (a, b) => (isNumbers ? Number(a) > Number(b) : a.localeCompare(b) > 0);
  const isBefore = (a, b) => {
    if (a.v === "" || b.v === "") return a.v !== "" && b.v === "";
    return direction === "descending" ? isAbove(a.v, b.v) : isAbove(b.v, a.v);
  };
  const result = [];
  for (const row of rows) {
    const at = result.findIndex((other) => isBefore(row, other));
    result.splice(at < 0 ? result.length : at, 0, row);
  }
  return result;
}

async function filtering(visit) {
  const page = await visit();
  const all = await operations(page);
  equal(all.shownRows.length, all.rows.length, "rows before");
  const longest = [...all.rows].sort((a, b) => b.length - a.length)[0];
  for (const fragment of [longest.slice(-4).toUpperCase(), "no operation is called this"]) {
    await page.click("#filter");
    await page.type("#filter", fragment);
    const left = await operations(page);
    const match = (name) => name.toLowerCase().includes(fragment.toLowerCase());
    deepStrictEqual(left.shownRows, all.rows.filter(match), `rows with ${fragment}`);
    deepStrictEqual(left.shownSections, all.sections.filter(match), `sections with ${fragment}`);
    equal(left.count, `${left.shownRows.length} of ${all.rows.length}`, "the count");
    await page.keyboard.press("Escape");
    deepStrictEqual(await operations(page), all, "after Escape");
  }
  // Chromium clears a search by itself, other browsers do not: here it is told, but not pressed.
  await page.type("#filter", longest);
  await page.$eval("#filter", (filter) =>
    filter.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })));
  deepStrictEqual(await operations(page), all, "after the page was told of Escape");
}

function operations(page) {
  return page.evaluate(() => {
    const isShown = (element) => getComputedStyle(element).display !== "none";
    const rows = [...document.querySelectorAll("#operations tbody tr")];
    const sections = [...document.querySelectorAll(".op")];
    const called = (row) => row.cells[0].textContent;
    return {
      rows: rows.map(called),
      shownRows: rows.filter(isShown).map(called),
      sections: sections.map(({ dataset }) => dataset.name),
      shownSections: sections.filter(isShown).map(({ dataset }) => dataset.name),
      count: document.querySelector("#filter-count").textContent,
      text: document.querySelector("#filter").value,
    };
  });
}

async function linking(visit) {
  const page = await visit();
  const ids = await page.$$eval(".op[id]", (sections) => sections.map(({ id }) => id));
  for (const id of ids) {
    await follow(page, id);
    await isOpenAndInView(page, id);
    // Chromium opens what is around a target by itself: here the page is told, but does not go.
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = false;
      dispatchEvent(new Event("hashchange"));
    });
    await isOpenAndInView(page, id);
    await isOpenAndInView(await visit({ hash: id }), id);
  }
  if (!(await page.$("#filter"))) return;
  await page.type("#filter", "no operation is called this");
  await follow(page, ids[0]);
  await isOpenAndInView(page, ids[0]);
}

/** Closes all details and goes to one operation. */
function follow(page, id) {
  return page.evaluate((hash) => new Promise((done) => {
    for (const details of document.querySelectorAll("details")) details.open = false;
    // After the listener of the page, as it is added later.
    addEventListener("hashchange", done, { once: true });
    location.hash = hash;
  }), id);
}

async function isOpenAndInView(page, id) {
  const { closed, top, height, window } = await page.$eval(`[id="${id}"]`, (section) => {
    const around = [...document.querySelectorAll("details")]
      .filter((details) => details.contains(section) || section.contains(details));
    const { top, height } = section.getBoundingClientRect();
    return { closed: around.filter(({ open }) => !open).length, top, height, window: innerHeight };
  });
  equal(closed, 0, `details closed around or in #${id}`);
  ok(height > 0 && top > -1 && top < window, `#${id} is at ${top} px of ${window} px`);
}

async function painting(visit, { axe }) {
  const page = await visit();
  // The window is light.
  const light = await colours(page);
  for (const name of ["light", "dark", "auto", "light", "dark"]) {
    await press(page, "#theme");
    await isTheme(page, name);
    equal((await colours(page)) === light, name !== "dark", `${name} has the colours of light`);
    deepStrictEqual(await accessibility(page, axe, ["color-contrast"]), [], `contrast of ${name}`);
  }
  await page.reload();
  await isTheme(page, "dark");
}

async function paintingWithoutStorage(visit) {
  const page = await visit({
    prepare: () => Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("refused", "SecurityError"); },
    }),
  });
  await press(page, "#theme");
  await isTheme(page, "light");
}

async function isTheme(page, name) {
  const { theme, label } = await page.evaluate(() => ({
    theme: document.documentElement.dataset.theme ?? "auto",
    label: document.querySelector("#theme").textContent,
  }));
  equal(theme, name, "the theme");
  ok(label.toLowerCase().includes(name), `the label ${JSON.stringify(label)} does not say ${name}`);
}

function colours(page) {
  return page.evaluate(() => getComputedStyle(document.body).color);
}

async function downloading(visit, { data }) {
  const page = await visit();
  const file = await downloaded(page, () => press(page, "#download"));
  equal(file.name, await page.$eval("#download", ({ dataset }) => dataset.name));
  deepStrictEqual(JSON.parse(file.bytes), data, "what was downloaded");
}

async function downloadingPacked(visit, { data }) {
  const page = await visit({ prepare: () => delete window.DecompressionStream });
  const file = await downloaded(page, () => press(page, "#download"));
  equal(file.name, `${await page.$eval("#download", ({ dataset }) => dataset.name)}.gz`);
  deepStrictEqual(JSON.parse(gunzipSync(file.bytes)), data, "what was downloaded");
}
