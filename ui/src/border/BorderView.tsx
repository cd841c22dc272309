import { useContext } from "preact/hooks";
import { ActsContext } from "../answer/acts";
import type { Fetched } from "../api/fetched";
import type { Alike, BorderPage, Way } from "../api/lists";
import { exportCall } from "../export/exported";
import { ChooseWhere } from "../list/ChooseWhere";
import { Choose, Find, ChooseOne } from "../list/Choose";
import { ListView } from "../list/ListView";
import { KindMark } from "../mark/KindGlyph";
import { type Risk, RiskMark } from "../mark/Risk";
import type { Choice, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { counted, number } from "../text/count";
import { useShownTheme } from "../theme/theme";
import { elide } from "../text/elide";
import { Name, Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { visible } from "../text/visible";

interface Props {
  fetched: Fetched<BorderPage>;
  place: Place;
  go: Go;
}

/** The panel of a way is opened to write down who comes in by it. */
export const KNOW = "know";

const ORDERS = [
  { id: "unknown", label: "not known first" },
  { id: "worst", label: "worst first" },
] as const;

/** What ways of one group have in common; a way in by itself is put together with nothing. */
const GROUPS = [
  { id: "way", label: "way in" },
  { id: "who", label: "who gets in" },
  { id: "standing", label: "known or not" },
  { id: "account", label: "account" },
  { id: "door", label: "kind of door" },
  { id: "behind", label: "what is behind" },
] as const;

/** Who gets in from outside: outsider, door, guard and what is behind, one row each. */
export function BorderView({ fetched, place, go }: Props) {
  const { choices } = place;
  const choose = (choice: Choice) => (value: string | null) => go({ choices: { ...choices, from: "", open: "", [choice]: value ?? "" }, pick: null });
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
          <ChooseOne label="show" options={ORDERS} value={ORDERS.find(({ id }) => id === choices.order)?.id ?? "unknown"} onChoose={(order) => choose("order")(order === "unknown" ? null : order)} />
          <ChooseOne label="group by" options={GROUPS} value={groupOf(choices.group)} onChoose={(group) => choose("group")(group === "way" ? null : group)} />
          <div class="segmented" role="group" aria-label="which">
            {(["", "true"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={(choices.public ?? "") === each} onClick={() => choose("public")(each)}>
                {each === "" ? "every way in" : "public only"}
              </button>
            ))}
          </div>
          <Choose label="who" all="everybody outside" facets={page.standings} value={choices.standing ?? null} onChoose={choose("standing")} />
          <ChooseWhere accounts={page.accounts} units={page.units} place={place} go={go} />
          <Choose label="severity" all="all" facets={page.severities} value={choices.severity ?? null} onChoose={choose("severity")} />
          <Choose label="state" all="any" facets={page.openings} value={choices.opening ?? null} onChoose={choose("opening")} />
          <Find value={choices.find ?? ""} onFind={choose("find")} />
          <div class="segmented" role="group" aria-label="shown as">
            {(["", "picture"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={(choices.shows ?? "") === each} onClick={() => go({ choices: { ...choices, shows: each } })}>{each === "" ? "rows" : "picture"}</button>
            ))}
          </div>
          <span class="choices-count">{counted(page.counts.outside, "outsider")}, {page.counts.not_known === 0 ? "all known" : `${number(page.counts.not_known)} not known`}</span>
        </>
      )}
      before={(page) => choices.shows === "picture" && page.total > 0 && <Picture place={place} sentence={page.sentence} />}
      rows={(page) =>
        page.ways.flatMap((row, index) => {
          const at = page.from + index;
          const group = page.groups.find(({ from, lines }) => from <= at && at < from + lines);
          const begins = group !== undefined && (index === 0 || group.from === at);
          const open = place.pick === row.key;
          return [
            ...(begins ? [<GroupHead key={`group ${group.label}`} group={group} by={groupOf(choices.group)} first={group.from === at} total={page.total} lines={page.lines} onChoose={(change) => go({ choices: { ...choices, ...change }, pick: null })} />] : []),
            row.alike !== undefined ? <AlikeRow key={`alike ${row.alike.id}`} row={row} alike={row.alike} onOpen={(id) => go({ pick: null, choices: { ...choices, open: id ?? "" } })} /> :
            <WayRow key={row.key} row={row} open={open} acts={place.pick === null} onOpen={() => go({ pick: open ? null : row.key, choices: { ...choices, act: "" } })} onKnow={() => go({ pick: row.key, choices: { ...choices, act: KNOW } })} />,
          ];
        })
      }
    />
  );
}

/** Past so many rows one may want to go on to the next group. */
const MANY = 20;

function groupOf(group: string | undefined): (typeof GROUPS)[number]["id"] {
  return GROUPS.find(({ id }) => id === group)?.id ?? "way";
}

/** What the rows below have in common, and how many they are; over a screenful that begins within a group, too. */
function GroupHead({ group, by, first, total, lines, onChoose }: { group: BorderPage["groups"][number]; by: string; first: boolean; total: number; lines: number; onChoose: (change: Place["choices"]) => void }) {
  const next = group.from + group.lines;
  const about = visible(group.label);
  return (
    <li class="group-head">
      <h2 class="group-title"><Name text={group.label} most={80} /> <span class="count">{counted(group.count, "way in", "ways in")}{!first && ", continued"}</span></h2>
      {by === "behind" && <span class="quiet">is behind these</span>}
      {/* A group may be longer than a screen: then one goes into it, or past it. */}
      {by === "who" && group.count < total && <button type="button" class="link" aria-label={`only these: ${about}`} onClick={() => onChoose({ group: "", find: group.label, from: "" })}>only these</button>}
      {group.lines > MANY && next < lines && <button type="button" class="link" aria-label={`the group after ${about}`} onClick={() => onChoose({ from: String(next) })}>next group</button>}
    </li>
  );
}

