import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetAnswers } from "../../src/api/fetched";
import { App } from "../../src/shell/App";
import { CAN_PUT, DOCUMENTS, ORGANIZATION, STAGING_MAP, SUMMARY, why, WHO_INVOICES } from "../mock/paperboat.mjs";
import { HOME, placeFragment } from "../../src/place/place";
import { draw, settle, words } from "./draw";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe("the whole page", () => {
  let statuses: unknown[];
  let asked: string[];
  let wishes: boolean[];
  let begun: string[];
  let left: number;
  const program = async (path: string, sent?: RequestInit) => {
    asked.push(path);
    const url = new URL(path, "http://127.0.0.1");
    const get = (name: string) => url.searchParams.get(name);
    switch (url.pathname) {
      case "/api/status":
        return json(statuses.length > 1 ? statuses.shift() : statuses[0]);
      case "/api/load": {
        const { wanted } = JSON.parse(String(sent?.body)) as { wanted: boolean };
        wishes.push(wanted);
        statuses = [wanted ? ready : { ...ready, state: "stopped" }];
        return json(statuses[0]);
      }
      case "/api/begin": {
        if (sent?.method !== "POST") return json({ schema: "clavicle.begin/1", calls: ["iam:GetAccountAuthorizationDetails", "kms:GetKeyPolicy"] });
        const { show } = JSON.parse(String(sent.body)) as { show: string };
        begun.push(show);
        if (show === "saved") return json({ error: "no snapshot is saved yet", hint: null, candidates: [] }, 400);
        statuses = [ready];
        return json(ready);
      }
      case "/api/file":
        return json(statuses[0]);
      case "/api/summary":
        return json(SUMMARY);
      case "/api/ask":
        if (get("text") === "who waits for ever") return new Promise<Response>((_, reject) => sent?.signal?.addEventListener("abort", () => { left += 1; reject(new Error("left")); }));
        return get("text") === WHO_INVOICES.question.text ? json(WHO_INVOICES) : get("verb") === "can" ? json(CAN_PUT) : json({ error: "cannot read that", hint: null, candidates: [WHO_INVOICES.question.text] }, 400);
      case "/api/map":
        return json(get("account") === null ? ORGANIZATION : STAGING_MAP);
      case "/api/why":
        return json(why(get("account") === null ? ORGANIZATION : STAGING_MAP, get("ribbon") ?? "", get("pair") === null ? null : Number(get("pair"))));
      case "/api/document":
        return json(DOCUMENTS[Number(get("id"))]);
      default:
        return json({ items: [] });
    }
  };
  const ready = { state: "ready", step: null, done: 10, total: 10, error: null };
  const settled = async () => {
    for (let round = 0; round < 6; round += 1) await settle();
  };
  const key = (name: string) => act(() => void window.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true })));

  beforeEach(() => {
    statuses = [ready];
    asked = [];
    wishes = [];
    begun = [];
    left = 0;
    forgetAnswers();
    location.hash = "";
    vi.stubGlobal("fetch", program);
  });
  afterEach(() => {
    location.hash = "";
    vi.unstubAllGlobals();
  });

  it("counts while the snapshot is read, and then opens by itself", async () => {
    statuses = [{ state: "loading", step: "reading principals", done: 3, total: 10, error: null }, ready];
    const page = await draw(<App />);
    await settle();
    expect(words(page.querySelector(".loading"))).toContain("reading principals");
    expect(words(page.querySelector(".loading"))).toContain("3 of 10");
    expect(asked).not.toContain("/api/summary");
    await vi.waitFor(() => expect(page.querySelector(".home-sentence")).not.toBeNull(), 3000);
  });

  it("offers the demo, how to collect, and files where nothing is there, and opens what is chosen", async () => {
    statuses = [{ state: "nothing", step: null, done: 0, total: 0, error: null, choice: true }];
    const page = await draw(<App />);
    await settled();
    expect(words(page.querySelector(".home-sentence"))).toBe("There is no snapshot yet.");
    expect(words(page.querySelector(".begin"))).toContain("the 2 calls that it makes");
    expect(page.querySelector(".loading")).toBeNull();
    // What is no snapshot is told, and another may be chosen.
    await act(() => [...page.querySelectorAll("button")].find((each) => words(each) === "open what was collected")?.click());
    await settled();
    expect(words(page.querySelector(".begin .error-title"))).toBe("no snapshot is saved yet");
    const drop = new Event("drop", { bubbles: true, cancelable: true });
    Object.assign(drop, { dataTransfer: { files: [new File(["{}"], "details & more.json"), new File(["[]"], "other.json")] } });
    await act(() => void page.querySelector(".begin-drop")?.dispatchEvent(drop));
    await settled();
    expect(asked.filter((path) => path.startsWith("/api/file"))).toEqual(["/api/file?name=details+%26+more.json", "/api/file?name=other.json&more=true"]);
    expect(begun).toEqual(["saved", "files"]);
    expect(page.querySelector(".begin")).toBeNull();
  });

  it("lists the accounts that were read while the rest goes on, and opens the one that is chosen", async () => {
    const seen = { identities: 345, things: 497, accounts: 30, rows: [{ id: "444455556666", name: "staging", identities: 88, things: 61 }] };
    statuses = [{ state: "loading", step: "reading files", done: 3, total: 10, error: null, seen: { identities: 7, things: 9, accounts: 0, rows: [] } }, { state: "loading", step: "compiling policies", done: 3, total: 10, error: null, seen }, ready];
    const page = await draw(<App />);
    await settle();
    expect(words(page.querySelector(".loading"))).toContain("7 identities and 9 things so far");
    await vi.waitFor(() => expect(words(page.querySelector(".loading .account"))).toBe("staging44445555666688 identities · 61 things"), 3000);
    expect(words(page.querySelector(".loading"))).toContain("345 identities and 497 things in 30 accounts");
    expect(words(page.querySelector(".loading"))).toContain("and 29 smaller accounts");
    await act(() => page.querySelector<HTMLButtonElement>(".loading .account")?.click());
    expect(page.querySelector(".loading .account")?.getAttribute("aria-pressed")).toBe("true");
    await vi.waitFor(() => expect(page.querySelector(".map-drawing")).not.toBeNull(), 3000);
    expect(asked).toContain("/api/map?account=444455556666");
  });

  it("takes a question while the snapshot is read, and answers it when it is", async () => {
    statuses = [{ state: "loading", step: "reading principals", done: 1234567, total: 7654321, error: null }, ready];
    const page = await draw(<App />);
    await settle();
    const line = page.querySelector<HTMLInputElement>(".combobox.line input");
    if (line === null) throw new Error("nowhere to ask");
    line.value = WHO_INVOICES.question.text;
    await act(() => void line.dispatchEvent(new Event("input", { bubbles: true })));
    await act(() => void line.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })));
    await settle();
    expect(words(page.querySelector(".loading"))).toContain("1,234,567 of 7,654,321");
    expect(asked.filter((path) => path.startsWith("/api/ask"))).toEqual([]);
    await vi.waitFor(() => expect(words(page.querySelector("h1"))).toBe(WHO_INVOICES.sentence), 3000);
  });

  it("stops reading the snapshot with Escape, and goes on when it is wanted", async () => {
    statuses = [{ state: "loading", step: "reading principals", done: 3, total: 10, error: null }];
    const page = await draw(<App />);
    await settle();
    await key("Escape");
    await settled();
    expect(wishes).toEqual([false]);
    expect(words(page.querySelector(".loading-title"))).toBe("Stopped reading the snapshot");
    expect(asked).not.toContain("/api/summary");
    await act(() => page.querySelector<HTMLButtonElement>(".loading button")?.click());
    await settled();
    expect(wishes).toEqual([false, true]);
    expect(page.querySelector(".home-sentence")).not.toBeNull();
  });

  it("leaves an answer that is waited for with Escape, and is where it was before", async () => {
    const page = await draw(<App />);
    await settled();
    await act(() => {
      history.pushState({ depth: 1 }, "", `#/ask?${new URLSearchParams({ q: "who waits for ever" })}`);
      window.dispatchEvent(new PopStateEvent("popstate"));
    });
    await settle();
    expect(words(page.querySelector(".waiting"))).toContain("asking");
    await key("Escape");
    await vi.waitFor(() => expect(page.querySelector(".home-sentence")).not.toBeNull(), 3000);
    expect(left).toBe(1);
  });

  it("asks the same of what may have been meant", async () => {
    const refused = { error: "`s3://paperboat-invoice` is not a bucket in this snapshot", hint: null, candidates: ["s3://paperboat-invoices"], unknown: "s3://paperboat-invoice" };
    vi.stubGlobal("fetch", async (path: string, sent?: RequestInit) => (path.includes("paperboat-invoice&") || path.endsWith("paperboat-invoice") ? json(refused, 400) : program(path, sent)));
    location.hash = `#/ask?${new URLSearchParams({ q: "who can read s3://paperboat-invoice" })}`;
    const page = await draw(<App />);
    await settled();
    expect(words(page.querySelector(".error-box"))).toContain("The same question, of what there is:");
    await act(() => page.querySelector<HTMLButtonElement>(".error-box .question")?.click());
    await settled();
    expect(words(page.querySelector("h1"))).toBe(WHO_INVOICES.sentence);
    // Only where the name is a word of its own, and in quotes where it was in quotes.
    for (const [question, unknown, candidate, next] of [
      ["can role/ab s3:GetObject role/a", "role/a", "prod:role/c", "can role/ab s3:GetObject prod:role/c"],
      ['who can read "My Prod:secret/x"', "My Prod:secret/x", "My Prod:secret/y", 'who can read "My Prod:secret/y"'],
      ["who can read s3://b/2026/", "s3://b", "s3://c", "who can read s3://c/2026/"],
    ] as const) {
      vi.stubGlobal("fetch", async (path: string, sent?: RequestInit) => (path.startsWith("/api/ask") ? json({ error: "no", hint: null, candidates: [candidate], unknown }, 400) : program(path, sent)));
      location.hash = `#/ask?${new URLSearchParams({ q: question })}`;
      await act(() => void window.dispatchEvent(new PopStateEvent("popstate")));
      await settled();
      await act(() => page.querySelector<HTMLButtonElement>(".error-box .question")?.click());
      expect(new URLSearchParams(location.hash.split("?")[1]).get("q")).toBe(next);
    }
  });

  it("says why a snapshot could not be read", async () => {
    statuses = [{ state: "failed", step: null, done: 0, total: 0, error: "`x.json` is not JSON: line 3" }];
    const page = await draw(<App />);
    await settled();
    expect(words(page.querySelector(".error-title"))).toBe("x.json is not JSON: line 3");
  });

  it("asks what the link asks, fills the boxes, and keeps the question on the way to the map and back", async () => {
    location.hash = `#/ask?${new URLSearchParams({ q: WHO_INVOICES.question.text })}`;
    const page = await draw(<App />);
    await settled();
    expect(words(page.querySelector("h1"))).toBe(WHO_INVOICES.sentence);
    expect(page.querySelector<HTMLInputElement>(".box-on input")?.value).toBe("s3://paperboat-invoices");
    await key("2");
    await settled();
    expect(page.querySelector(".map-drawing")).not.toBeNull();
    expect(location.hash).toContain("q=who+can+read");
    await key("1");
    await settled();
    expect(words(page.querySelector("h1"))).toBe(WHO_INVOICES.sentence);
    expect(asked.filter((each) => each.startsWith("/api/ask"))).toHaveLength(1);
  });

  it("puts the map back as it was with one key, and goes up a level with another", async () => {
    const way = { view: "map", account: "444455556666", hidden: ["t:logs"], pinned: ["i:dev"], folded: ["things"], focus: "e:shipper" } as const;
    location.hash = placeFragment({ ...HOME, ...way, hidden: [...way.hidden], pinned: [...way.pinned], folded: [...way.folded], drawn: "map" });
    const page = await draw(<App />);
    await settled();
    expect([...page.querySelectorAll(".map-head .button")].map(words)).toContain("all as it was R");
    await key("r");
    await settled();
    expect(location.hash).toBe("#/map/444455556666?as=map");
    expect(page.querySelectorAll(".shapes > [data-spot]")).toHaveLength(STAGING_MAP.shapes.length);
    expect(page.querySelectorAll(".map-head .button")).toHaveLength(0);
    await key("r");
    expect(location.hash).toBe("#/map/444455556666?as=map");
    await key("u");
    await settled();
    expect(location.hash).toBe("#/map?as=map");
    await key("u");
    expect(location.hash).toBe("#/map?as=map");
  });

  it("opens the one pair of a line at once, and the document it cites", async () => {
    location.hash = `#/map/444455556666?${new URLSearchParams({ ribbon: "controls|e:shipper|w:nightly" })}`;
    const page = await draw(<App />);
    await settled();
    expect(location.hash).toContain("pair=0");
    expect(words(page.querySelector(".step-sentence"))).toBe("staging:role/LogShipper can replace the code of staging:lambda/nightly-report");
    await act(() => page.querySelector<HTMLButtonElement>(".panel .statement .link")?.click());
    await settled();
    expect([...page.querySelectorAll(".line-row.cited .line-number")].map(words)).toEqual(["22", "23", "24", "25", "26", "27"]);
    await key("Escape");
  });

  it("lets one of several pairs be chosen", async () => {
    location.hash = `#/map?${new URLSearchParams({ ribbon: "touches|acct:111122223333|customers" })}`;
    const page = await draw(<App />);
    await settled();
    expect(page.querySelectorAll(".pair")).toHaveLength(4);
    expect(page.querySelector(".step")).toBeNull();
    await act(() => page.querySelectorAll<HTMLButtonElement>(".pair")[2]?.click());
    await settled();
    expect(location.hash).toContain("pair=2");
    expect(page.querySelectorAll(".pair")[2]?.getAttribute("aria-pressed")).toBe("true");
    expect(page.querySelector(".statement")).not.toBeNull();
  });
});
