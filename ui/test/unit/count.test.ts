import { describe, expect, it } from "vitest";
import { counted, countedAccounts, number } from "../../src/text/count";

describe("counts in words", () => {
  it("sets thousands apart, and knows the one from the many", () => {
    expect([0, 999, 2312, 1_000_000, 1_234_567].map(number)).toEqual(["0", "999", "2,312", "1,000,000", "1,234,567"]);
    expect([counted(1, "finding"), counted(2312, "finding")]).toEqual(["1 finding", "2,312 findings"]);
    expect(["policy", "key", "bus", "role"].map((noun) => counted(2, noun))).toEqual(["2 policies", "2 keys", "2 buses", "2 roles"]);
  });

  it("says where not all accounts were seen", () => {
    expect(countedAccounts({ accounts: 4, accounts_seen: 2 })).toBe("2 of 4 accounts");
    expect(countedAccounts({ accounts: 4, accounts_seen: 4 })).toBe("4 accounts");
  });
});
