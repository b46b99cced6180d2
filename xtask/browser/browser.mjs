// Chromium, without a window and without a network, and what a page in it complains about.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // A request that should not be is seen, and goes nowhere.
  "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND",
];

/** Starts Chromium; `modules` is the folder with `node_modules`. */
export async function launch({ chrome, modules, profile }) {
  const require = createRequire(`${modules}/package.json`);
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const puppeteer = require("puppeteer-core");
  const options = { executablePath: chrome, userDataDir: profile, args: FLAGS, pipe: true };
  return { browser: await puppeteer.launch(options), axe };
}

/** How a person may look at a page: all there is of window, colours and scripts. */
export const LOOKS = [1280, 390].flatMap((width) =>
  ["light", "dark"].flatMap((scheme) =>
    [true, false].map((scripts) => ({
      name: `${width}-${scheme}-${scripts ? "on" : "off"}`, width, scheme, scripts,
    }))));

/** The look for what does not depend on it. */
export const PLAIN = LOOKS[0];

/**
 * Opens a page in a context of its own, so that nothing is remembered from another one. `prepare`
 * runs in the page before its scripts.
 */
export async function open(browser, url, { width, scheme, scripts }, prepare) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const isPhone = width < 600;
  await page.setViewport({
    width, height: isPhone ? 844 : 900, isMobile: isPhone, hasTouch: isPhone,
  });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(scripts);
  if (prepare) await page.evaluateOnNewDocument(prepare);
  const complaints = await listen(page, url);
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** What the page complains about, and what it asks of others; filled as it comes. */
async function listen(page, url) {
  const heard = { console: [], errors: [], policy: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warn", "warning"].includes(message.type())) heard.console.push(message.text());
  });
  page.on("pageerror", (error) => heard.errors.push(error.stack ?? String(error)));
  page.on("request", (request) => {
    const asked = request.url();
    const isOwn = asked.split("#")[0] === url.split("#")[0];
    if (!isOwn && !/^(data|blob):/.test(asked)) heard.requests.push(asked);
  });
  // The console has violations of the policy too, but only as text.
  const client = await page.createCDPSession();
  client.on("Audits.issueAdded", ({ issue }) => {
    const { contentSecurityPolicyIssueDetails: violation } = issue.details;
    if (!violation) return;
    const { violatedDirective, blockedURL, contentSecurityPolicyViolationType: kind } = violation;
    heard.policy.push(`${violatedDirective}: ${blockedURL ?? kind}`);
  });
  await client.send("Audits.enable");
  return heard;
}
