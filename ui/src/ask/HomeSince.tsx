import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import { type SeverityCounts, type SincePage } from "../api/lists";
import { RiskMark } from "../mark/Risk";
import { shortTime } from "../shell/TopBar";
import { number } from "../text/count";
import { visible } from "../text/visible";

const SEVERITIES = ["critical", "high", "medium", "low"] as const;

/** What the rules find now and did not a week before, where an older snapshot is saved: `since 2026-08-15: +1 critical, −3 medium`. */
export function HomeSince({ onCompare }: { onCompare: (name: string) => void }) {
  const page = shown(useFetched<SincePage>(address("since"), "clavicle.since/1"));
  if (page === null || page.with === null) return null;
  const { with: name } = page;
  const some = SEVERITIES.some((severity) => page.new[severity] + page.gone[severity] > 0);
  return (
    <p class="home-since">
      <button type="button" class="link" onClick={() => onCompare(name)}>since <time dateTime={page.id ?? ""}>{visible(shortTime(page.id ?? name).slice(0, 10))}</time></button>
      {": "}
      {some ? <><Differences sign="+" word="new" counts={page.new} /> <Differences sign="−" word="no longer found" counts={page.gone} /></> : "the rules find the same"}
    </p>
  );
}

function Differences({ sign, word, counts }: { sign: string; word: string; counts: SeverityCounts }) {
  return (
    <>
      {SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => (
        <span class="home-difference" key={severity}>{sign}{number(counts[severity])} <RiskMark risk={severity} /> <span class="unseen">{word}</span></span>
      ))}
    </>
  );
}
