import type { Fetched } from "../api/fetched";
import type { PoliciesPage, PolicyLine } from "../api/lists";
import { PageGlyph } from "../answer/Statement";
import { shellWord } from "../text/shellWord";
import { ChooseWhere } from "../list/ChooseWhere";
import { Choose, Find } from "../list/Choose";
import { ListView } from "../list/ListView";
import { RiskMark } from "../mark/Risk";
import type { Choice, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";

interface Props {
  fetched: Fetched<PoliciesPage>;
  place: Place;
  go: Go;
}

const LENSES = ["attached", "shared by tasks", "equal meaning", "nearly equal", "not attached", "AWS managed"];

/** Every policy: where it is attached, for how many tasks, and what it is like. */
export function PoliciesView({ fetched, place, go }: Props) {
  const { choices } = place;
  const choose = (choice: Choice) => (value: string | null) => go({ choices: { ...choices, from: "", [choice]: value ?? "" }, pick: null });
  return (
    <ListView
      name="Policies"
      fetched={fetched}
      place={place}
      go={go}
      empty="No policy is left by these choices."
      command={place.pick === null || place.pick.includes("#") ? "clavicle what policy/NAME" : `clavicle what ${shellWord(place.pick)}`}
      choices={(page) => (
        <>
          <div class="segmented" role="group" aria-label="lens">
            <button type="button" aria-pressed={choices.lens === undefined} onClick={() => choose("lens")(null)}>all</button>
            {LENSES.map((lens) => {
              const count = page.lenses.find((facet) => facet.id === lens)?.count ?? 0;
              return (
                <button key={lens} type="button" aria-pressed={choices.lens === lens} onClick={() => choose("lens")(lens)}>
                  {lens} <span class="count">{number(count)}</span>
                </button>
              );
            })}
          </div>
          <Choose label="kind" all="every kind" facets={page.kinds} value={choices.kind ?? null} onChoose={choose("kind")} />
          <ChooseWhere accounts={page.accounts} units={page.units} place={place} go={go} />
          <Find value={choices.find ?? ""} onFind={choose("find")} />
        </>
      )}
      rows={(page) => page.policies.map((line) => <PolicyRow key={line.name} line={line} open={place.pick === line.name} onOpen={() => go({ pick: place.pick === line.name ? null : line.name })} />)}
    />
  );
}

function PolicyRow({ line, open, onOpen }: { line: PolicyLine; open: boolean; onOpen: () => void }) {
  return (
    <li>
      <button type="button" class="row row-policy" data-pick={line.name} aria-pressed={open} onClick={onOpen}>
        <PageGlyph />
        <span class="row-main">
          <span class="row-sentence"><Name text={line.name} most={90} mono /></span>
          <span class="row-facts">
            <span>{visible(line.kind)}</span>
            <span><Sentence text={attachedWords(line)} /></span>
            {line.seen ? <span>{counted(line.statements, "statement")}</span> : <RiskMark risk="unknown" says="text not seen" />}
            {line.tasks > 1 && <span class="crown">{number(line.tasks)} unrelated tasks</span>}
            {line.equal > 0 && <span>means the same as {counted(line.equal, "other")}</span>}
            {line.near > 0 && <span>one statement apart from {number(line.near)}</span>}
          </span>
        </span>
      </button>
    </li>
  );
}

export function attachedWords(line: PolicyLine): string {
  if (line.known_later) return line.attached === 0 ? "to whom is known after deployment" : `attached to ${number(line.attached)}, perhaps to more`;
  if (line.attached === 0) return "not attached";
  const [first] = line.attached_to;
  if (line.attached === 1 && first !== undefined) return visible(line.kind === "trust policy" || line.kind === "resource policy" || line.kind === "inline policy" ? `of ${first}` : `attached to ${first}`);
  return `attached to ${number(line.attached)}`;
}
