import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Opened, opened } from "./opened";

/** The account of the demo in which most is planted. */
export const STAGING = "444455556666";

/** The demo in a browser, as soon as a test asks for it. */
export interface Demo extends Opened {
  /** The fragment of the address. */
  hash: () => Promise<string>;
}

/**
 * Tests that read the answers of the demo organization, so they need the program itself: one browser for all of them. What is
 * handed over is filled before the first test runs.
 */
export function ofTheDemo(about: string, tests: (at: Demo) => void): void {
  describe.skipIf((process.env.CLAVICLE_BIN ?? "") === "")(about, () => {
    let open: Opened | undefined;
    const now = (): Opened => {
      if (open === undefined) throw new Error("the demo is open in tests only");
      return open;
    };
    beforeAll(async () => {
      open = await opened();
    });
    afterAll(() => open?.stop());
    tests({
      get page(): Page {
        return now().page;
      },
      get data() {
        return now().data;
      },
      get faults() {
        return now().faults;
      },
      open: (fragment, until) => now().open(fragment, until),
      stop: () => now().stop(),
      hash: () => now().page.evaluate(() => location.hash),
    });
  });
}

/** Saves another snapshot beside the demo: the same without one account. */
export function saveWithoutStaging(at: Demo): void {
  const paperboat = fileURLToPath(new URL("../../../examples/paperboat", import.meta.url));
  const files = ["organization.json", "accounts/111122223333", "accounts/123456789012", "accounts/777788889999"].map((file) => `${paperboat}/${file}`);
  const saved = spawnSync(process.env.CLAVICLE_BIN ?? "", ["import", ...files], { env: { ...process.env, CLAVICLE_DATA: at.data }, encoding: "utf8" });
  expect([saved.status, saved.stderr]).toEqual([0, ""]);
}
