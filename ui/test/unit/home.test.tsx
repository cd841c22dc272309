import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { Home, homeSentence } from "../../src/ask/Home";
import { shortTime } from "../../src/shell/TopBar";
import { resolved } from "../../src/theme/theme";
import { forgetAnswers } from "../../src/api/fetched";
import { HomeSince } from "../../src/ask/HomeSince";
import { SUMMARY, WHO_INVOICES } from "../mock/paperboat.mjs";
import { draw, settle, words } from "./draw";

const none = () => undefined;

describe("the home view", () => {
  it("says how many ways in there are, the worst first", async () => {
    const page = await draw(<Home summary={SUMMARY} onAsk={none} onAccount={none} onTour={none} />);
    expect(words(page.querySelector("h1"))).toBe("4 outsiders get in, 1 of them not known.");
    expect(words(page.querySelector("#home-outside ~ * .fact, #home-outside + .fact-list .fact"))).toBe("unknown account 999999999999 can become staging:role/LogShippercriticalnot known");
    expect(words(page.querySelector(".not-seen"))).toContain("11 things");
  });

  it("asks what is pressed and opens accounts", async () => {
    const onAsk = vi.fn();
    const onAccount = vi.fn();
    const page = await draw(<Home summary={SUMMARY} onAsk={onAsk} onAccount={onAccount} onTour={none} />);
    await act(() => page.querySelector<HTMLButtonElement>(".question")?.click());
    expect(onAsk).toHaveBeenLastCalledWith("who can read s3://paperboat-invoices");
    await act(() => page.querySelector<HTMLButtonElement>(".fact .link")?.click());
    expect(onAsk).toHaveBeenLastCalledWith("who can read s3://paperboat-invoices");
    await act(() => page.querySelectorAll<HTMLButtonElement>(".account")[1]?.click());
    expect(onAccount).toHaveBeenCalledWith("111122223333");
  });

  it("finds an account that was not sent with it, and leads to every way in", async () => {
    const asked: string[] = [];
    const found = { id: "555566667777", name: "far-away", unit: null, identities: 3, things: 4 };
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return new Response(JSON.stringify({ schema: "clavicle.accounts/1", total: 1, from: 0, accounts: [found] }));
    });
    const onAccount = vi.fn();
    const go = vi.fn();
    const many = { ...SUMMARY, counts: { accounts: 2001, outside: 1143, outside_rows: 1143, not_known: 942 } };
    const page = await draw(<Home summary={many} onAsk={none} onAccount={onAccount} onTour={none} go={go} />);
    expect(words(page.querySelector("h1"))).toBe("1,143 outsiders get in, 942 of them not known.");
    expect(words(page.querySelector(".pager"))).toContain("1 to 4 of 2,001");
    await act(() => [...page.querySelectorAll<HTMLButtonElement>(".home-more .link")].find((each) => words(each).startsWith("and 1,14"))?.click());
    expect(go).toHaveBeenCalledWith({ view: "border", choices: {}, pick: null });
    const input = page.querySelector<HTMLInputElement>('input[type="search"]');
    if (input === null) throw new Error("nothing to find an account with");
    input.value = "far";
    await act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
    expect(asked.filter((path) => path.startsWith("/api/accounts"))).toEqual(["/api/accounts?find=far"]);
    await vi.waitFor(() => expect(words(page.querySelector(".account-list"))).toContain("far-away"));
    await act(() => page.querySelector<HTMLButtonElement>(".account")?.click());
    expect(onAccount).toHaveBeenCalledWith("555566667777");
    vi.unstubAllGlobals();
  });

  it("counts the chains to what matters, where they can be looked for unasked", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(new URL(path, "http://127.0.0.1").searchParams.get("text") ?? path);
      return new Response(JSON.stringify(WHO_INVOICES));
    });
    forgetAnswers();
    const page = await draw(<Home summary={SUMMARY} onAsk={none} onAccount={none} onTour={none} />);
    await vi.waitFor(() => expect(words(page.querySelector("#home-matters + .fact-list .home-chains"))).toBe(", 3 chains"));
    expect(asked).toContain("who can read s3://paperboat-invoices");
    asked.length = 0;
    forgetAnswers();
    await draw(<Home summary={{ ...SUMMARY, snapshot: { ...SUMMARY.snapshot, identities: 5001 } }} onAsk={none} onAccount={none} onTour={none} />);
    expect(asked).toEqual([]);
    vi.unstubAllGlobals();
  });

  it("says what is new and what is no longer found since about a week ago, if anything older is saved", async () => {
    const none_ = { critical: 0, high: 0, medium: 0, low: 0 };
    const since = async (about: object) => {
      forgetAnswers();
      vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ schema: "clavicle.since/1", with: "2026-08-15T09-14-00Z", id: "2026-08-15T09:14:00Z", new: none_, gone: none_, ...about })));
      const page = await draw(<HomeSince onCompare={none} />);
      await settle();
      vi.unstubAllGlobals();
      return words(page);
    };
    expect(await since({ new: { ...none_, critical: 1 }, gone: { ...none_, medium: 3 } })).toBe("since 2026-08-15: +1 critical new −3 medium no longer found");
    expect(await since({})).toBe("since 2026-08-15: the rules find the same");
    expect(await since({ with: null, id: null })).toBe("");
  });

  it("shows no accounts as found where the search failed", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ error: "the program is gone", hint: null, candidates: [] }), { status: 500 }));
    const many = { ...SUMMARY, counts: { accounts: 2001, outside: 0, outside_rows: 0, not_known: 0 } };
    const page = await draw(<Home summary={many} onAsk={none} onAccount={none} onTour={none} />);
    expect(page.querySelectorAll(".account")).toHaveLength(SUMMARY.accounts.length);
    const input = page.querySelector<HTMLInputElement>('input[type="search"]');
    if (input === null) throw new Error("nothing to find an account with");
    input.value = "gone";
    await act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
    await vi.waitFor(() => expect(words(page.querySelector(".error-box"))).toContain("the program is gone"));
    expect(page.querySelectorAll(".account")).toHaveLength(0);
    expect(page.querySelector(".pager")).toBeNull();
    vi.unstubAllGlobals();
  });

  it("has a sentence for every case", () => {
    const outside = (...known: boolean[]) => ({ ...SUMMARY, counts: { ...SUMMARY.counts, outside: known.length, not_known: known.filter((each) => !each).length } });
    expect(homeSentence(outside())).toBe("Nobody from outside gets in.");
    expect(homeSentence(outside(true))).toBe("One outsider gets in, known.");
    expect(homeSentence(outside(false))).toBe("One outsider gets in, not known.");
    expect(homeSentence(outside(false, false))).toBe("2 outsiders get in, none known.");
    expect(homeSentence({ ...SUMMARY, snapshot: { ...SUMMARY.snapshot, accounts: 0, identities: 0 } })).toBe("The snapshot is empty.");
  });
});

