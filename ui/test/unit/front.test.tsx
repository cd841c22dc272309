import { expect, it } from "vitest";
import type { MapPage, Ribbon, Shape } from "../../src/api/map";
import { frontOf, MOST_FOLLOWED } from "../../src/map/front";
import { MapView } from "../../src/map/MapView";
import { HOME, type Place } from "../../src/place/place";
import { STAGING_MAP } from "../mock/paperboat.mjs";
import { draw, words } from "./draw";

const line = STAGING_MAP.ribbons[0] as Ribbon;
const box = STAGING_MAP.shapes[0] as Shape;

function ribbon(from: string, relation: string, to: string, change: Partial<Ribbon> = {}): Ribbon {
  return { ...line, id: `${relation}|${from}|${to}`, from, to, relation: relation as Ribbon["relation"], mark: null, ...change };
}

/** A map of these lines, and of so many more that nobody follows one by eye. */
function crowded(own: Ribbon[], change: Partial<MapPage> = {}): MapPage {
  const others = Array.from({ length: MOST_FOLLOWED }, (_, at) => ribbon(`a${at}`, "touches", `b${at}`, own[0]?.change === undefined ? {} : { change: "same" }));
  const ribbons = [...own, ...others];
  const names = [...new Set(ribbons.flatMap(({ from, to }) => [from, to]))];
  const shapes = names.map((id) => ({ ...box, id, label: id, mark: null, crown: id === "invoices" ? "matters" : null }) as Shape);
  return { ...STAGING_MAP, level: "account", ribbons, shapes, rows: [], tray: [], ...change };
}

const CHAIN = [
  ribbon("stranger", "becomes", "LogShipper", { mark: "critical" }),
  ribbon("LogShipper", "controls", "nightly-report"),
  ribbon("LogShipper", "controls", "web"),
  ribbon("LogShipper", "touches", "logs"),
  ribbon("nightly-report", "runs as", "nightly-exec"),
  ribbon("nightly-exec", "controls", "web"),
  ribbon("nightly-exec", "becomes", "prod"),
  ribbon("prod", "touches", "invoices"),
  ribbon("other", "becomes", "prod", { mark: "low" }),
];

it("brings the worst line of an account to the front, and where one gets on to from there, each place by the shortest way", () => {
  expect([...(frontOf(crowded(CHAIN)) ?? [])]).toEqual([
    "becomes|stranger|LogShipper",
    "controls|LogShipper|nightly-report",
    "controls|LogShipper|web",
    "runs as|nightly-report|nightly-exec",
    "becomes|nightly-exec|prod",
    "touches|prod|invoices",
  ]);
});

it("brings all ways out of an account to the front, and those to what matters that is led to by worse than any line tells", () => {
  const out = crowded([...CHAIN, ribbon("web", "becomes", "prod")]);
  const ways = frontOf({ ...out, shapes: out.shapes.map((each) => (each.id === "prod" ? { ...each, kind: "stub" as const } : each)) });
  expect([ways?.has("becomes|web|prod"), ways?.has("becomes|nightly-exec|prod")]).toEqual([true, true]);
  // Chains that come from another account end here, at a role that nothing tells of.
  const target = crowded(CHAIN.slice(3).concat(ribbon("stub", "becomes", "reporting"), ribbon("reporting", "touches", "invoices"), ribbon("reporting", "touches", "logs")));
  const led = { ...target, shapes: target.shapes.map((each) => (each.id === "invoices" ? { ...each, mark: "critical" as const } : each)) };
  expect([...(frontOf(led) ?? [])].sort()).toEqual(["becomes|nightly-exec|prod", "becomes|other|prod", "becomes|stub|reporting", "runs as|nightly-report|nightly-exec", "controls|LogShipper|nightly-report", "touches|prod|invoices", "touches|reporting|invoices"].filter((id) => target.ribbons.some((each) => each.id === id)).sort());
});

it("brings all lines that are as bad to the front where shapes are accounts, and what is different where two states are one map", () => {
  const bad = [ribbon("x", "becomes", "prod", { mark: "high" }), ribbon("y", "becomes", "tools", { mark: "high" }), ribbon("z", "becomes", "tools", { mark: "low" })];
  expect([...(frontOf(crowded(bad, { level: "unit" })) ?? [])]).toEqual(["becomes|x|prod", "becomes|y|tools"]);
  const changed = [ribbon("x", "becomes", "prod", { change: "gone" }), ribbon("y", "becomes", "prod", { change: "same", mark: "critical" })];
  const both = crowded(changed, { change: { gone: 1, new: 0, same: 41, left_out: 0 } });
  expect([...(frontOf(both) ?? [])]).toEqual(["becomes|x|prod"]);
});

it("leaves lines alike where there are few, or none is bad", () => {
  expect(frontOf({ ...crowded(CHAIN), ribbons: CHAIN })).toBeNull();
  expect(frontOf(crowded(CHAIN.map((each) => ({ ...each, mark: null }))))).toBeNull();
});

it("draws what stands back faintly and without its words, until all are asked for alike", async () => {
  const page = crowded(CHAIN);
  const shown = (place: Place) => draw(<MapView whole={page} page={page} place={place} go={() => undefined} onAsk={() => undefined} />);
  const map = await shown({ ...HOME, view: "map", account: "444455556666", drawn: "map" });
  const back = [...map.querySelectorAll(".ribbons > .back")].map((each) => each.getAttribute("data-spot"));
  expect(back).toHaveLength(page.ribbons.length - 6);
  expect(back).toContain("touches|LogShipper|logs");
  const button = [...map.querySelectorAll("button")].find((each) => words(each).startsWith("all lines alike"));
  expect(words(button ?? null)).toContain(`${page.ribbons.length - 6} stand behind the worst`);
  // Nothing is away: every line is in the drawing, and none stands back that is asked for.
  expect(map.querySelectorAll(".ribbons > .ribbon")).toHaveLength(page.ribbons.length);
  expect((await shown({ ...HOME, view: "map", account: "444455556666", drawn: "map", alike: true })).querySelectorAll(".back")).toHaveLength(0);
  expect((await shown({ ...HOME, view: "map", account: "444455556666", drawn: "map", focus: "LogShipper" })).querySelectorAll(".back")).toHaveLength(0);
});
