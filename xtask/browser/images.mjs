// The pictures of the report in the documents, cut to what a reader of those has patience for.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOOKS, open } from "./browser.mjs";

const IMAGES = {
  "1280-light-on": "report-light.png",
  "1280-dark-on": "report-dark.png",
  "390-light-on": "report-phone.png",
};
const HEIGHTS_PX = [1600, 1400, 1200, 1000, 800];
const MAX_BYTES = 300_000;

/** Takes the pictures anew, each as high as its bytes allow. */
export async function keep(browser, url, folder, findings) {
  mkdirSync(folder, { recursive: true });
  for (const [look, name] of Object.entries(IMAGES)) {
    const { width, ...rest } = LOOKS.find((candidate) => candidate.name === look);
    const { page, close } = await open(browser, url, { width, ...rest });
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    let image;
    for (const height of HEIGHTS_PX) {
      const clip = { x: 0, y: 0, width, height: Math.min(height, whole) };
      image = await page.screenshot({ clip, captureBeyondViewport: true });
      if (image.length <= MAX_BYTES) break;
    }
    await close();
    writeFileSync(join(folder, name), image);
    const problems = image.length > MAX_BYTES ? [`${image.length} bytes`] : [];
    findings.record(name, `at most ${MAX_BYTES / 1000} kB`, problems);
  }
}
