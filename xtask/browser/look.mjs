// Looks at the HTML report as a person does, in Chromium: `cargo xtask browser`.
//
// First it looks at pages of its own: one with a mistake of each kind, which must all be found, and
// one with all elements that report.js works on. Exit code 2 when something is wrong with a page.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { BEHAVIOURS } from "./behaviour.mjs";
import { LOOKS, PLAIN, launch, open } from "./browser.mjs";
import { accessibility, paper, readable, sideways } from "./checks.mjs";
import { Findings } from "./findings.mjs";
import { keep } from "./images.mjs";

/** What one inline script may weigh. */
const SCRIPT_BYTES = 3 * 1024;
/** What the fixture hands out: more than ASCII, and more than the report has. */
const DATA = { text: "µs · p99 ≤ 5 ms", numbers: [0, -1, 2 ** 53], rows: Array(999).fill("x") };
/** A policy that lets in nothing but what it goes on to name. */
const POLICY = `meta[http-equiv="Content-Security-Policy"][content*="default-src 'none'"]`;
/** The complaints of a page, as claims. */
const QUIET = {
  console: "no warning and no error in the console", errors: "no fault in a script",
  policy: "no breach of the policy", requests: "no request but for the page",
};

/** A wide window with scripts and a narrow one in the dark without: between them lies all the rest. */
const EXTREMES = [LOOKS[0], LOOKS.at(-1)];

const text = { type: "string" };
const { values: options } = parseArgs({
  options: {
    chrome: text, modules: text, report: text, pages: text, script: text, out: text, images: text,
  },
});
const findings = new Findings();
const profile = mkdtempSync(join(tmpdir(), "perfkit-browser-"));
const { browser, axe } = await launch({ ...options, profile });
mkdirSync(join(options.out, "shots"), { recursive: true });
try {
  const script = readFileSync(options.script, "utf8");
  weigh(script);
  await findEveryMistake();
  await missEveryBehaviour();
  const fixture = page("fixture.html", script);
  await behave("fixture", fixture, { data: DATA });
  await quiet("fixture", fixture);
  const report = pathToFileURL(options.report).href;
  for (const look of LOOKS) await lookAt("report", report, look);
  for (const name of ["everything", "hostile", "trends"]) {
    const url = pathToFileURL(join(options.pages, `${name}.html`)).href;
    for (const look of EXTREMES) await lookAt(name, url, look);
  }
  const data = JSON.parse(readFileSync(join(dirname(options.report), "report.json")));
  await behave("report", report, { data });
  if (options.images) await keep(browser, report, options.images, findings);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = findings.close(join(options.out, "findings.json")) ? 2 : 0;

/** Fills one of the pages beside this file, and writes it to the output; its address. */
function page(template, script, name = template) {
  const parts = {
    script, hash: createHash("sha256").update(script).digest("base64"),
    data: gzipSync(JSON.stringify(DATA)).toString("base64"),
  };
  const html = readFileSync(new URL(template, import.meta.url), "utf8")
    .replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part]);
  writeFileSync(join(options.out, name), html);
  return pathToFileURL(join(options.out, name)).href;
}

function weigh(script) {
  const bytes = Buffer.byteLength(script);
  const problems = bytes > SCRIPT_BYTES ? [`${bytes} bytes`] : [];
  findings.record("report.js", `at most ${SCRIPT_BYTES} bytes`, problems);
}

