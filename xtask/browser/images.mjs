// The pictures of the report in the documents, cut to what a reader of those has patience for.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOOKS, open } from "./browser.mjs";

// Each from the element on that it is to show first.
const IMAGES = [
  { look: "1280-light-on", name: "report-light.png", from: "body" },
  { look: "1280-light-on", name: "report-time.png", from: "#op-whole" },
  { look: "1280-dark-on", name: "report-dark.png", from: "#where" },
  { look: "390-light-on", name: "report-phone.png", from: "body" },
];
const MARGIN_PX = 16;
const HEIGHTS_PX = [1400, 1200, 1000, 800];
const MAX_BYTES = 300_000;

/** Takes the pictures anew, each as high as its bytes allow. */
export async function keep(browser, url, folder, findings) {
  mkdirSync(folder, { recursive: true });
  for (const { look, name, from } of IMAGES) {
    const { width, ...rest } = LOOKS.find((candidate) => candidate.name === look);
    const { page, close } = await open(browser, url, { width, ...rest });
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const top = await page.$eval(from, (element) => element.getBoundingClientRect().top + scrollY);
    const y = Math.max(0, top - MARGIN_PX);
    let image;
    for (const height of HEIGHTS_PX) {
      const clip = { x: 0, y, width, height: Math.min(height, whole - y) };
      image = await page.screenshot({ clip, captureBeyondViewport: true });
      if (image.length <= MAX_BYTES) break;
    }
    await close();
    writeFileSync(join(folder, name), image);
    const problems = image.length > MAX_BYTES ? [`${image.length} bytes`] : [];
    findings.record(name, `at most ${MAX_BYTES / 1000} kB`, problems);
  }
}
