import { expect, it } from "vitest";
import { age } from "../../src/text/age";

it("tells how old a snapshot is in the unit that says most, and nothing of what tells no time", () => {
  const now = Date.parse("2026-08-22T10:00:00Z");
  const all = ["2026-08-22T09:59:30Z", "2026-08-22T09:14:00Z", "2026-08-22T08:00:00Z", "2026-08-20T10:01:00Z", "2026-08-20T10:00:00Z", "2025-08-22T10:00:00Z"];
  expect(all.map((id) => age(id, now))).toEqual(["0 min old", "46 min old", "2 h old", "47 h old", "2 d old", "365 d old"]);
  expect([age("unknown", now), age("", now), age("2026-08-23T10:00:00Z", now)]).toEqual([null, null, null]);
});
