import { describe, expect, it } from "vitest";
import { elide, elideToWidth } from "../../src/text/elide";
import { Name } from "../../src/text/Name";
import { visible } from "../../src/text/visible";
import { draw } from "./draw";

describe("hostile text", () => {
  it("shows every control and every reordering character as a symbol", () => {
    expect(visible("a\u0000b\nc\u001bd\u007fe")).toBe("a␀b␊c␛d␡e");
    expect(visible("role\u202Etxt.exe")).toBe("role⟨U+202E⟩txt.exe");
    for (const code of [0x80, 0x85, 0xad, 0x200b, 0x200e, 0x200f, 0x202a, 0x2028, 0x2066, 0x2069, 0xfeff, 0xfff9, 0xe0041]) {
      const shown = visible(`x${String.fromCodePoint(code)}y`);
      expect(shown).toBe(`x⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩y`);
    }
    expect(visible("half\ud800pair")).toBe("half⟨U+D800⟩pair");
  });

  it("leaves ordinary names of any script alone", () => {
    for (const name of ["prod:role/web", "s3://büro-größe", "役割", "دور", "emoji 🔑"]) expect(visible(name)).toBe(name);
  });

  it("never becomes markup, and is kept apart from the text around it", async () => {
    const name = "<img src=x onerror=alert(1)>\u202Etxt";
    const page = await draw(<Name text={name} />);
    expect(page.querySelector("img")).toBeNull();
    const shown = page.querySelector("bdi");
    expect(shown?.textContent).toBe("<img src=x onerror=alert(1)>⟨U+202E⟩txt");
  });

  it("elides long names in the middle and keeps the whole name for readers and on the title", async () => {
    const name = `role/${"x".repeat(300)}/end`;
    const page = await draw(<Name text={name} most={20} />);
    const shown = page.querySelector("bdi");
    expect(shown?.title).toBe(name);
    const [short, full] = [...(shown?.children ?? [])];
    expect(short?.getAttribute("aria-hidden")).toBe("true");
    expect(short?.textContent).toMatch(/^role\/x+…x+\/end$/);
    expect(Array.from(short?.textContent ?? "")).toHaveLength(20);
    expect(full?.textContent).toBe(name);
  });

  it("cuts between characters, never inside one", () => {
    const shown = elide("🔑".repeat(30), 9);
    expect(Array.from(shown)).toHaveLength(9);
    expect(shown).toMatch(/^(🔑)+…(🔑)+$/u);
    expect(elide("short", 9)).toBe("short");
  });

  it("finds the longest text that fits a width", () => {
    const measure = (text: string) => Array.from(text).length * 10;
    expect(elideToWidth("abcdefghij", 100, measure)).toBe("abcdefghij");
    expect(measure(elideToWidth("abcdefghijk", 100, measure))).toBe(100);
    expect(elideToWidth("abcdefghijk", 1, measure)).toBe("…");
  });
});
