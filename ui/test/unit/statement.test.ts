import { describe, expect, it } from "vitest";
import { statementLines } from "../../src/answer/statementLines";

const text = (line: { pieces: { text: string }[] } | undefined) => line?.pieces.map((piece) => piece.text).join("");

describe("the lines of a cited statement", () => {
  it("numbers them as in the document and removes shared indentation", () => {
    const lines = statementLines({ text: "    {\n      \"Sid\": \"A\"\n    }", line: 8, marks: [] });
    expect(lines.map((line) => line.number)).toEqual([8, 9, 10]);
    expect(lines.map(text)).toEqual(["{", '  "Sid": "A"', "}"]);
  });

  it("brings the lines under their first one when the text starts at its brace", () => {
    const lines = statementLines({ text: "{\n      \"Sid\": \"A\"\n    }", line: 8, marks: [] });
    expect(lines.map(text)).toEqual(["{", '  "Sid": "A"', "}"]);
  });

  it("underlines by column of the line as it was cited, counting characters", () => {
    const line = '  "🔑": "s3:Get*"';
    const start = Array.from(line).join("").indexOf("s3:Get*") - 1; // the key is one character and two code units
    const [only] = statementLines({ text: line, line: 3, marks: [{ line: 3, start, end: start + 7, text: "matches" }] });
    expect(only?.pieces.filter((piece) => piece.marked).map((piece) => piece.text)).toEqual(["s3:Get*"]);
    expect(only?.notes).toEqual([{ column: start - 2, text: "matches" }]);
  });

  it("ignores marks outside of the text and puts overlapping ones together", () => {
    const [only] = statementLines({
      text: "abcdef", line: 1,
      marks: [{ line: 1, start: 1, end: 4, text: "" }, { line: 1, start: 3, end: 99, text: "" }, { line: 1, start: 50, end: 60, text: "" }, { line: 7, start: 0, end: 3, text: "" }],
    });
    expect(only?.pieces).toEqual([{ text: "a", marked: false }, { text: "bcd", marked: true }, { text: "ef", marked: true }]);
    expect(text(only)).toBe("abcdef");
  });
});
