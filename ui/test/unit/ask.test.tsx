import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { AskBar } from "../../src/ask/AskBar";
import { askAddress, boxesQuestion, questionText } from "../../src/ask/boxes";
import { completed } from "../../src/ask/completions";
import { elsewhere } from "../../src/ask/elsewhere";
import type { Question } from "../../src/place/place";
import { draw } from "./draw";

describe("words that a view answers", () => {
  it("lead there, and questions do not", () => {
    const leads = (text: string) => elsewhere(text)?.view ?? null;
    expect(["who gets in from outside", "Who gets in?", "outside", " what  is unused ", "what is not used", "unused", "what is wrong?", "what is missing"].map(leads)).toEqual(["border", "border", "border", "trim", "trim", "trim", "findings", "data"]);
    expect(elsewhere("what is public")?.choices).toEqual({ public: "true" });
    expect(["who can read outside", "what is role/unused", "who can become admin", "what policy/public", "unused role/x", ""].map(leads)).toEqual([null, null, null, null, null, null]);
  });
});

describe("the four boxes", () => {
  const boxes = (some: Partial<Extract<Question, { in: "boxes" }>>): Question => ({ in: "boxes", by: "", do: "", on: "", when: [], ...some });

  it("ask for the empty one", () => {
    expect(askAddress(boxes({ on: "s3://b" }))).toBe("/api/ask?verb=who&do=read&on=s3%3A%2F%2Fb");
    expect(askAddress(boxes({ by: "anyone", do: "write", on: "s3://b" }))).toBe("/api/ask?verb=who&do=write&on=s3%3A%2F%2Fb");
    expect(askAddress(boxes({ by: "role/x" }))).toBe("/api/ask?verb=what&by=role%2Fx");
    expect(askAddress(boxes({ by: "role/x", do: "s3:GetObject", on: "s3://b", when: ["a=b", "c=d"] }))).toBe(
      "/api/ask?verb=can&by=role%2Fx&do=s3%3AGetObject&on=s3%3A%2F%2Fb&when=a%3Db&when=c%3Dd",
    );
  });

  it("ask nothing when all are open", () => {
    expect(boxesQuestion({ by: "anyone", do: "read", on: " ", when: "" })).toBeNull();
    expect(boxesQuestion({ by: "", do: "", on: "x", when: " a=b  c=d " })).toEqual({ in: "boxes", by: "", do: "", on: "x", when: ["a=b", "c=d"] });
  });

  it("read as a sentence", () => {
    expect(questionText(boxes({ on: "s3://b", when: ["mfa"] }))).toBe("who can read s3://b when mfa");
    expect(questionText(boxes({ by: "role/x" }))).toBe("what can role/x do");
    expect(questionText(boxes({ by: "role/x", do: "write", on: "s3://b" }))).toBe("can role/x write s3://b");
  });
});

describe("choosing a completion", () => {
  it("replaces the word that was being typed, or everything by a whole question", () => {
    expect(completed("ask", "who can read pap", "s3://paperboat-invoices")).toBe("who can read s3://paperboat-invoices");
    expect(completed("ask", "who can r", "who can read s3://b")).toBe("who can read s3://b");
    expect(completed("on", "pap", "s3://paperboat-invoices")).toBe("s3://paperboat-invoices");
  });
});

describe("the ask bar", () => {
  const items = [{ value: "s3://paperboat-invoices", label: "s3://paperboat-invoices", hint: "bucket in prod", kind: "s3:bucket" }];
  const type = async (input: HTMLInputElement, value: string) => {
    await act(() => {
      input.value = value;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
  };
  const press = (input: HTMLInputElement, key: string) => act(() => void input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));

  it("asks the line with Enter", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ items: [] })));
    const onAsk = vi.fn();
    const page = await draw(<AskBar question={null} asked={null} lineRef={{ current: null }} onAsk={onAsk} />);
    const line = page.querySelector<HTMLInputElement>('[aria-label="question in words"]');
    if (line === null) throw new Error("no line");
    await type(line, "  who can read s3://x ");
    await press(line, "Enter");
    expect(onAsk).toHaveBeenCalledWith({ in: "words", text: "who can read s3://x" });
  });

  it("completes a box by keyboard, after the combobox pattern", async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return new Response(JSON.stringify({ items }));
    });
    const onAsk = vi.fn();
    const page = await draw(<AskBar question={null} asked={null} lineRef={{ current: null }} onAsk={onAsk} />);
    const box = page.querySelector<HTMLInputElement>('[aria-label="on what"]');
    if (box === null) throw new Error("no box");
    expect(box.getAttribute("aria-expanded")).toBe("false");
    await type(box, "inv");
    await act(async () => void (await vi.advanceTimersByTimeAsync(200)));
    expect(asked).toEqual(["/api/complete?slot=on&text=inv"]);
    expect(box.getAttribute("aria-expanded")).toBe("true");
    await press(box, "ArrowDown");
    const option = page.querySelector(`[id="${box.getAttribute("aria-activedescendant")}"]`);
    expect(option?.getAttribute("aria-selected")).toBe("true");
    await press(box, "Enter");
    expect(box.value).toBe("s3://paperboat-invoices");
    expect(onAsk).not.toHaveBeenCalled();
    await press(box, "Enter");
    expect(onAsk).toHaveBeenCalledWith({ in: "boxes", by: "", do: "", on: "s3://paperboat-invoices", when: [] });
    vi.useRealTimers();
  });
});
