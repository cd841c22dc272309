import { expect, it } from "vitest";
import { Quoting } from "../../src/text/Quoting";
import { draw, words } from "./draw";

it("shows what is to be typed as such, without the signs around it", async () => {
  const page = await draw(<Quoting text={"name it under `[[known]]` in `<b>x\u202e`, or not"} />);
  expect(words(page)).toBe("name it under [[known]] in <b>x⟨U+202E⟩, or not");
  expect([...page.querySelectorAll("code")].map(words)).toEqual(["[[known]]", "<b>x⟨U+202E⟩"]);
});
