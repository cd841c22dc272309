import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import type { CellsPage, MapPage } from "../../src/api/map";
import { besideLines } from "../../src/map/beside";
import { MapMatrix } from "../../src/map/MapMatrix";
import { STAGING_MAP } from "../mock/paperboat.mjs";
import { draw, words } from "./draw";

const none = () => undefined;
const lane = (shape: string, band: string) => ({ shape, band, service: null, unseen: false });
/** Who by what of three shapes of the mock: one line, and two cells without one. */
const PAGE: MapPage = {
  ...STAGING_MAP,
  matrix: {
    rows: [lane("o:1", "OUTSIDE"), lane("i:dev", "IDENTITIES")],
    columns: [lane("t:secrets", "THINGS"), lane("w:nightly", "WORKLOADS")],
    cells: [{ row: 1, column: 1, lines: [{ ribbon: "x", relation: "controls", letters: "", conditional: false, unseen: false, count: 1 }] }],
    dense: false,
  },
};
const CELLS: CellsPage = {
  schema: "clavicle.cells/1",
  by_others: [
    { row: "o:1", column: "t:secrets", letter: "R", steps: 5, verdict: "depends", ask: "path acct/999999999999 secret" },
    { row: "o:1", column: "t:secrets", letter: "W", steps: 5, verdict: "depends", ask: "path acct/999999999999 secret" },
    { row: "i:dev", column: "t:secrets", letter: "R", steps: 12, verdict: "unknown", ask: "path role/dev secret" },
  ],
  denied: [
    { row: "i:dev", column: "t:secrets", letter: "W", ask: "can role/dev s:Put secret" },
    { row: "i:dev", column: "w:nightly", letter: "D", ask: "can role/dev s:Del nightly" },
  ],
  notes: [],
};

describe("what cells have beside lines", () => {
  it("puts letters of as many steps together, and never an unknown with a yes", () => {
    const found = besideLines(CELLS);
    expect(found.get("o:1 t:secrets")?.map((each) => each.text)).toEqual(["[⁵RW]"]);
    expect(found.get("i:dev t:secrets")?.map((each) => each.text)).toEqual(["¹²R~", "✕W"]);
    expect(found.get("o:1 t:secrets")?.[0]?.words).toBe("read, write in 5 steps, by way of others, if conditions hold");
    expect(besideLines(null).size).toBe(0);
  });

  it("marks a line of which nobody knows whether it is there, which is no condition that could be met", async () => {
    const lines = [{ ribbon: "x", relation: "touches" as const, letters: "R", conditional: true, unseen: true, count: 1 }];
    const page = await draw(<MapMatrix page={{ ...PAGE, matrix: { ...PAGE.matrix, cells: [{ row: 1, column: 1, lines }] } }} selected={null} onOpen={none} onShape={none} />);
    expect(words(page.querySelector(".matrix-line"))).toBe("R~");
    expect(page.querySelector(".matrix-line")?.getAttribute("aria-label")).toContain("not known");
  });

  it("is in the cells, also beside a line, and asks why", async () => {
    const asked = vi.fn();
    const before = await draw(<MapMatrix page={PAGE} selected={null} onOpen={none} onShape={none} />);
    const texts = (page: HTMLElement) => [...page.querySelectorAll(".matrix-cell")].map((cell) => words(cell));
    expect(texts(before)).toEqual(["· no line", "· no line", "· no line", "╌▷"]);
    const page = await draw(<MapMatrix page={PAGE} selected={null} onOpen={none} onShape={none} cells={CELLS} onAsk={asked} />);
    expect(texts(page)).toEqual(["[⁵RW]", "· no line", "¹²R~✕W", "╌▷✕D"]);
    await act(() => page.querySelector<HTMLButtonElement>(".matrix-line")?.click());
    expect(asked).toHaveBeenCalledWith("path acct/999999999999 secret");
    // A folded group with nothing but chains is not without anything.
    await act(() => page.querySelector<HTMLButtonElement>("thead .matrix-fold")?.click());
    expect(texts(page)).toEqual(["1", "· no line", "1", "╌▷✕D"]);
  });
});