describe("the bar", () => {
  it("shortens the time of a snapshot, and nothing else", () => {
    expect(shortTime("2026-08-22T09:14:00Z")).toBe("2026-08-22 09:14");
    expect(shortTime("draft-3")).toBe("draft-3");
  });

  it("follows the system unless a theme was chosen", () => {
    expect(resolved("auto", false, false)).toBe("light");
    expect(resolved("auto", true, false)).toBe("dark");
    expect(resolved("auto", true, true)).toBe("contrast");
    expect(resolved("light", true, true)).toBe("light");
  });
});

it("says how to name what matters where nothing is named", async () => {
  const page = await draw(<Home summary={{ ...SUMMARY, matters: [], questions: ["what role/x", "who can read s3://ledger"] }} onAsk={() => undefined} onAccount={() => undefined} onTour={() => undefined} />);
  expect(page.querySelector(".toml-text")?.textContent).toBe('[[matter]]\nthing = "s3://ledger"\nwhy = "what is in it"');
  const bare = await draw(<Home summary={{ ...SUMMARY, matters: [], questions: [] }} onAsk={() => undefined} onAccount={() => undefined} onTour={() => undefined} />);
  expect(bare.querySelector(".toml-text")?.textContent).toContain('thing = "s3://NAME"');
  const named = await draw(<Home summary={SUMMARY} onAsk={() => undefined} onAccount={() => undefined} onTour={() => undefined} />);
  expect(named.querySelector(".toml-text")).toBeNull();
});
