import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { ChooseWhere } from "../../src/list/ChooseWhere";
import { HOME, parsePlace, type Place, placeFragment } from "../../src/place/place";
import { draw, words } from "./draw";

const accounts = [{ id: "444455556666", label: "staging", count: 3 }];
const units = [{ id: "ou-pb0a-df110817", label: "workloads/staging", count: 3 }];
const ON_BORDER: Place = { ...HOME, view: "border", pick: "somebody", choices: { from: "60", severity: "high" } };

async function chosen(place: Place, value: string): Promise<Partial<Place>> {
  let change: Partial<Place> = {};
  const page = await draw(<ChooseWhere accounts={accounts} units={units} place={place} go={(next) => (change = next)} />);
  const select = page.querySelector("select");
  if (select === null) throw new Error("nothing to choose from");
  select.value = value;
  await act(() => void select.dispatchEvent(new Event("change", { bubbles: true })));
  return change;
}

it("chooses a unit in place of an account, and an account in place of a unit, from the first row on", async () => {
  const rest = { choices: { from: "", severity: "high" }, pick: null };
  expect(await chosen({ ...ON_BORDER, account: "444455556666" }, "unit ou-pb0a-df110817")).toEqual({ account: null, unit: "ou-pb0a-df110817", ...rest });
  expect(await chosen({ ...ON_BORDER, unit: "ou-pb0a-df110817" }, "account 444455556666")).toEqual({ account: "444455556666", unit: null, ...rest });
  expect(await chosen({ ...ON_BORDER, unit: "ou-pb0a-df110817" }, "")).toEqual({ account: null, unit: null, ...rest });
});

it("shows what is chosen, also where it leaves no row or is not there", async () => {
  const page = await draw(<ChooseWhere accounts={accounts} units={units} place={{ ...ON_BORDER, unit: "ou-of-nobody" }} go={() => undefined} />);
  expect(page.querySelector("select")?.value).toBe("unit ou-of-nobody");
  expect([...page.querySelectorAll("option")].map(words)).toEqual(["every account", "ou-of-nobody (0)", "workloads/staging (3)", "staging (3)"]);
});

it("comes back from a link", () => {
  const link = placeFragment({ ...ON_BORDER, unit: "ou-pb0a-df110817" });
  expect(link).toContain("unit=ou-pb0a-df110817");
  expect(parsePlace(link).unit).toBe("ou-pb0a-df110817");
});
