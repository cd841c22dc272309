import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import type { Citation } from "../../src/api/answer";
import { Statement } from "../../src/answer/Statement";
import { draw, words } from "./draw";

const CITATION: Citation = {
  document: "policy/p", document_id: 1, layer: "identity", effect: "Allow", sid: null, statement: 1, line: 4, end_line: 4, attached: null, outcome: "allows",
  text: '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
  marks: [{ line: 4, start: 30, end: 44, text: "matches the action" }, { line: 4, start: 58, end: 61, text: "matches the object" }],
};

afterEach(() => vi.unstubAllGlobals());

it("watches the width of a line once for each note, however often the panel is drawn", async () => {
  let watching = 0;
  let made = 0;
  vi.stubGlobal("ResizeObserver", class {
    constructor() {
      made += 1;
    }
    observe() {
      watching += 1;
    }
    disconnect() {
      watching -= 1;
    }
  });
  const page = await draw(<Statement citation={CITATION} onOpen={() => undefined} />);
  expect([...page.querySelectorAll(".line-note")].map(words)).toEqual(["matches the action", "matches the object"]);
  expect([made, watching]).toEqual([2, 2]);
  for (let again = 0; again < 3; again += 1) await act(() => render(<Statement citation={CITATION} onOpen={() => undefined} />, page));
  expect([made, watching]).toEqual([2, 2]);
  await act(() => render(<Statement citation={{ ...CITATION, marks: CITATION.marks.slice(0, 1) }} onOpen={() => undefined} />, page));
  expect([...page.querySelectorAll(".line-note")].map(words)).toEqual(["matches the action"]);
  expect(watching).toBe(1);
});
