// A file as the browser saves it, not as the page meant it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE_MS = 10_000;

/** Does something that makes the page hand out a file; its name and its bytes. */
export async function downloaded(page, act) {
  const folder = mkdtempSync(join(tmpdir(), "perfkit-download-"));
  const client = await page.browser().target().createCDPSession();
  try {
    const file = arrival(client);
    // Whatever `act` throws goes first.
    file.catch(() => {});
    await client.send("Browser.setDownloadBehavior", {
      behavior: "allowAndName", downloadPath: folder, eventsEnabled: true,
      browserContextId: page.browserContext().id,
    });
    await act();
    const { name, guid } = await file;
    return { name, bytes: readFileSync(join(folder, guid)) };
  } finally {
    await client.detach();
    rmSync(folder, { recursive: true });
  }
}

function arrival(client) {
  return new Promise((resolve, reject) => {
    let name;
    const late = () => reject(new Error(`nothing was downloaded in ${PATIENCE_MS} ms`));
    const timer = setTimeout(late, PATIENCE_MS);
    client.on("Browser.downloadWillBegin", ({ suggestedFilename }) => (name = suggestedFilename));
    client.on("Browser.downloadProgress", ({ guid, state }) => {
      if (state === "inProgress") return;
      clearTimeout(timer);
      if (state === "completed") resolve({ name, guid });
      else reject(new Error(`the download was ${state}`));
    });
  });
}
