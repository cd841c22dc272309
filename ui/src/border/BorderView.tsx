import type { Fetched } from "../api/fetched";
import type { BorderPage, Way } from "../api/lists";
import { exportCall } from "../export/exported";
import { Choose, Find } from "../list/Choose";
import { ListView } from "../list/ListView";
import { KindMark } from "../mark/KindGlyph";
import { type Risk, RiskMark } from "../mark/Risk";
import type { Choice, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { counted } from "../text/count";
import { elide } from "../text/elide";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";

interface Props {
  fetched: Fetched<BorderPage>;
  place: Place;
  go: Go;
}

/** Who gets in from outside: outsider, door, guard and what is behind, one row each, the worst first. */
export function BorderView({ fetched, place, go }: Props) {
  const { choices } = place;
  const choose = (choice: Choice) => (value: string | null) => go({ choices: { ...choices, from: "", [choice]: value ?? "" }, pick: null });
  return (
    <ListView
      name="Border"
      fetched={fetched}
      place={place}
      go={go}
      empty="No way in is left by these choices."
      command={choices.public === "true" ? "clavicle outside --public" : "clavicle outside"}
      choices={(page) => (
        <>
          <div class="segmented" role="group" aria-label="which">
            {(["", "true"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={(choices.public ?? "") === each} onClick={() => choose("public")(each)}>
                {each === "" ? "every way in" : "public only"}
              </button>
            ))}
          </div>
          <Choose label="who" all="everybody outside" facets={page.standings} value={choices.standing ?? null} onChoose={choose("standing")} />
          <Choose label="account" all="every account" facets={page.accounts} value={place.account} onChoose={(account) => go({ account, choices: { ...choices, from: "" }, pick: null })} />
          <Choose label="severity" all="all" facets={page.severities} value={choices.severity ?? null} onChoose={choose("severity")} />
          <Choose label="way" all="all" facets={page.openings} value={choices.opening ?? null} onChoose={choose("opening")} />
          <Find value={choices.find ?? ""} onFind={choose("find")} />
          <div class="segmented" role="group" aria-label="shown as">
            {(["", "picture"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={(choices.shows ?? "") === each} onClick={() => go({ choices: { ...choices, shows: each } })}>{each === "" ? "rows" : "picture"}</button>
            ))}
          </div>
        </>
      )}
      before={(page) => choices.shows === "picture" && page.total > 0 && <Picture place={place} sentence={page.sentence} />}
      rows={(page) => page.ways.map((row) => <WayRow key={row.key} row={row} open={place.pick === row.key} onOpen={() => go({ pick: place.pick === row.key ? null : row.key })} />)}
    />
  );
}

/** The same as a drawing: outside, guard, door, what is behind, one row each. The program draws it, as it does for a file. */
function Picture({ place, sentence }: { place: Place; sentence: string }) {
  const drawing = exportCall(place, "svg", false);
  if (drawing === null) return null;
  return <p class="border-picture"><img src={drawing.address} alt={visible(sentence)} /></p>;
}

function WayRow({ row, open, onOpen }: { row: BorderPage["ways"][number]; open: boolean; onOpen: () => void }) {
  const { way } = row;
  if (way === null) return null;
  const behind = behindWords(way);
  return (
    <li>
      <button type="button" class="row" data-pick={row.key} aria-pressed={open} onClick={onOpen}>
        <WayMark way={way} severity={row.severity} />
        <span class="row-main">
          <span class="way-line">
            <KindMark kind={kindOf(way)} outline="dashed" known={isKnown(way)} />
            <span class="way-who"><Name text={way.from} most={44} /><span class="quiet"><Sentence text={way.standing} /></span></span>
            <span>
              <span aria-hidden="true">→ </span><span class="unseen">gets in by </span>
              <Name text={row.on[0]?.name ?? ""} most={52} />
              {!row.access.includes("become") && <span class="quiet"> {row.access.map(visible).join(", ")}</span>}
            </span>
            <span class="way-guard"><Sentence text={elide(guardWords({ conditions: row.if, depends_on: row.depends_on, way }), 90)} /></span>
            <span class="way-used">{usedWords(way)}</span>
          </span>
          {(behind !== null || way.accepted !== null || way.opening === "unknown") && (
            <span class="row-facts way-behind">
              {way.opening === "unknown" && <span class="way-open">whether it is open is not known</span>}
              {behind !== null && <span>behind it: <Sentence text={behind} /></span>}
              {way.accepted !== null && <span><Sentence text={acceptedWords(way.accepted)} /></span>}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

/** How bad a way is; what is blocked or fine says so instead. */
export function WayMark({ way, severity }: { way: Way; severity: Risk | null }) {
  if (way.opening === "blocked") return <span class="risk quiet">✕ blocked</span>;
  if (way.accepted !== null && !way.accepted.expired) return <RiskMark risk="accepted" />;
  if (way.opening === "unknown") return <RiskMark risk="unknown" />;
  if (way.known?.by === "settings" && (severity === "low" || severity === null)) return <RiskMark risk="accepted" says="known" />;
  return <RiskMark risk={severity ?? "low"} />;
}

export function isKnown(way: Way): boolean {
  return way.known?.by === "settings";
}

export function kindOf(way: Way): "everyone" | "provider" | "service" | "outside" {
  switch (way.outsider) {
    case "everyone": case "any account": return "everyone";
    case "provider": return "provider";
    case "service": return "service";
    default: return "outside";
  }
}

/** What stands between them and the door, as the command line says it. */
export function guardWords({ conditions, depends_on, way }: { conditions: string[]; depends_on: string[]; way: Way }): string {
  const unseen = way.opening === "unknown" ? depends_on.flatMap((text) => (text.endsWith(" (not seen)") ? [text.slice(0, -" (not seen)".length)] : [])) : [];
  return visible(guard(conditions, way) + (unseen.length === 0 ? "" : `, ~ not seen: ${unseen.join(", ")}`));
}

function guard(conditions: string[], way: Way): string {
  if (way.blocked_by !== null) return `blocked by ${way.blocked_by}`;
  if (way.outsider === "provider") {
    const telling = way.guards.filter(({ kind, keeps_out }) => kind === "subject" || kind === "claim" || (kind === "audience" && keeps_out));
    const values = telling.flatMap((each) => each.values);
    if (values.length > 0) return values.join(" or ");
    return way.missing.length === 0 ? "everybody there" : `no ${way.missing.join(", ")}`;
  }
  // Other statements than the one that lets them in.
  if (way.guards.length === 0 && conditions.length > 0) return `if ${conditions.join(" and ")}`;
  if (way.guards.length === 0) return way.door === "trust policy" ? "no condition" : "–";
  return way.guards.map((each) => (each.keeps_out ? each.text : `${each.text} (${each.remark})`)).join(", ");
}

export function usedWords(way: Way): string {
  if (way.door !== "trust policy") return "";
  if (way.last_used !== null) return visible(`used ${way.last_used.slice(0, 10)}`);
  return way.last_used_seen ? "no use known" : "use not seen";
}

/** `s3://invoices in 5 steps and 9 more`. */
export function behindWords(way: Way): string | null {
  const [first] = way.reaches;
  if (first === undefined) return null;
  const more = way.reaches.length > 1 ? ` and ${way.reaches.length - 1} more` : "";
  return `${first.thing} in ${counted(first.steps, "step")}${more}`;
}

export function acceptedWords(accepted: NonNullable<Way["accepted"]>): string {
  return `${accepted.expired ? "was accepted" : "accepted"} by ${accepted.by} until ${accepted.until}: “${accepted.why}”`;
}
