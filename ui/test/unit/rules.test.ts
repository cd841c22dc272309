import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(process.cwd(), "src");

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => ending.test(name)).map((name) => join(folder, name));
}

describe("rules of the code", () => {
  const sources = files(SOURCE, /\.tsx?$/);
  it("sees the source", () => expect(sources.length).toBeGreaterThan(30));

  it.each([
    ["markup from text", /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc/],
    ["code from text", /\beval\(|new Function\(/],
    ["a style written as text", /\bstyle="|\bstyle=\{["'`]|setAttribute\(["']style/],
    // The first of these takes some 20 ms in a browser, which home has no room for.
    ["a table of languages", /\bIntl\.|\.toLocale/],
    ["an address on another host", /https?:\/\/(?!www\.w3\.org\/)/],
  ])("has no %s", (_, pattern) => {
    expect(sources.filter((file) => pattern.test(readFileSync(file, "utf8")))).toEqual([]);
  });

  it.each([
    ["opens dialogs", /showModal\(|<dialog\b/, /shell\/Dialog\.tsx$/],
    ["saves files", /createObjectURL\(/, /export\/fetchFile\.ts$/],
  ])("%s in one place", (_, pattern, place) => {
    const found = sources.filter((file) => pattern.test(readFileSync(file, "utf8")));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(place);
  });

  // Thousands are set apart by commas everywhere, as `text/count.ts` writes them.
  it.each([
    ["what is left of a list", /\$\{[\w.]+\.length - /],
    ["how many rows there are", /class="(?:count|times)"[^>]*>[^<{]*\{(?!number\(|counted\(|first &&)/],
    ["how many are equal", /×\$?\{(?!number\()/],
  ])("writes no number by itself: %s", (_, pattern) => {
    const lines = sources.flatMap((file) => readFileSync(file, "utf8").split("\n").filter((line) => pattern.test(line)).map((line) => `${file}: ${line.trim()}`));
    expect(lines).toEqual([]);
  });

  it("has no text smaller than 12 px", () => {
    const small: string[] = [];
    for (const file of files(SOURCE, /\.css$/)) {
      for (const [whole, size = "", unit] of readFileSync(file, "utf8").matchAll(/(?:font-size|font|--text-\w+):[^;]*?([\d.]+)(rem|px|em)\b/g)) {
        const pixels = unit === "px" ? Number(size) : Number(size) * 16;
        // `em` sizes are relative: code is set slightly smaller inside text of 13 px and more.
        if (unit !== "em" && pixels < 12) small.push(`${file}: ${whole}`);
      }
    }
    expect(small).toEqual([]);
  });

  it("uses the colours of the visual language", () => {
    const tokens = readFileSync(join(SOURCE, "theme/tokens.css"), "utf8");
    const light = /:root\[data-theme="light"\] \{([^}]*)\}/.exec(tokens)?.[1] ?? "";
    const dark = /:root\[data-theme="dark"\] \{([^}]*)\}/.exec(tokens)?.[1] ?? "";
    const colour = (block: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block)?.[1];
    expect(["critical", "high", "medium", "medium-outline", "neutral", "selected", "fine", "surface"].map((name) => colour(light, name))).toEqual([
      "#7a0a2c", "#c4460f", "#f2c037", "#6b5200", "#66707d", "#0b57d0", "#00806f", "#ffffff",
    ]);
    expect(["critical", "high", "medium", "neutral", "selected", "fine", "surface"].map((name) => colour(dark, name))).toEqual([
      "#ff5c7a", "#ffa45c", "#ffe08a", "#98a2af", "#5aa9ff", "#2fbfa3", "#12151a",
    ]);
  });
});
