import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { address, call, CallError } from "../../src/api/call";
import { ErrorBox } from "../../src/shell/ErrorBox";
import { draw } from "./draw";

const signal = new AbortController().signal;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

afterEach(() => void vi.unstubAllGlobals());

describe("a call", () => {
  it("writes its parameters so that names cannot change it", () => {
    expect(address("map", { account: "1&focus=2", focus: null })).toBe("/api/map?account=1%26focus%3D2");
    expect(address("status")).toBe("/api/status");
  });

  it("gives the words of the program when it refuses", async () => {
    vi.stubGlobal("fetch", async () => json({ error: "no such thing", hint: "look again", candidates: ["who can read x", { text: "who can read y" }] }, 400));
    const error = await call("/api/ask?text=z", null, signal).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ message: "no such thing", hint: "look again", candidates: ["who can read x", "who can read y"], status: 400 });
  });

  it("explains a program that is gone, an answer that is no JSON, and one of another version", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("failed")));
    await expect(call("/api/status", null, signal)).rejects.toMatchObject({ message: "the program does not answer", status: 0 });
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 500 }));
    await expect(call("/api/status", null, signal)).rejects.toMatchObject({ message: "the program answered with status 500" });
    vi.stubGlobal("fetch", async () => new Response('{"items": [', { status: 200 }));
    await expect(call("/api/complete", null, signal)).rejects.toMatchObject({ message: "the answer was cut off", hint: "ask again" });
    vi.stubGlobal("fetch", async () => json({ schema: "clavicle.map/2" }));
    await expect(call("/api/map", "clavicle.map/1", signal)).rejects.toMatchObject({ hint: "the page and the program are of different versions: reload the page" });
    vi.stubGlobal("fetch", async () => new Response("", { status: 403 }));
    await expect(call("/api/status", null, signal)).rejects.toMatchObject({ hint: "open the address the program printed; its token works once" });
  });
});

describe("a call whose answer takes its time", () => {
  const WORKING = { state: "working", step: "comparing", done: 0, total: 0, error: null };

  it("says that it asks again, and begins anew what is gone only while somebody waits", async () => {
    vi.useFakeTimers();
    const asked: boolean[] = [];
    const answers = [json(WORKING, 202), json(WORKING, 202), json({ error: "this was stopped" }, 409), json(WORKING, 202), json({ schema: "clavicle.try/1" })];
    vi.stubGlobal("fetch", async (_: string, how: RequestInit) => {
      asked.push(new Headers(how.headers).has("clavicle-again"));
      return answers.shift() ?? json({}, 500);
    });
    const found = call("/api/try", "clavicle.try/1", signal, undefined, "{}");
    await vi.runAllTimersAsync();
    await expect(found).resolves.toMatchObject({ schema: "clavicle.try/1" });
    expect(asked).toEqual([false, true, true, false, true]);

    // Who stopped it waits no more: nothing is asked after that.
    const abort = new AbortController();
    asked.length = 0;
    answers.push(json(WORKING, 202), json({ error: "this was stopped" }, 409), json({}));
    const left = call("/api/try", null, abort.signal).catch((each: unknown) => each);
    await vi.advanceTimersByTimeAsync(400);
    abort.abort();
    await vi.runAllTimersAsync();
    expect(await left).not.toBeInstanceOf(CallError);
    expect(asked).toEqual([false, true]);
    vi.useRealTimers();
  });
});

describe("an error on the page", () => {
  it("shows what to do, offers the nearest questions, and can be copied whole", async () => {
    const onAsk = vi.fn();
    const copied: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    const error = new CallError("/api/ask?text=z", 400, "cannot read `z`", "try this", ["who can read <b>x</b>"]);
    const page = await draw(<ErrorBox error={error} onAsk={onAsk} />);
    expect(page.querySelector("b")).toBeNull();
    await act(() => page.querySelector<HTMLButtonElement>(".question")?.click());
    expect(onAsk).toHaveBeenCalledWith("who can read <b>x</b>");
    await act(() => page.querySelector<HTMLButtonElement>('[aria-label="copy the error"]')?.click());
    expect(copied).toEqual(["clavicle: cannot read `z`\ntry this\ncall: /api/ask?text=z\nstatus: 400"]);
  });
});
