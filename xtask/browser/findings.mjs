// What was checked, and what was found: one line a check, and all of it as JSON.

import { writeFileSync } from "node:fs";

export class Findings {
  #checks = [];

  /** A check that has passed when there are no problems. */
  record(where, claim, problems) {
    this.#add({ where, claim, outcome: problems.length ? "FAILED" : "ok", problems });
  }

  /** A check that has passed when there is a problem: it is meant to find it. */
  expect(where, claim, problems) {
    const found = problems.length ? [] : ["nothing was found where there is something"];
    this.record(where, `finds ${claim}`, found);
  }

  #add(check) {
    this.#checks.push(check);
    console.log(`${check.outcome.padEnd(6)} ${check.where}: ${check.claim}`);
    const lines = check.problems.flatMap((problem) => problem.split("\n"));
    for (const line of lines) console.log(`${" ".repeat(9)}${line}`);
  }

  /** Writes everything to a file; the number of failures. */
  close(path) {
    const failed = this.#checks.filter(({ outcome }) => outcome === "FAILED").length;
    writeFileSync(path, `${JSON.stringify({ failed, checks: this.#checks }, null, 2)}\n`);
    console.log(`\n${this.#checks.length} checks, ${failed} failed; ${path}`);
    return failed;
  }
}
