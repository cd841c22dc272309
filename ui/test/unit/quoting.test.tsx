import { expect, it } from "vitest";
import { Sentence } from "../../src/text/Name";
import { beginningOf, elideRuns, elideSentence } from "../../src/text/elide";
import { Quoting } from "../../src/text/Quoting";
import { draw, words } from "./draw";

it("shows what is to be typed as such, without the signs around it", async () => {
  const page = await draw(<Quoting text={"name it under `[[known]]` in `<b>x\u202e`, or not"} />);
  expect(words(page)).toBe("name it under [[known]] in <b>x⟨U+202E⟩, or not");
  expect([...page.querySelectorAll("code")].map(words)).toEqual(["[[known]]", "<b>x⟨U+202E⟩"]);
});

it("shortens a name that does not end, in sentences as alone, and keeps the whole for those who want it", async () => {
  const long = `staging:role/deployer-${"W".repeat(1500)}-blue`;
  for (const page of [await draw(<Sentence text={`${long} becomes role/x`} />), await draw(<Quoting text={`there is no evidence of what \`${long}\` used`} />)]) {
    const shown = words(page.querySelector('[aria-hidden="true"]'));
    expect(shown.length).toBeLessThan(200);
    expect(shown).toMatch(/staging:role\/deployer-W+…W+-blue/);
    expect([words(page.querySelector(".unseen")).includes(long), page.querySelector("bdi")?.title.includes(long), words(page).includes("`")]).toEqual([true, true, false]);
  }
  // What is no longer than names are stays as it is, in one piece.
  const plain = await draw(<Sentence text="acct/999999999999 becomes staging:role/LogShipper" />);
  expect([plain.querySelector(".unseen"), words(plain)]).toEqual([null, "acct/999999999999 becomes staging:role/LogShipper"]);
  expect(elideRuns(`${"a".repeat(9)} ${"b".repeat(4)}\n${"c".repeat(6)}`, 5)).toBe("aaa…a bbbb\nccc…c");
});

it("cuts prose at its end, where a name is cut in its middle", () => {
  const width = (text: string) => Array.from(text).length;
  expect(beginningOf("what every customer bought and paid", 20, width)).toBe("what every customer…");
  expect(beginningOf("what every", 20, width)).toBe("what every");
});

it("shortens the names of a sentence that is too long, and none of its words", () => {
  const role = `staging:role/${"DeploymentPipeline".repeat(4)}`;
  const sentence = `${role} becomes ${role} by way of sts:AssumeRoleWithWebIdentity and nothing else.`;
  const short = elideSentence(sentence, 120, 120);
  expect(Array.from(short).length).toBeLessThanOrEqual(120);
  expect(short).toMatch(/^staging:role\/\S*…\S* becomes staging:role\/\S*…\S* by way of \S+ and nothing else\.$/);
  expect(elideSentence(sentence, 500, 120)).toBe(sentence);
  // However many names there are, each keeps both of its ends, and what is no name stays as it is.
  const many = Array.from({ length: 30 }, () => role).join(" and ");
  expect(elideSentence(many, 100, 120)).toBe(Array.from({ length: 30 }, () => "staging:…eline").join(" and "));
  const usual = "3 of staging:role/nightly-exec and staging:policy/shared-ops";
  expect(elideSentence(usual, 30, 120)).toBe(usual);
  // Each sentence has its own room.
  expect(elideSentence("One of staging:lambda/nightly-report. Another is staging:lambda/nightly-report.", 50, 120)).toBe("One of staging:lambda/nightly-report. Another is staging:lambda/nightly-report.");
  const plain = "words ".repeat(100);
  expect(elideSentence(plain, 50, 120)).toBe(plain);
});
