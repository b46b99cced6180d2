// What must hold for every look at the page. Each check gives its problems as texts.

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

/** Breaches of the accessibility rules, found by axe; all of them, or those that are named. */
export async function accessibility(page, axe, rules) {
  const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: TAGS };
  // Axe waits for promises, which a page without scripts never keeps. The page's own scripts have
  // had their turn and do not get another.
  const hasScripts = page.isJavaScriptEnabled();
  await page.setJavaScriptEnabled(true);
  // Injected by the debugger: the page's policy says nothing about that.
  await page.evaluate(axe);
  const violations = await page.evaluate(async (options) => {
    const { violations } = await window.axe.run(document, options);
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => ({ id, impact, target, failureSummary })));
  }, { runOnly });
  await page.setJavaScriptEnabled(hasScripts);
  return violations.map(({ id, impact, target, failureSummary }) =>
    `${id} (${impact}) ${target.flat().join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`);
}

/** How much wider the page is than the window. */
export async function sideways(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide > width ? [`${wide} px wide in a window of ${width} px`] : [];
}

/** What cannot be read, or cannot work, without scripts. Leaves all details open. */
export function readable(page) {
  return page.evaluate(() => {
    const problems = [];
    for (const details of document.querySelectorAll("details")) details.open = true;
    const all = [...document.querySelectorAll("table, svg")];
    for (const element of all) {
      const { width, height } = element.getBoundingClientRect();
      const name = `${element.localName} ${all.indexOf(element) + 1} of ${all.length}`;
      if (!(width > 0 && height > 0)) problems.push(`${name} is ${width} x ${height} px`);
    }
    if (!all.some((element) => element.localName === "table")) problems.push("no table at all");
    const text = document.documentElement.textContent;
    const plea = text.match(/(enable|requires?) javascript/i);
    if (plea) problems.push(`the page says ${JSON.stringify(plea[0])}`);
    for (const control of document.querySelectorAll("button, input, select")) {
      const isShown = control.getClientRects().length > 0;
      if (isShown) problems.push(`#${control.id} is shown and does nothing`);
    }
    return problems;
  });
}

/** What is wrong with the page on paper, which is written to `path` as PDF. */
export async function paper(page, axe, path) {
  const pdf = Buffer.from(await page.pdf({ path, format: "A4" })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  await page.emulateMediaType("print");
  const contrast = await accessibility(page, axe, ["color-contrast"]);
  await page.emulateMediaType("screen");
  return pages ? contrast : ["the PDF has no pages", ...contrast];
}
