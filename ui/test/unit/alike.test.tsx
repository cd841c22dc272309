import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import type { BorderPage, Way, WayRow } from "../../src/api/lists";
import { BorderView } from "../../src/border/BorderView";
import { exportCall } from "../../src/export/exported";
import { HOME, parsePlace, type Place, placeFragment } from "../../src/place/place";
import { draw, words } from "./draw";

const WAY: Way = {
  rule: "outside-unknown", from: "464622532012", standing: "unknown account", outsider: "account", known: null, door: "trust policy", opening: "if", blocked_by: null,
  guards: [{ kind: "external-id", key: "sts:ExternalId", values: ["a"], keeps_out: true, remark: "keeps others out", text: "sts:ExternalId is a" }],
  guarded: true, subjects: null, missing: [], public: false, reaches: [], last_used: null, last_used_seen: true, accepted: null,
};

function row(key: string, change: Partial<WayRow> = {}): WayRow {
  const thing = (name: string) => ({ name, arn: null, kind: "role", account: null });
  return { key, label: key, count: 1, who: [thing("acct/464622532012")], on: [thing(key)], access: ["become"], actions: [], if: [], depends_on: [], admin: false, outside: true, severity: "medium", ring: [], steps: [], way: WAY, ...change };
}

const ALIKE = { count: 113, id: "b", open: false, doors: "113 roles in 87 accounts", behind: null, ids_differ: true, last_used: "2026-08-19T00:00:00Z", last_used_seen: true };

function page(ways: WayRow[]): BorderPage {
  return {
    schema: "clavicle.border/1", verdict: "yes", sentence: "114 ways in", counts: { outside: 2, not_known: 2 }, total: 114, lines: ways.length, from: 0, ways, groups: [],
    standings: [], accounts: [], units: [], severities: [], openings: [], not_seen: [], notes: [], snapshot: { id: "now", complete: true, identities: 2 },
  };
}

async function shown(ways: WayRow[], place: Place = { ...HOME, view: "border" }) {
  const went: Partial<Place>[] = [];
  const element = await draw(<BorderView fetched={{ state: "ready", value: page(ways) }} place={place} go={(change) => went.push(change)} />);
  return { element, went };
}

it("shows ways in that are alike as one row, which says how many doors, and that each asks for an id of its own", async () => {
  const { element, went } = await shown([row("a", { alike: ALIKE }), row("c")]);
  const head = element.querySelector<HTMLElement>(".row-alike");
  expect(words(head)).toMatch(/464622532012.*gets in by 113 roles in 87 accounts.*sts:ExternalId, another one for each.*last used 2026-08-19.*show all 113/);
  expect(head?.getAttribute("aria-expanded")).toBe("false");
  // Fewer rows than ways in are no second page.
  expect(element.querySelector(".pager")).toBeNull();
  await act(() => head?.click());
  expect(went).toEqual([{ pick: null, choices: { open: "b" } }]);
});

it("lists them below once it is open, each by itself, and closes again", async () => {
  const place: Place = { ...HOME, view: "border", choices: { open: "b" } };
  const { element, went } = await shown([row("a", { alike: { ...ALIKE, open: true } }), row("a", { within: "b" }), row("b", { within: "b" })], place);
  expect([...element.querySelectorAll(".row-within .row")].map((each) => each.getAttribute("data-pick"))).toEqual(["a", "b"]);
  const head = element.querySelector<HTMLElement>(".row-alike");
  expect(head?.getAttribute("aria-expanded")).toBe("true");
  await act(() => head?.click());
  expect(went).toEqual([{ pick: null, choices: { open: "" } }]);
  // It is in the link, and in no file, which has every way in.
  expect(parsePlace(placeFragment(place)).choices.open).toBe("b");
  expect(exportCall(place, "csv", false)?.address).not.toContain("open=");
});