/** The same as a drawing: outside, guard, door, what is behind, one row each. The program draws it as it does for a file, in the colours of the page. */
function Picture({ place, sentence }: { place: Place; sentence: string }) {
  const theme = useShownTheme();
  const drawing = exportCall(place, "svg", false);
  if (drawing === null) return null;
  return <div class="border-picture" role="region" aria-label="picture of the same" tabIndex={0}><img src={`${drawing.address}&theme=${theme}`} alt={visible(sentence)} /></div>;
}

/** Ways in that are alike but for the door: one row, which opens to them. */
function AlikeRow({ row, alike, onOpen }: { row: BorderPage["ways"][number]; alike: Alike; onOpen: (id: string | null) => void }) {
  const { way } = row;
  if (way === null) return null;
  const behind = alike.behind ?? behindWords(way);
  return (
    <li class="row-with-acts">
      <button type="button" class="row row-alike" data-pick={`alike ${alike.id}`} aria-expanded={alike.open} onClick={() => onOpen(alike.open ? null : alike.id)}>
        <WayMark way={way} severity={row.severity} />
        <span class="row-main">
          <span class="way-line">
            <KindMark kind={kindOf(way)} outline="dashed" known={isKnown(way)} />
            <span class="way-who"><Name text={way.from} most={44} /><span class="quiet"><Sentence text={way.standing} /></span></span>
            <span>
              <span aria-hidden="true">→ </span><span class="unseen">gets in by </span>
              {visible(alike.doors)}
              {!row.access.includes("become") && <span class="quiet"> {row.access.map(visible).join(", ")}</span>}
            </span>
            <Guard words={alike.ids_differ ? EACH_ITS_OWN : guardWords({ conditions: row.if, depends_on: row.depends_on, way })} />
            <span class="way-used">{alike.last_used === null ? usedWords({ ...way, last_used: null, last_used_seen: alike.last_used_seen }) : `last ${usedWords({ ...way, last_used: alike.last_used })}`}</span>
          </span>
          <span class="row-facts way-behind">
            <span class="alike-open"><span aria-hidden="true">{alike.open ? "▾" : "▸"} </span>{alike.open ? "each below" : `show all ${number(alike.count)}`}</span>
            {way.opening === "unknown" && <span class="way-open">whether they are open is not known</span>}
            {behind !== null && <span>behind them: <Sentence text={behind} /></span>}
            {way.accepted !== null && <span><Sentence text={acceptedWords(way.accepted)} /></span>}
          </span>
        </span>
      </button>
    </li>
  );
}

/** What is asked at the door; that nothing is has its place in a row, and needs no line of its own. */
function Guard({ words }: { words: string }) {
  return <span class={words === NOTHING_ASKED ? "way-guard way-none" : "way-guard"}><Sentence text={elide(words, 90)} /></span>;
}

/** Of a thing whose policy lets in without a condition. */
const NOTHING_ASKED = "–";

/** What each customer of a vendor has another of. */
const EACH_ITS_OWN = "sts:ExternalId, another one for each";

interface RowProps {
  row: BorderPage["ways"][number];
  open: boolean;
  /** Are the next steps beside it? Beside an open panel, which has them, there is no room. */
  acts: boolean;
  onOpen: () => void;
  /** Opens it to write down who comes in. */
  onKnow: () => void;
}

function WayRow({ row, open, acts, onOpen, onKnow }: RowProps) {
  const { way } = row;
  if (way === null) return null;
  const behind = behindWords(way);
  return (
    <li class={row.within === undefined ? "row-with-acts" : "row-with-acts row-within"}>
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
            <Guard words={guardWords({ conditions: row.if, depends_on: row.depends_on, way })} />
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
      {acts && <WayActs row={row} way={way} onKnow={onKnow} />}
    </li>
  );
}

/** What to do about a way that is not fine: say who that is or ask for more at the door, and break what is behind it. */
function WayActs({ row, way, onKnow }: { row: BorderPage["ways"][number]; way: Way; onKnow: () => void }) {
  const { onAsk, onTry } = useContext(ActsContext);
  const [lead] = way.reaches;
  const who = row.who[0]?.name ?? "";
  const door = row.on[0]?.name ?? "";
  const isFine = way.opening === "blocked" || (way.accepted !== null && !way.accepted.expired) || isKnown(way);
  if (isFine) return null;
  const to = lead === undefined ? null : lead.kind === "administrator" ? "admin" : lead.thing;
  const about = visible(`${way.from} → ${door}`);
  return (
    <span class="row-acts">
      {kindOf(way) === "outside" && <button type="button" class="button small" aria-label={`I know it: ${about}`} onClick={onKnow}>I know it…</button>}
      {way.door === "trust policy" && kindOf(way) !== "outside" && <button type="button" class="button small" aria-label={`what if another trust: ${about}`} onClick={() => onTry(`${door}#trust`, null)}>what-if</button>}
      {to !== null && <button type="button" class="button small" aria-label={`cut: ${about}`} onClick={() => onAsk(`path ${quoted(who)} ${quoted(to)}`, true)}>cut</button>}
    </span>
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
  if (way.guards.length === 0) return way.door === "trust policy" ? "no condition" : NOTHING_ASKED;
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
  const more = way.reaches.length > 1 ? ` and ${number(way.reaches.length - 1)} more` : "";
  return `${first.thing} in ${counted(first.steps, "step")}${more}`;
}

export function acceptedWords(accepted: NonNullable<Way["accepted"]>): string {
  return `${accepted.expired ? "was accepted" : "accepted"} by ${accepted.by} until ${accepted.until}: “${accepted.why}”`;
}
