import { describe, expect, it } from "vitest";
import { usedWords } from "../../src/policies/usedWords";

describe("how many used what a policy gives", () => {
  it.each([
    [{ used: 1, unused: 4, unknown: 0, because: null }, "1 of 5 used it in 90 days"],
    [{ used: 0, unused: 2312, unknown: 0, because: null }, "none of 2,312 used it in 90 days"],
    [{ used: 1, unused: 0, unknown: 0, because: null }, "the one who has it used it in 90 days"],
    [{ used: 0, unused: 1, unknown: 0, because: null }, "the one who has it did not use it in 90 days"],
    [{ used: 2, unused: 1, unknown: 2, because: "the logs begin later" }, "2 of 5 are known to have used it in 90 days; of 2 that cannot be known: the logs begin later"],
    [{ used: 0, unused: 2, unknown: 3, because: "the logs begin later" }, "none of 5 is known to have used it in 90 days; of 3 that cannot be known: the logs begin later"],
    // With no evidence nothing is called unused.
    [{ used: 0, unused: 0, unknown: 5, because: "there are no logs of the account" }, "which of 5 used it is not known: there are no logs of the account"],
    [{ used: 0, unused: 0, unknown: 1, because: null }, "whether the one who has it used it is not known"],
  ])("%j", (used, words) => expect(usedWords(used, "it", "90 days")).toBe(words));
});
