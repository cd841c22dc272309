import { expect, it } from "vitest";
import { shellWord } from "../../src/text/shellWord";

it("makes one word for a shell of any name", () => {
  expect(shellWord("prod:role/web")).toBe("prod:role/web");
  expect(shellWord("role/x=draft.json")).toBe("role/x=draft.json");
  expect(shellWord("role/*")).toBe("'role/*'");
  expect(shellWord("~root")).toBe("'~root'");
  expect(shellWord("")).toBe("''");
  expect(shellWord("a'; rm -rf ~ #$(x)`y`")).toBe("'a'\\''; rm -rf ~ #$(x)`y`'");
});
