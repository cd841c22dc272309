import type { ComponentChildren } from "preact";
import type { Summary } from "../api/summary";
import { Logo } from "../mark/Logo";
import { RiskMark } from "../mark/Risk";
import type { View } from "../place/place";
import { age } from "../text/age";
import { countedAccounts } from "../text/count";
import { visible } from "../text/visible";
import { type Theme, THEMES } from "../theme/theme";

interface Props {
  view: View;
  theme: Theme;
  summary: Summary | null;
  children: ComponentChildren;
  onView: (view: View) => void;
  onHome: () => void;
  onTheme: (theme: Theme) => void;
  onHelp: () => void;
  /** null: this view has nothing to hand on. */
  onExport: (() => void) | null;
}

export const VIEWS: { view: View; key: string; label: string }[] = [
  { view: "ask", key: "1", label: "Ask" },
  { view: "map", key: "2", label: "Map" },
  { view: "border", key: "3", label: "Border" },
  { view: "policies", key: "4", label: "Policies" },
  { view: "trim", key: "5", label: "Trim" },
  { view: "changes", key: "6", label: "Changes" },
  { view: "findings", key: "7", label: "Findings" },
  { view: "data", key: "8", label: "Data" },
];

const THEME_WORD: Record<Theme, string> = { auto: "as the system", light: "light", dark: "dark", contrast: "high contrast" };

/** The bar on top of every view: where you are, the question, which snapshot, how it looks. */
export function TopBar({ view, theme, summary, children, onView, onHome, onTheme, onHelp, onExport }: Props) {
  return (
    <header class="top">
      <div class="top-left">
        <button type="button" class="brand" onClick={onHome} aria-label="clavicle, home">
          <Logo /> <span>clavicle</span>
        </button>
      </div>
      {children}
      <div class="top-right">
        {summary !== null && <SnapshotFacts summary={summary} onOpen={() => onView("data")} />}
        <div class="top-tools">
          <label class="theme">
            <span class="unseen">colours</span>
            <select value={theme} onChange={(event) => onTheme(THEMES.find((each) => each === event.currentTarget.value) ?? "auto")}>
              {THEMES.map((each) => <option key={each} value={each}>{THEME_WORD[each]}</option>)}
            </select>
          </label>
          {onExport !== null && (
            <button type="button" class="button small" onClick={onExport}>
              export <kbd aria-hidden="true">E</kbd>
            </button>
          )}
          <button type="button" class="button small" onClick={onHelp}>
            keys <kbd aria-hidden="true">?</kbd>
          </button>
        </div>
      </div>
      <nav class="views" aria-label="views">
        {VIEWS.map((each) => (
          <button key={each.view} type="button" class="view" aria-current={view === each.view ? "page" : undefined} onClick={() => onView(each.view)}>
            <kbd aria-hidden="true">{each.key}</kbd> {each.label}
          </button>
        ))}
      </nav>
    </header>
  );
}

/** Of when the data is, how old that is, and how much: what was seen of it is in Data. */
function SnapshotFacts({ summary, onOpen }: { summary: Summary; onOpen: () => void }) {
  const { snapshot } = summary;
  // The demo is as old as it was made.
  const old = summary.demo ? "demo" : age(snapshot.id, Date.now());
  return (
    <button type="button" class="snapshot" title="what was seen, and other snapshots" onClick={onOpen}>
      <span class="snapshot-name">
        {!snapshot.complete && <span title="some things could not be seen"><RiskMark risk="unknown" word={false} /></span>}
        <span>snapshot <time dateTime={snapshot.id}>{visible(shortTime(snapshot.id))}</time></span>
      </span>
      <span class="snapshot-facts">{countedAccounts(snapshot)}{old !== null && `, ${old}`}</span>
    </button>
  );
}

/** `2026-08-22T09:14:00Z` as `2026-08-22 09:14`; anything else as it is. */
export function shortTime(id: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(id);
  return match === null ? id : `${match[1]} ${match[2]}`;
}
