import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import type { MapPage, Shape } from "../../src/api/map";
import { badgePlaces } from "../../src/map/badges";
import { accessWords, MapTable } from "../../src/map/MapTable";
import { MapView } from "../../src/map/MapView";
import { pointAlong, ribbonEnd } from "../../src/map/path";
import { seenOf } from "../../src/map/seen";
import { connected, walk } from "../../src/map/walk";
import { wavyLine } from "../../src/map/wavy";
import { HOME, levelPlace, type Place } from "../../src/place/place";
import { HOSTILE, ORGANIZATION, STAGING_MAP } from "../mock/paperboat.mjs";
import { draw, words } from "./draw";

const ON_MAP: Place = { ...HOME, view: "map" };
const none = () => undefined;

/** The map as the app shows it. */
function Seen({ page, place, ...rest }: { page: MapPage; place: Place; go: (change: Partial<Place>) => void; onAsk: (text: string, cut?: boolean) => void }) {
  return <MapView whole={page} page={seenOf(page, place)} place={place} {...rest} />;
}

describe("the map", () => {
  it("draws every shape and ribbon once, each with its sentence as its name", async () => {
    const page = await draw(<Seen page={STAGING_MAP} place={{ ...ON_MAP, account: "444455556666" }} go={none} onAsk={none} />);
    const names = [...page.querySelectorAll("svg [data-spot]")].map((spot) => spot.getAttribute("aria-label"));
    expect(names).toHaveLength(STAGING_MAP.shapes.length + STAGING_MAP.ribbons.length);
    expect(names).toContain("unknown account 999999999999 can become staging:role/LogShipper");
    expect(names).toContain(HOSTILE.replace("\u202e", "⟨U+202E⟩"));
    expect(page.querySelector("img")).toBeNull();
  });

  it("tells kinds and relations apart by shape and line, not by colour alone", async () => {
    const page = await draw(<Seen page={STAGING_MAP} place={ON_MAP} go={none} onAsk={none} />);
    const look = (id: string) => page.querySelector(`[data-spot="${id}"]`);
    expect(look("t:secrets")?.querySelector(".frame-wavy")).not.toBeNull();
    expect(look("o:1")?.querySelector(".frame-dashed")).not.toBeNull();
    expect(look("i:dev")?.querySelector(".kind-second")).not.toBeNull();
    expect(words(page.querySelector('[data-words="i:dev"]'))).toBe("dev-*×41");
    expect(look("i:glass")?.querySelector(".crown-admin")).not.toBeNull();
    expect(look("controls|e:shipper|w:nightly")?.querySelector(".relation-controls")).not.toBeNull();
    expect(look("runs as|w:nightly|i:exec")?.querySelector(".relation-runs-as")).not.toBeNull();
    expect(words(page.querySelector('[data-words="touches|i:dev|t:logs"]'))).toBe("LR");
    expect(look("touches|i:dev|t:logs")?.querySelector(".ribbon-head")).toBeNull();
    expect(page.querySelectorAll(".badge .condition-glyph")).toHaveLength(1);
  });

  it("draws what nobody knows as a wave with its own mark, and tells it so as a cell and as a row", async () => {
    const id = "touches|i:dev|t:logs";
    const ribbons = STAGING_MAP.ribbons.map((each) => (each.id === id ? { ...each, if: "unseen resource policy allows", unseen: true, label: { x: 300, y: 60, text: "" } } : each));
    const rows = STAGING_MAP.rows.map((row) => (row.ribbon === id ? { ...row, if: "unseen resource policy allows" } : row));
    const unseen = { ...STAGING_MAP, ribbons, rows };
    const page = await draw(<Seen page={unseen} place={ON_MAP} go={none} onAsk={none} />);
    const line = page.querySelector(`[data-spot="${id}"]`);
    expect(line?.querySelector(".ribbon-stroke")?.getAttribute("d")).toBe(wavyLine(ribbons.find((each) => each.id === id)?.path ?? ""));
    const badge = [...page.querySelectorAll(".badge")].find((each) => words(each).includes("unseen"));
    expect(words(badge ?? null)).toBe("unseen resource policy");
    expect([badge?.querySelectorAll(".risk-unknown").length, badge?.querySelectorAll(".condition-glyph").length]).toEqual([1, 0]);
    expect(words(page.querySelector(".legend"))).toContain("unknown: not seen whether it is there");
    const table = await draw(<MapTable page={unseen} shown selected={null} onOpen={none} />);
    expect([...table.querySelectorAll("tbody tr")].map((row) => words(row)).filter((row) => row.includes("unknown unseen resource policy allows"))).toHaveLength(1);
  });

  it("waves along its line from end to end", () => {
    const wave = wavyLine("M 0 0 L 100 0");
    const ends = wave.match(/-?[\d.]+ -?[\d.]+(?= Q|$)/g) ?? [];
    expect([wave.startsWith("M 0 0 Q "), ends.at(-1)]).toEqual([true, "100 0"]);
    // To both sides of it, by as much.
    const heights = [...wave.matchAll(/Q [\d.]+ (-?[\d.]+) /g)].map((match) => Number(match[1]));
    expect(Math.max(...heights)).toBeGreaterThan(3);
    expect(Math.min(...heights)).toBe(-Math.max(...heights));
    // Where there is no room for a wave, the line is as it was.
    expect(wavyLine("M 0 0 L 9 0")).toBe("M 0 0 L 9 0");
  });

  it("has one tab stop, and the same rows as a table that takes no focus beside the drawing", async () => {
    const page = await draw(<Seen page={ORGANIZATION} place={ON_MAP} go={none} onAsk={none} />);
    expect(page.querySelectorAll('svg [tabindex="0"]')).toHaveLength(1);
    expect(page.querySelectorAll(".map-table tbody tr")).toHaveLength(ORGANIZATION.rows.length);
    expect(page.querySelectorAll(".map-table button")).toHaveLength(0);
  });

  it("opens an account's map, or why a line is there", async () => {
    const go = vi.fn();
    const page = await draw(<Seen page={ORGANIZATION} place={ON_MAP} go={go} onAsk={none} />);
    const press = (id: string) => act(() => void page.querySelector(`[data-spot="${id}"]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true })));
    await press("acct:444455556666");
    expect(go).toHaveBeenLastCalledWith(levelPlace({ account: "444455556666", unit: null }));
    await press("touches|acct:111122223333|invoices");
    expect(go).toHaveBeenLastCalledWith({ ribbon: "touches|acct:111122223333|invoices", shape: null, pair: null });
    await press("invoices");
    expect(go).toHaveBeenLastCalledWith({ shape: "invoices", ribbon: null, pair: null });
  });

  it("opens a unit's map, and goes back up by the units above", async () => {
    const go = vi.fn();
    const [first, ...others] = ORGANIZATION.shapes.filter((shape) => shape.kind === "account");
    const unit = { ...(first as Shape), kind: "unit" as const, label: "workloads", count: 92, equal: false, account: null, unit: "ou-a1b2-workloads" };
    const group = { ...(others[0] as Shape), label: "prod-0107 … prod-0388", sub: "12 accounts", count: 12, equal: false, account: null };
    const low = { ...(others[1] as Shape), label: "prod-0401 … prod-0499", sub: "7 accounts", h: 26, count: 7, equal: false, account: null };
    const crumbs = [{ label: "organization", account: null, unit: null }, { label: "all of it", account: null, unit: "ou-a1b2-top" }, { label: "here", account: null, unit: "ou-a1b2-here" }];
    const shapes = ORGANIZATION.shapes.map((shape) => [unit, group, low].find((each) => each.id === shape.id) ?? shape);
    const page = await draw(<Seen page={{ ...ORGANIZATION, level: "unit", crumbs, shapes }} place={{ ...ON_MAP, unit: "ou-a1b2-here" }} go={go} onAsk={none} />);
    const press = async (id: string, key: string) => {
      const spot = page.querySelector<SVGGElement>(`.shapes > [data-spot="${id}"]`);
      await act(() => spot?.focus());
      await act(() => void spot?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
    };
    await press(unit.id, "Enter");
    expect(go).toHaveBeenLastCalledWith(levelPlace({ account: null, unit: "ou-a1b2-workloads" }));
    await act(() => void page.querySelectorAll<HTMLButtonElement>(".crumb")[1]?.click());
    expect(go).toHaveBeenLastCalledWith(levelPlace({ account: null, unit: "ou-a1b2-top" }));
    // A unit is opened and not taken apart; accounts that are drawn together are, and say how many they are.
    const calls = go.mock.calls.length;
    await press(unit.id, "o");
    expect(go).toHaveBeenCalledTimes(calls);
    await press(group.id, "o");
    expect(go.mock.lastCall?.[0]).toMatchObject({ apart: group.id });
    // How many stand together is said once: below the name, or beside it.
    expect(words(page.querySelector(`[data-words="${group.id}"]`))).toMatch(/^prod-01.*…[^×]*12 accounts$/);
    expect(words(page.querySelector(`[data-words="${low.id}"]`))).toMatch(/^prod-04.*….*×7$/);
    expect(words(page.querySelector(`[data-words="${unit.id}"]`))).not.toContain("×");
  });

  it("opens on the sentence of its worst line", async () => {
    const page = await draw(<Seen page={ORGANIZATION} place={ON_MAP} go={none} onAsk={none} />);
    expect(words(page.querySelector(".map-sentence"))).toBe("critical unknown account 999999999999 can become staging:role/LogShipper".replace(" ", ""));
  });

  it("says so when there is nothing", async () => {
    const empty: MapPage = { ...ORGANIZATION, shapes: [], ribbons: [], rows: [], bands: [], tray: [] };
    const page = await draw(<Seen page={empty} place={ON_MAP} go={none} onAsk={none} />);
    expect(page.querySelector("svg.map-drawing")).toBeNull();
    expect(words(page)).toContain("nothing on this map");
  });
});

describe("the table twin", () => {
  it("has the worst row first, access in words, and a button for why", async () => {
    const onOpen = vi.fn();
    const page = await draw(<MapTable page={ORGANIZATION} shown selected={null} onOpen={onOpen} />);
    const rows = [...page.querySelectorAll("tbody tr")].map(words);
    expect(rows[0]).toMatch(/^critical\s?999999999999/);
    expect(rows.some((row) => row.includes("touches read, write"))).toBe(true);
    await act(() => page.querySelector<HTMLButtonElement>("tbody tr button")?.click());
    expect(onOpen).toHaveBeenCalledWith("becomes|outside:999999999999|acct:444455556666");
    expect(accessWords("LZ")).toBe("list, Z");
  });
});

describe("walking the map by arrow keys", () => {
  const shape = (id: string) => ({ on: "shape", id }) as const;
  const ribbon = (id: string) => ({ on: "ribbon", id }) as const;

  it("follows lines to the right and to the left", () => {
    const line = "becomes|o:1|e:shipper";
    expect(walk(STAGING_MAP, shape("o:1"), "ArrowRight", null)).toEqual(ribbon(line));
    expect(walk(STAGING_MAP, ribbon(line), "ArrowRight", "o:1")).toEqual(shape("e:shipper"));
    expect(walk(STAGING_MAP, ribbon(line), "ArrowLeft", "o:1")).toEqual(shape("o:1"));
    expect(walk(STAGING_MAP, shape("e:shipper"), "ArrowLeft", null)).toEqual(ribbon(line));
  });

  it("goes through a band, and through the lines of one shape, and stops at the ends", () => {
    expect(walk(STAGING_MAP, shape("i:dev"), "ArrowDown", null)).toEqual(shape("i:deployer"));
    expect(walk(STAGING_MAP, shape("i:dev"), "ArrowUp", null)).toEqual(shape("i:dev"));
    const [first, second] = ["controls|i:deployer|w:nightly", "controls|i:deployer|w:web"];
    expect(walk(STAGING_MAP, ribbon(first), "ArrowDown", "i:deployer")).toEqual(ribbon(second));
    expect(walk(STAGING_MAP, ribbon(second), "ArrowDown", "i:deployer")).toEqual(ribbon(second));
  });

  it("reaches every shape from every shape, so that nothing is for the mouse only", () => {
    const keys = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"] as const;
    for (const page of [ORGANIZATION, STAGING_MAP]) {
      const start = walk(page, null, "ArrowRight", null);
      const seen = new Map<string, { on: "shape" | "ribbon"; id: string }>();
      const queue = start === null ? [] : [start];
      while (queue.length > 0) {
        const spot = queue.pop();
        if (spot === undefined || seen.has(spot.id)) continue;
        seen.set(spot.id, spot);
        const came = spot.on === "ribbon" ? [page.ribbons.find((each) => each.id === spot.id)?.from ?? null, page.ribbons.find((each) => each.id === spot.id)?.to ?? null] : [null];
        for (const key of keys) for (const from of came) {
          const next = walk(page, spot, key, from);
          if (next !== null) queue.push(next);
        }
      }
      expect([...page.shapes, ...page.ribbons].filter((each) => !seen.has(each.id)).map((each) => each.id)).toEqual([]);
    }
  });

  it("lights a shape with its lines and their ends", () => {
    expect([...connected(STAGING_MAP, shape("e:shipper"))].sort()).toEqual(
      ["becomes|o:1|e:shipper", "controls|e:shipper|w:nightly", "e:shipper", "o:1", "w:nightly"].sort(),
    );
  });
});

describe("the geometry of a line", () => {
  it("reads where it ends and from where it comes", () => {
    expect(ribbonEnd("M 0 0 C 50 0 50 100 100 100")).toEqual({ end: { x: 100, y: 100 }, angle: 0 });
    expect(ribbonEnd("M10 10L10 40")).toEqual({ end: { x: 10, y: 40 }, angle: 90 });
    expect(ribbonEnd("M0,0 H40 V-30")?.angle).toBe(-90);
    expect(ribbonEnd("")).toBeNull();
    expect(ribbonEnd("M 1 2")).toBeNull();
  });

  it("finds points along it", () => {
    expect(pointAlong("M 0 0 C 50 0 50 100 100 100", 0.5)).toEqual({ x: 50, y: 50 });
    expect(pointAlong("M 0 0 L 10 0 L 10 10", 0.75)).toEqual({ x: 10, y: 5 });
    expect(pointAlong("nonsense", 0.5)).toBeNull();
  });

  it("puts badges where they cover neither shapes nor each other, the same way each time", () => {
    const size = { width: 60, height: 18 };
    const places = badgePlaces(STAGING_MAP, (each) => (each.label === null ? null : size));
    expect(places.size).toBe(STAGING_MAP.ribbons.filter((each) => each.label !== null).length);
    expect(badgePlaces(STAGING_MAP, (each) => (each.label === null ? null : size))).toEqual(places);
    const crossing: MapPage = {
      ...ORGANIZATION,
      shapes: [{ ...ORGANIZATION.shapes[0]!, x: 80, y: -20, w: 40, h: 40 }],
      ribbons: [{ ...ORGANIZATION.ribbons[0]!, path: "M 0 0 L 200 0", label: { x: 100, y: 0, text: "×3" } }],
    };
    const moved = [...badgePlaces(crossing, () => size).values()][0];
    expect(moved?.y).toBe(0);
    expect(Math.abs((moved?.x ?? 100) - 100)).toBeGreaterThanOrEqual(50 - 0.001);
  });

  it("hides a shape and its lines, and leaves all others where they are", async () => {
    const go = vi.fn();
    const page = await draw(<Seen page={STAGING_MAP} place={ON_MAP} go={go} onAsk={none} />);
    const where = (root: ParentNode) => [...root.querySelectorAll(".shape")].map((shape) => `${shape.getAttribute("data-spot")} ${shape.getAttribute("transform")}`);
    const line = STAGING_MAP.ribbons[0];
    const shape = [...page.querySelectorAll<SVGGElement>(".shape")].find((each) => each.dataset.spot === line?.to);
    shape?.dispatchEvent(new FocusEvent("focus"));
    await Promise.resolve();
    await new Promise((done) => setTimeout(done));
    shape?.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
    expect(go).toHaveBeenLastCalledWith({ hidden: [line?.to] });
    const without = await draw(<Seen page={STAGING_MAP} place={{ ...ON_MAP, hidden: [line?.to ?? ""] }} go={none} onAsk={none} />);
    const all = new Set(where(page));
    const left = where(without);
    expect(left).toHaveLength(STAGING_MAP.shapes.length - 1);
    expect(left.every((each) => all.has(each))).toBe(true);
    expect(without.querySelector(`[data-row="${line?.id}"]`)).toBeNull();
    expect(without.querySelectorAll(".ribbon[data-spot]").length).toBe(STAGING_MAP.ribbons.filter((each) => each.to !== line?.to && each.from !== line?.to).length);
  });

  it("asks for the cheapest cut of the chains to the shape that C is pressed on, and of no other", async () => {
    const onAsk = vi.fn();
    const page = await draw(<Seen page={ORGANIZATION} place={ON_MAP} go={none} onAsk={onAsk} />);
    const press = async (id: string) => {
      const shape = page.querySelector<SVGGElement>(`.shape[data-spot="${id}"]`);
      await act(() => void shape?.dispatchEvent(new FocusEvent("focus")));
      shape?.dispatchEvent(new KeyboardEvent("keydown", { key: "c", bubbles: true }));
    };
    await press("acct:444455556666");
    expect(onAsk).not.toHaveBeenCalled();
    await press("invoices");
    expect(onAsk).toHaveBeenLastCalledWith("who can read s3://paperboat-invoices", true);
  });
});
