import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { WayAnswer, WayPage } from "../api/lists";
import { ActsContext } from "../answer/acts";
import type { OpenDocument } from "../answer/Statement";
import { Steps } from "../answer/Steps";
import { quoted } from "../text/quoted";
import { Toml, tomlLine } from "../list/Toml";
import { Panel } from "../panel/Panel";
import { ErrorBox } from "../shell/ErrorBox";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { acceptedWords, behindWords, usedWords, WayMark } from "./BorderView";

interface Props {
  id: string;
  isPublic: string | null;
  /** Is it opened to write down who that is? */
  knows: boolean;
  onDocument: OpenDocument;
  onAsk: (text: string) => void;
  onClose: () => void;
}

/** One way in: who, by which door, what guards it, what is behind, and the statements that let them in. */
export function WayPanel({ id, isPublic, knows, onDocument, onAsk, onClose }: Props) {
  const fetched = useFetched<WayPage>(address("way", { way: id, public: isPublic }), "clavicle.way/1");
  const last = shown(fetched);
  const page = last?.key === id ? last : null;
  const answer = page?.way;
  const way = answer?.way ?? null;
  return (
    <Panel
      title="Way in"
      subject={id}
      onClose={onClose}
      heading={
        answer === undefined || way === null ? (
          "reading the way"
        ) : (
          <>
            <Name text={way.from} most={80} /> <span class="quiet"><Sentence text={way.standing} /></span>
            <WayMark way={way} severity={answer.severity} />
          </>
        )
      }
    >
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {answer !== undefined && way !== null && (
        <>
          <dl class="facts">
            <dt>Door</dt>
            <dd>{visible(way.door)} of <Name text={answer.on[0]?.name ?? ""} most={90} /></dd>
            {way.known !== null && (
              <>
                <dt>Known</dt>
                <dd><Sentence text={[way.known.name, way.known.why, way.known.until === null ? null : `until ${way.known.until}`, way.known.by === "list" ? "named on a list, which does not mean let in on purpose" : null].filter((part) => part !== null).join(", ")} /></dd>
              </>
            )}
            <dt>Guards</dt>
            <dd>
              <ul>
                {way.guards.map((guard, index) => (
                  <li key={index}><Sentence text={guard.text} /> <span class="quiet">({visible(guard.remark)})</span></li>
                ))}
                {way.guards.length === 0 && <li>none: whoever the door names comes in</li>}
                {way.missing.map((missing) => <li key={missing}>missing: <span class="mono">{visible(missing)}</span></li>)}
              </ul>
            </dd>
            <dt>Behind it</dt>
            <dd>
              {way.reaches.length === 0 ? (behindWords(way) ?? "nothing that matters, as far as was seen") : (
                <ul>
                  {way.reaches.slice(0, 12).map((reached, index) => (
                    <li key={index}>
                      {reached.kind !== "administrator" && `${visible(reached.access)} `}
                      <Name text={reached.thing} most={60} />, {counted(reached.steps, "step")}{reached.conditional && ", if conditions hold"}
                    </li>
                  ))}
                  {way.reaches.length > 12 && <li class="quiet">and {number(way.reaches.length - 12)} more</li>}
                </ul>
              )}
            </dd>
            {usedWords(way) !== "" && (
              <>
                <dt>Used</dt>
                <dd>{usedWords(way)}</dd>
              </>
            )}
            {way.blocked_by !== null && (
              <>
                <dt>Blocked by</dt>
                <dd><Sentence text={way.blocked_by} /></dd>
              </>
            )}
            {way.accepted !== null && (
              <>
                <dt>Accepted</dt>
                <dd><Sentence text={acceptedWords(way.accepted)} /></dd>
              </>
            )}
          </dl>
          <Next answer={answer} onAsk={onAsk} />
          <Steps steps={answer.steps} onOpen={onDocument} />
          {way.known?.by !== "settings" && <KnowIt answer={answer} wanted={knows} />}
        </>
      )}
    </Panel>
  );
}

/** How it goes on behind the door: the chain to the nearest thing that matters, and what it takes to break it. */
function Next({ answer, onAsk }: { answer: WayAnswer; onAsk: (text: string) => void }) {
  const from = answer.who[0]?.name ?? "";
  const door = answer.on[0]?.name ?? "";
  const lead = answer.way?.reaches[0];
  const to = lead === undefined ? null : lead.kind === "administrator" ? "admin" : lead.thing;
  const question = to !== null ? `how can ${quoted(from)} get to ${quoted(to)}` : answer.access.includes("become") ? `what can ${quoted(door)} do` : `who can read ${quoted(door)}`;
  const { onAsk: onAskCut } = useContext(ActsContext);
  return (
    <p class="panel-actions">
      <button type="button" class="button small" onClick={() => onAsk(question)}><Sentence text={question} /></button>
      {to !== null && <button type="button" class="button small" onClick={() => onAskCut(`path ${quoted(from)} ${quoted(to)}`, true)}>cheapest cut</button>}
    </p>
  );
}

/** Whoever knows the outsider writes it down in `clavicle.toml`, with a reason. */
function KnowIt({ answer, wanted }: { answer: WayAnswer; wanted: boolean }) {
  const [name, setName] = useState("");
  const [why, setWhy] = useState("");
  const account = /^\d{12}$/.exec(answer.way?.from ?? "")?.[0] ?? answer.who[0]?.account ?? null;
  const who = account !== null && account !== "" && answer.way?.outsider !== "provider" ? tomlLine("account", account) : tomlLine("who", answer.way?.from ?? "");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!wanted) return;
    first.current?.scrollIntoView?.({ block: "center" });
    first.current?.focus();
  }, [wanted]);
  return (
    <details class="drawer" open={wanted}>
      <summary>I know it…</summary>
      <div class="drawer-inside">
        <label class="drawer-field"><span>name</span><input class="field" type="text" ref={first} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="drawer-field"><span>why</span><input class="field" type="text" value={why} onInput={(event) => setWhy(event.currentTarget.value)} /></label>
        {name.trim() !== "" && why.trim() !== "" ? (
          <Toml lines={["[[known]]", who, tomlLine("name", name.trim()), tomlLine("why", why.trim())]} />
        ) : (
          <p class="quiet">Say who they are and why they are let in.</p>
        )}
      </div>
    </details>
  );
}
