import type { ComponentChildren } from "preact";
import type { Fetched } from "../api/fetched";
import type { FindingsPage } from "../api/lists";
import type { Summary } from "../api/summary";
import { KindMark } from "../mark/KindGlyph";
import { RiskMark, riskRank } from "../mark/Risk";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { NotSeenStrip } from "../shell/NotSeenStrip";
import { counted, countedAccounts, number } from "../text/count";
import { Toml, tomlLine } from "../list/Toml";
import { Sentence } from "../text/Name";
import { Accounts } from "./Accounts";
import { HomeFindings } from "./HomeFindings";
import { HomeMatters } from "./HomeMatters";
import { HomeSince } from "./HomeSince";
import { MOST_LOOKED_AT } from "./lookedAt";

interface Props {
  summary: Summary;
  onAsk: (text: string) => void;
  onAccount: (id: string) => void;
  onTour: () => void;
  /** What the rules found, as far as that is known. */
  findings?: Fetched<FindingsPage>;
  go?: Go;
}

/** So many of those outside are named here; with so many accounts there is a box to find one. */
const MOST_NAMED = 12;

/** Questions that every snapshot has an answer to. */
const ALSO: [string, Partial<Place> | string][] = [
  ["who can become admin", "who can become admin"],
  ["who gets in from outside", { view: "border", choices: {}, pick: null }],
  ["what is unused", { view: "trim", choices: {}, pick: null }],
];

/** What the snapshot says before anyone asks: who gets in, what matters, where to look, what was not seen. */
export function Home({ summary, onAsk, onAccount, onTour, findings = { state: "idle" }, go = () => undefined }: Props) {
  const { snapshot } = summary;
  const outside = [...summary.outside].sort((a, b) => riskRank(a.severity) - riskRank(b.severity));
  const strangers = outside.filter((each) => !each.known || each.severity !== null);
  const known = outside.filter((each) => each.known && each.severity === null);
  // Of very many only the worst were sent.
  const all = summary.counts.outside_rows === outside.length;
  const named = Math.min(strangers.length, MOST_NAMED) + (all ? Math.min(known.length, MOST_NAMED) : 0);
  const unnamed = summary.counts.outside_rows - named;
  const looks = snapshot.identities <= MOST_LOOKED_AT;
  return (
    <article class="home">
      <header class="home-head">
        <h1 class="home-sentence">{homeSentence(summary)}</h1>
        <p class="home-facts">
          {counted(snapshot.identities, "identity", "identities")} and {counted(snapshot.resources, "thing")} in{" "}
          {countedAccounts(snapshot)}
          {summary.demo && ", a made-up organization to try things on"}
        </p>
        {summary.demo && (
          <button type="button" class="button tour-start" onClick={onTour}>Take the tour: five stops, from an unknown account to the fix</button>
        )}
        <p class="home-also">
          <span class="quiet">also:</span>
          {ALSO.map(([text, where]) => <button type="button" class="link" key={text} onClick={() => (typeof where === "string" ? onAsk(where) : go(where))}>{text}</button>)}
        </p>
      </header>
      <div class="home-columns">
        <div class="home-main">
          <Block title="Findings" id="home-findings">
            <HomeFindings findings={findings} go={go} since={<HomeSince onCompare={(name) => go({ view: "data", choices: { with: name }, pick: null })} />} />
          </Block>
          <Block title="Things that matter" id="home-matters" count={summary.matters.length}>
            {summary.matters.length === 0 ? (
              <>
                <p class="quiet">Nothing is named as mattering. What is gets a crown on the map, and chains to it are looked for.</p>
                <details class="home-known">
                  <summary>name what matters</summary>
                  <Toml lines={["[[matter]]", tomlLine("thing", summary.questions.map(thingOf).find((each) => each !== null) ?? "s3://NAME"), tomlLine("why", "what is in it")]} />
                </details>
              </>
            ) : (
              <HomeMatters matters={summary.matters} looks={looks} onAsk={onAsk} />
            )}
          </Block>
          <Block title="From outside" id="home-outside" count={summary.counts.outside}>
            {outside.length === 0 ? (
              <p class="quiet">Nobody outside of these accounts gets in.</p>
            ) : (
              <>
                <Strangers all={strangers.slice(0, MOST_NAMED)} />
                {all && known.length > 0 && (
                  <details class="home-known">
                    <summary>{counted(known.length, "other")}, all known</summary>
                    <Strangers all={known.slice(0, MOST_NAMED)} />
                  </details>
                )}
                {unnamed > 0 && (
                  <p class="home-more"><button type="button" class="link" onClick={() => go({ view: "border", choices: {}, pick: null })}>and {number(unnamed)} more, in the view of the border</button></p>
                )}
              </>
            )}
          </Block>
          {summary.questions.length > 0 && (
            <Block title="Ask" id="home-ask">
              <ul class="question-list">
                {summary.questions.map((question) => (
                  <li key={question}>
                    <button type="button" class="question" onClick={() => onAsk(question)}>
                      <Sentence text={question} />
                    </button>
                  </li>
                ))}
              </ul>
            </Block>
          )}
        </div>
        <div class="home-side">
          <Block title="Accounts" id="home-accounts" count={summary.counts.accounts}>
            <Accounts summary={summary} onAccount={onAccount} />
          </Block>
          <NotSeenStrip notSeen={summary.not_seen} snapshot={snapshot} />
        </div>
      </div>
    </article>
  );
}

function Strangers({ all }: { all: Summary["outside"] }) {
  return (
    <ul class="fact-list">
      {all.map((each) => (
        <li class="fact" key={each.name}>
          <KindMark kind={each.kind === "provider" ? "provider" : each.kind === "everyone" ? "everyone" : each.kind === "service" ? "service" : "outside"} outline="dashed" known={each.known} />
          <span class="fact-main">
            <Sentence text={each.sentence} />
            {each.doors > 1 && <span class="fact-sub">{counted(each.doors, "way in", "ways in")}</span>}
          </span>
          {each.severity !== null && <RiskMark risk={each.severity} />}
          <span class="fact-known">{knownWord(each)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Nobody is asked to know everyone, nor each of those whom a provider vouches for. */
function knownWord({ known, kind }: Summary["outside"][number]): string {
  if (known) return "known";
  return kind === "provider" ? "identity provider" : kind === "everyone" ? "anybody" : "not known";
}

function Block({ title, id, count, children }: { title: string; id: string; count?: number; children: ComponentChildren }) {
  return (
    <section class="block" aria-labelledby={id}>
      <h2 class="block-title" id={id}>
        {title} {count !== undefined && <span class="count">{number(count)}</span>}
      </h2>
      {children}
    </section>
  );
}

/** The bucket that a question is about, as an example to write down; null: it is about none. */
function thingOf(question: string): string | null {
  return /\ss3:\/\/[^\s/"]+$/.exec(question)?.[0].trim() ?? null;
}

/** The one sentence to read if nothing else is read. */
export function homeSentence(summary: Summary): string {
  if (summary.snapshot.accounts === 0 && summary.snapshot.identities === 0) return "The snapshot is empty.";
  // Outsiders, each of whom may have several ways in: Border counts those.
  const { not_known: unknown, outside } = summary.counts;
  if (outside === 0) return "Nobody from outside gets in.";
  const those = outside === 1 ? "One outsider gets in" : `${number(outside)} outsiders get in`;
  if (unknown === 0) return `${those}, ${outside === 1 ? "known" : "all known"}.`;
  return outside === unknown ? `${those}, ${outside === 1 ? "not known" : "none known"}.` : `${those}, ${number(unknown)} of them not known.`;
}
