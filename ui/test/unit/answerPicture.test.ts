import { expect, it } from "vitest";
import type { MapPage } from "../../src/api/map";
import { rowAlong, shortened } from "../../src/answer/AnswerPicture";
import { WHO_INVOICES } from "../mock/paperboat.mjs";

const { answers } = WHO_INVOICES;
const shape = (id: string, label: string, members = [label]) => ({ id, label, members }) as MapPage["shapes"][number];
const line = (from: string, to: string) => ({ id: `${from}|${to}`, from, to }) as MapPage["ribbons"][number];
const chain = answers.findIndex(({ steps }) => steps.length > 2);
const [first, second] = (answers[chain]?.steps ?? []).map(({ to }) => to.name);

it("opens the row whose steps go along a line, and not one that passes by its ends only", () => {
  const page = { shapes: [shape("a", first ?? ""), shape("b", second ?? ""), shape("c", "nobody")], ribbons: [line("a", "b"), line("b", "a"), line("a", "c")] };
  expect(rowAlong(answers, page, { on: "ribbon", id: "a|b" })).toBe(chain);
  expect(rowAlong(answers, page, { on: "ribbon", id: "b|a" })).toBeNull();
  expect(rowAlong(answers, page, { on: "ribbon", id: "a|c" })).toBeNull();
  expect(rowAlong(answers, page, { on: "shape", id: "b" })).toBe(chain);
});

it("knows a group by its label and by its members", () => {
  const group = answers.findIndex(({ count }) => count > 1);
  const { label, who } = answers[group] ?? { label: "", who: [] };
  expect(rowAlong(answers, { shapes: [shape("g", label, [])], ribbons: [] }, { on: "shape", id: "g" })).toBe(group);
  expect(rowAlong(answers, { shapes: [shape("g", "several", who.map(({ name }) => name))], ribbons: [] }, { on: "shape", id: "g" })).toBe(group);
});

it("shortens names to what tells them apart, with what they are beside it", () => {
  const labels = ["staging:role/LogShipper", "s3://paperboat-invoices", "acct/999999999999", "staging:role/a/b:c", "(?!"];
  const page = { shapes: labels.map((label) => shape(label, label)) } as MapPage;
  expect(shortened(page).shapes.map((each) => each.label)).toEqual(["LogShipper", "s3://paperboat-invoices", "acct/999999999999", "a/b:c", "(?!"]);
  expect(shortened(page).shapes[0]?.sub).toBe("role, staging");
});
