import type { Facet } from "../api/lists";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { number } from "../text/count";
import { elide } from "../text/elide";
import { visible } from "../text/visible";

interface Props {
  accounts: Facet[];
  /** Organizational units, each with all accounts in it. */
  units: Facet[];
  place: Place;
  go: Go;
}

/** Narrows a list to one account, or to all accounts of an organizational unit: the same that the map is of, so it travels along. */
export function ChooseWhere({ accounts, units, place, go }: Props) {
  const value = place.account !== null ? `account ${place.account}` : place.unit !== null ? `unit ${place.unit}` : "";
  const groups = [["unit", "units", units], ["account", "accounts", accounts]] as const;
  const known = value === "" || groups.some(([kind, , facets]) => facets.some(({ id }) => value === `${kind} ${id}`));
  const options = (kind: string, facets: Facet[]) =>
    facets.map(({ id, label, count }) => <option key={id} value={`${kind} ${id}`}>{`${elide(visible(label), 60)} (${number(count)})`}</option>);
  const choose = (chosen: string) => {
    const [kind, id] = [chosen.slice(0, chosen.indexOf(" ")), chosen.slice(chosen.indexOf(" ") + 1)];
    go({ account: kind === "account" ? id : null, unit: kind === "unit" ? id : null, choices: { ...place.choices, from: "" }, pick: null });
  };
  return (
    <label class={value === "" ? "choose" : "choose chosen"}>
      <span class="choose-label">account</span>
      <select aria-label="account" value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">every account</option>
        {!known && <option value={value}>{`${elide(visible(place.account ?? place.unit ?? ""), 60)} (0)`}</option>}
        {units.length === 0 ? options("account", accounts) : groups.map(([kind, word, facets]) => <optgroup key={kind} label={word}>{options(kind, facets)}</optgroup>)}
      </select>
    </label>
  );
}
