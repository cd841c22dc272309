import type { ComponentChildren } from "preact";
import type { Summary } from "../api/summary";
import { KindMark, shapeKindOf } from "../mark/KindGlyph";
import { RiskMark, riskRank } from "../mark/Risk";
import { NotSeenStrip } from "../shell/NotSeenStrip";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { Accounts } from "./Accounts";

interface Props {
  summary: Summary;
  onAsk: (text: string) => void;
  onAccount: (id: string) => void;
  onTour: () => void;
  onBorder: () => void;
}

/** What the snapshot says before anyone asks: who gets in, what matters, where to look, what was not seen. */
export function Home({ summary, onAsk, onAccount, onTour, onBorder }: Props) {
  const { snapshot } = summary;
  const outside = [...summary.outside].sort((a, b) => riskRank(a.severity) - riskRank(b.severity));
  return (
    <article class="home">
      <header class="home-head">
        <h1 class="home-sentence">{homeSentence(summary)}</h1>
        <p class="home-facts">
          {counted(snapshot.identities, "identity", "identities")} and {counted(snapshot.resources, "thing")} in{" "}
          {counted(snapshot.accounts, "account")}
          {summary.demo && ", a made-up organization to try things on"}
        </p>
        {summary.demo && (
          <button type="button" class="button tour-start" onClick={onTour}>Take the tour: five stops, from an unknown account to the fix</button>
        )}
      </header>
      <div class="home-columns">
        <div class="home-main">
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
          <Block title="From outside" id="home-outside" count={summary.counts.outside}>
            {outside.length === 0 ? (
              <p class="quiet">Nobody outside of these accounts gets in.</p>
            ) : (
              <ul class="fact-list">
                {outside.map((each) => (
                  <li class="fact" key={each.name}>
                    <KindMark kind={each.kind === "provider" ? "provider" : each.kind === "everyone" ? "everyone" : each.kind === "service" ? "service" : "outside"} outline="dashed" known={each.known} />
                    <span class="fact-main">
                      <Sentence text={each.sentence} />
                      {each.doors > 1 && <span class="fact-sub">{counted(each.doors, "way in", "ways in")}</span>}
                    </span>
                    {each.severity !== null && <RiskMark risk={each.severity} />}
                    <span class="fact-known">{each.known ? "known" : "not known"}</span>
                  </li>
                ))}
                {summary.counts.outside > outside.length && (
                  <li class="fact"><button type="button" class="link" onClick={onBorder}>and {number(summary.counts.outside - outside.length)} more: see every way in</button></li>
                )}
              </ul>
            )}
          </Block>
          <Block title="Things that matter" id="home-matters" count={summary.matters.length}>
            {summary.matters.length === 0 ? (
              <p class="quiet">Nothing is named as mattering in this snapshot.</p>
            ) : (
              <ul class="fact-list">
                {summary.matters.map((each) => (
                  <li class="fact" key={each.arn ?? each.name}>
                    <KindMark kind={mattersKind(each.arn)} />
                    <span class="fact-main">
                      <button type="button" class="link" onClick={() => onAsk(`who can read ${each.name}`)}>
                        <Name text={each.name} mono />
                      </button>
                      <span class="fact-sub">
                        <Sentence text={each.sentence} />
                        {each.why !== null && each.why !== "" && (
                          <>
                            {" · "}
                            <Sentence text={each.why} />
                          </>
                        )}
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Block>
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

function Block({ title, id, count, children }: { title: string; id: string; count?: number; children: ComponentChildren }) {
  return (
    <section class="block" aria-labelledby={id}>
      <h2 class="block-title" id={id}>
        {title} {count !== undefined && <span class="count">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

/** The one sentence to read if nothing else is read. */
export function homeSentence(summary: Summary): string {
  if (summary.snapshot.accounts === 0 && summary.snapshot.identities === 0) return "The snapshot is empty.";
  const { not_known: unknown, outside: doors } = summary.counts;
  if (doors === 0) return "Nobody from outside gets in.";
  const those = doors === 1 ? "One way in from outside" : `${number(doors)} ways in from outside`;
  if (unknown === 0) return `${those}, all known.`;
  return doors === unknown ? `${those}, ${doors === 1 ? "not known" : "none known"}.` : `${those}, ${number(unknown)} of them not known.`;
}

function mattersKind(arn: string | null) {
  const service = arn?.split(":")[2] ?? "";
  return shapeKindOf(`${service}:thing`);
}
