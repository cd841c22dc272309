import { describe, expect, it } from "vitest";
import { HOME, parsePlace, type Place, placeFragment } from "../../src/place/place";

describe("the place in the fragment", () => {
  const places: [string, Place][] = [
    ["home", HOME],
    ["a question in words", { ...HOME, question: { in: "words", text: "who can read s3://a&b=c#d ü" }, answer: "closest.2" }],
    ["a question in boxes", { ...HOME, question: { in: "boxes", by: "staging:role/x", do: "s3:Get*", on: "s3://b/%2F", when: ["aws:MultiFactorAuthPresent=true", "a=b"] } }],
    ["an account's map with a line and a pair", { ...HOME, view: "map", account: "444455556666", ribbon: "becomes|acct:a|acct:b", pair: 12, focus: "acct:a" }],
    ["an answer as a picture", { ...HOME, question: { in: "words", text: "who can read x" }, choices: { shows: "picture" } }],
    ["a list of a unit", { ...HOME, view: "border", unit: "ou-a1b2-c3d4", choices: { severity: "high" } }],
    ["a unit's map with a line", { ...HOME, view: "map", unit: "ou-a1b2-c&d", ribbon: "becomes|a|b", drawn: "matrix" }],
    ["a change on the map of a unit", { ...HOME, view: "changes", unit: "ou-a1b2-c3d4", pick: "policy/x", choices: { act: "delete", shows: "map" } }],
    ["a shape in the table", { ...HOME, view: "map", shape: "i:<img>", drawn: "table" }],
    ["a map whose lines are all alike", { ...HOME, view: "map", account: "444455556666", alike: true }],
    ["a border with an opened row", { ...HOME, view: "border", choices: { open: "acct/9 → <b>" } }],
    ["a map without some shapes", { ...HOME, view: "map", account: "444455556666", hidden: ["things:a&b", "identities:<i>"] }],
    ["a change on the map, with a line", { ...HOME, view: "changes", account: "444455556666", pick: "policy/x", choices: { act: "delete", shows: "map", side: "after" }, ribbon: "touches|a|b|gone" }],
    ["two snapshots on the map, with a shape", { ...HOME, view: "data", choices: { with: "before", shows: "map" }, shape: "things:b" }],
    ["a narrowed list with an open row", { ...HOME, view: "findings", account: "444455556666", choices: { rule: "shared-policy", from: "60" }, pick: "acct/9 → <b>" }],
    ["a document over the page", { ...HOME, document: { id: 17, lines: [3, 9] } }],
    ["the question travels along to the map", { ...HOME, view: "map", question: { in: "words", text: "who can read x" } }],
  ];
  it.each(places)("comes back the same: %s", (_, place) => {
    expect(parsePlace(placeFragment(place))).toEqual(place);
  });

  it("gives the home view for what it cannot read", () => {
    for (const fragment of ["", "#", "#/", "#/nowhere", "#///", "#?", "#/ask?pair=x&doc=a:b", "#/%E0%A4%A"]) {
      expect(parsePlace(fragment)).toEqual(HOME);
    }
  });

  it("leaves out what makes no sense together", () => {
    expect(parsePlace("#/map?pair=3").pair).toBeNull();
    expect(parsePlace("#/map?ribbon=a&shape=b").shape).toBeNull();
    expect(parsePlace("#/map?ribbon=a&pair=-1").pair).toBeNull();
    expect(parsePlace("#/map/444455556666?unit=ou-a1b2-c3d4").unit).toBeNull();
    expect(parsePlace("#/ask?unit=ou-a1b2-c3d4").unit).toBeNull();
    expect(placeFragment({ ...HOME, view: "map", account: "444455556666", unit: "ou-a1b2-c3d4" })).toBe("#/map/444455556666");
    expect(parsePlace("#/ask?why=3").answer).toBeNull();
    expect(parsePlace("#/ask?do=read").question).toBeNull();
  });

  it("keeps no choice of one link in the next", () => {
    expect(parsePlace("#/border?public=true").choices).toEqual({ public: "true" });
    expect(parsePlace("#/border").choices).toEqual({});
    expect(placeFragment({ ...HOME, view: "border", choices: { public: "" } })).toBe("#/border");
  });

  it("keeps the theme and unknown keys out of the link", () => {
    expect(placeFragment(parsePlace("#/map?theme=dark&x=y"))).toBe("#/map");
  });
});
