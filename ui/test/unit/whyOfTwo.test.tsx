import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Ribbon, WhyOfTwoPage } from "../../src/api/map";
import { forgetAnswers } from "../../src/api/fetched";
import { differenceWords, WhyOfTwo } from "../../src/changes/WhyOfTwo";
import { pairWords } from "../../src/panel/pairWords";
import { STAGING_MAP, why } from "../mock/paperboat.mjs";
import { draw, words } from "./draw";

const thing = { name: "role/a", arn: null, kind: "role", account: null };
const side = (access: string[], conditions: string[] = [], only_if: string[] = conditions.length > 0 ? access : []) => ({ access, if: conditions, only_if });
const pair = (before: ReturnType<typeof side> | null, after: ReturnType<typeof side> | null) => ({ from: thing, to: thing, before, after });

describe("the words of a pair", () => {
  it("give no word without the condition that it hangs on", () => {
    expect(pairWords(side(["read"]))).toBe("read");
    expect(pairWords(side([], ["MFA"], []))).toBe("if MFA");
    expect(pairWords(side(["read"], ["MFA", "region"]))).toBe("read, if MFA and region");
    expect(pairWords(side(["read", "write"], ["MFA"], ["write"]))).toBe("read; write only if MFA");
  });

  it("say what is different, and call no condition the same on the word of its key", () => {
    expect(differenceWords(pair(side(["control"]), side(["control"], ["MFA"])), false)).toBe("Before: control, without a condition. After: control, if MFA.");
    expect(differenceWords(pair(side(["control"]), null), false)).toBe("Before: control, without a condition. After: nothing.");
    // `aws:RequestedRegion` is one region before and another after.
    expect(differenceWords(pair(side(["read"], ["region"]), side(["read"], ["region"])), false)).toBe("Before and after: read, if region. By other statements: what they ask for may be another.");
    expect(differenceWords(pair(side(["read"], ["region"]), side(["read"], ["region"])), true)).toBe("Before and after: read, if region.");
    expect(differenceWords(pair(side([]), side([])), false)).toBe("Before and after: yes, without a condition.");
  });
});

describe("the two sides of a line", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    forgetAnswers();
  });

  async function shown(about: Partial<WhyOfTwoPage>): Promise<string> {
    const ribbon = STAGING_MAP.ribbons[0] as Ribbon;
    const page: WhyOfTwoPage = { schema: "clavicle.why-of-two/1", ribbon: ribbon.id, sentence: "", total: 1, pairs: [pair(side(["read"]), null)], pair: 0, before: null, after: null, ...about };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(page)));
    const drawn = await draw(<WhyOfTwo ribbon={ribbon} level={{ account: null, unit: null }} pair={0} source={{ with: "before" }} onPair={() => undefined} onDocument={() => undefined} />);
    await vi.waitFor(() => expect(drawn.querySelector(".side")).not.toBeNull());
    await act(() => undefined);
    return words(drawn);
  }

  const nothing = { steps: [], refused: null };
  const [step] = why(STAGING_MAP, STAGING_MAP.ribbons[0]?.id ?? "", 0)?.steps ?? [];

  it("say of what was not worked out that it was not, and not that there is nothing", async () => {
    const told = await shown({ before: nothing, after: nothing });
    expect(told).toMatch(/Before ?It is there; by which statements was not worked out\. ?After ?It is not there; what is in its way was not worked out\./);
  });

  it("are one where the statements are the same, whatever number their documents have", async () => {
    if (step === undefined) throw new Error("the mock has no steps");
    const renumbered = JSON.parse(JSON.stringify(step).replace(/"document_id":(\d+)/g, '"document_id":9$1')) as typeof step;
    const both = { pairs: [pair(side(["read"]), side(["read"]))] };
    expect(await shown({ ...both, before: { steps: [step], refused: null }, after: { steps: [renumbered], refused: null } })).toContain("Before and after, the same statements");
    forgetAnswers();
    const other = JSON.parse(JSON.stringify(step).replace(/"text":"/g, '"text":"x')) as typeof step;
    expect(await shown({ ...both, before: { steps: [step], refused: null }, after: { steps: [other], refused: null } })).not.toContain("the same statements");
  });
});