/** A check that cannot fail is worth nothing: each must find what is wrong with broken.html. */
async function findEveryMistake() {
  const url = page("broken.html", 'console.error("a complaint"); throw new Error("a fault");');
  const where = "broken page";
  const expect = (claim, problems, part) =>
    findings.expect(where, claim, problems.filter((problem) => problem.includes(part)));
  for (const look of [LOOKS[0], LOOKS.at(-1)]) {
    const { page, complaints, close } = await open(browser, url, look);
    const contrast = await accessibility(page, axe, ["color-contrast"]);
    const has = contrast.some((problem) => problem.includes(".only-dark")) ? "dark" : "light";
    const problems = has === look.scheme ? [] : [has];
    findings.record(where, `${look.name} has the colours of ${look.scheme}`, problems);
    expect(`${look.name}: an image without a text`, await accessibility(page, axe), "image-alt");
    expect(`${look.name}: a page that is too wide`, await sideways(page, look.width), "px wide");
    expect(`${look.name}: a request`, complaints.requests, "example.invalid");
    if (look.scripts) {
      expect(`${look.name}: an error in the console`, complaints.console, "a complaint");
      expect(`${look.name}: a fault in a script`, complaints.errors, "a fault");
      expect(`${look.name}: a breach of the policy`, complaints.policy, "script-src");
    } else {
      const unreadable = await readable(page);
      expect(`${look.name}: a chart without a size`, unreadable, "svg");
      expect(`${look.name}: a page without a table`, unreadable, "no table");
      expect(`${look.name}: a plea for scripts`, unreadable, "JavaScript");
      expect(`${look.name}: a dead button`, unreadable, "#dead");
    }
    await close();
  }
  const { page: printed, close } = await open(browser, url, PLAIN);
  expect("a text too faint on paper", await paper(printed, axe), ".only-print");
  await close();
}

/** And none of the behaviours is there when the script is not. */
async function missEveryBehaviour() {
  const url = page("fixture.html", "", "inert.html");
  for (const { claim, test } of BEHAVIOURS) {
    const problems = await attempt(url, test, { axe, data: DATA });
    findings.expect("page without script", `not: ${claim}`, problems);
  }
}

async function lookAt(what, url, look) {
  const { page, complaints, close } = await open(browser, url, look);
  const record = (claim, problems) => findings.record(`${what} ${look.name}`, claim, problems);
  const path = join(options.out, "shots", `${what}-${look.name}.png`);
  await page.screenshot({ path, fullPage: true });
  record("the page does not scroll sideways", await sideways(page, look.width));
  record("axe finds nothing", await accessibility(page, axe));
  if (!look.scripts) {
    record("all is there without scripts", await readable(page));
    record("nor does it scroll with all details open", await sideways(page, look.width));
    record("nor does axe find anything then", await accessibility(page, axe));
  }
  if (look === PLAIN) {
    const pdf = join(options.out, "shots", `${what}.pdf`);
    record("it can be printed and read", await paper(page, axe, pdf));
  }
  for (const [kind, claim] of Object.entries(QUIET)) record(claim, complaints[kind]);
  await close();
}

async function quiet(where, url) {
  const { page, complaints, close } = await open(browser, url, PLAIN);
  findings.record(where, "axe finds nothing", await accessibility(page, axe));
  for (const [kind, claim] of Object.entries(QUIET)) {
    findings.record(where, claim, complaints[kind]);
  }
  await close();
}

async function behave(where, url, { data }) {
  // Without a policy there are no breaches of it.
  const all = [...BEHAVIOURS, { claim: "it has a policy", needs: [POLICY], test: () => {} }];
  for (const { claim, needs, test } of all) {
    const missing = await lacks(url, needs);
    const problems = missing.length ? missing : await attempt(url, test, { axe, data });
    findings.record(where, claim, problems);
  }
}

async function lacks(url, needs) {
  const { page, close } = await open(browser, url, PLAIN);
  const found = await Promise.all(needs.map((selector) => page.$(selector)));
  await close();
  return needs.filter((_, at) => !found[at]).map((selector) => `no ${selector}`);
}

/** Runs one behaviour; its problems are what it throws and what its pages complain about. */
async function attempt(url, test, material) {
  const opened = [];
  const visit = async ({ hash, prepare } = {}) => {
    opened.push(await open(browser, hash ? `${url}#${hash}` : url, PLAIN, prepare));
    return opened.at(-1).page;
  };
  const problems = [];
  try {
    await test(visit, material);
  } catch (error) {
    problems.push(error.message);
  }
  for (const { complaints, close } of opened) {
    problems.push(...Object.values(complaints).flat());
    await close();
  }
  return problems;
}
