import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AnswerPage } from "../api/answer";
import { address, type Working } from "../api/call";
import { type Fetched, shown, useFetched } from "../api/fetched";
import type { BorderPage, DataPage, FindingsPage, PoliciesPage } from "../api/lists";
import type { MapPage, MarksPage } from "../api/map";
import type { Summary } from "../api/summary";
import { type Acts, ActsContext } from "../answer/acts";
import { AnswerPicture } from "../answer/AnswerPicture";
import { AnswerView } from "../answer/AnswerView";
import { DocumentDialog } from "../answer/DocumentDialog";
import type { OpenDocument } from "../answer/Statement";
import { AskBar } from "../ask/AskBar";
import { askAddress, questionText } from "../ask/boxes";
import { elsewhere } from "../ask/elsewhere";
import { Home } from "../ask/Home";
import { MOST_LOOKED_AT } from "../ask/lookedAt";
import { BorderView, KNOW } from "../border/BorderView";
import { WayPanel } from "../border/WayPanel";
import { ChangesView } from "../changes/ChangesView";
import { nextSide, sideOf } from "../changes/ChangeMap";
import { CompareMap } from "../data/Compare";
import { DataView, gapKey } from "../data/DataView";
import { GapPanel } from "../data/GapPanel";
import { canExport, ExportDialog } from "../export/ExportDialog";
import { FindingPanel } from "../findings/FindingPanel";
import { FindingsView } from "../findings/FindingsView";
import { linesOf } from "../map/folded";
import { drawingOf, MapView, nextDrawing } from "../map/MapView";
import { marked } from "../map/marked";
import { canBeTakenApart, seenOf, shapeActs } from "../map/seen";
import { AnswerPanel, answerAt, chainsOf } from "../panel/AnswerPanel";
import { cutQuestion, LinesPanel, ShapePanel } from "../panel/ShapePanel";
import { WhyPanel } from "../panel/WhyPanel";
import { PoliciesView } from "../policies/PoliciesView";
import { TrimPanel } from "../trim/TrimPanel";
import { TrimView } from "../trim/TrimView";
import type { GrantedPage } from "../api/trim";
import { PolicyPanel } from "../policies/PolicyPanel";
import { AS_SENT, changesOfView, isChangeMap, levelPlace, PICTURE, type Question, type View } from "../place/place";
import { goBack, leave, usePlace } from "../place/usePlace";
import { recall, remember, useTheme } from "../theme/theme";
import { Begin } from "./Begin";
import { ErrorBox } from "./ErrorBox";
import { Help } from "./Help";
import { Loading, ReadingStopped } from "./Loading";
import { number } from "../text/count";
import { visible } from "../text/visible";
import { STOPS } from "../tour/stops";
import { Tour } from "../tour/Tour";
import { TopBar, VIEWS } from "./TopBar";
import { useEscape } from "./useEscape";
import { useKeys } from "./useKeys";
import { useStatus } from "./useStatus";

const SINGLE_KEYS = "clavicle.single-keys";

/** The whole page: the bar with the question on top, one view, and why on the right. */
export function App() {
  const [place, go] = usePlace();
  const [theme, setTheme] = useTheme();
  const [helpOpen, setHelpOpen] = useState(false);
  const [exportOpen, setExportOpen] = useState(false);
  const [stop, setStop] = useState<number | null>(null);
  const [singleKeys, setSingleKeys] = useState(recall(SINGLE_KEYS) !== "off");
  const line = useRef<HTMLInputElement>(null);
  /** The cut is looked for: it is shown as soon as it is there. */
  const wantsCut = useRef<"no" | "show" | "focus">("no");
  const { status, error: statusError, again, want } = useStatus();
  const ready = status?.state === "ready";

  const summary = useFetched<Summary>(ready ? address("summary") : null, "clavicle.summary/1");
  const { question } = place;
  const answer = useFetched<AnswerPage>(ready && place.view === "ask" && question !== null ? askAddress(question, place.cut) : null, "clavicle.answer/1");
  const map = useFetched<MapPage>(ready && place.view === "map" ? address("map", { account: place.account, unit: place.unit, focus: place.focus, apart: place.apart }) : null, "clavicle.map/1");
  const { choices } = place;
  // Every answer that tells steps can be looked at as a picture of them.
  const isPictured = place.view === "ask" && choices.shows === PICTURE;
  const pictureAddress = question === null ? null : askAddress(question, place.cut).replace(/^\/api\/ask/, "/api/chains");
  const picture = useFetched<MapPage>(ready && isPictured ? pictureAddress : null, "clavicle.map/1");
  // The rules of a large snapshot take long: there nobody is made to wait for them.
  const atHome = place.view === "ask" && question === null && summary.state === "ready" && summary.value.snapshot.identities <= MOST_LOOKED_AT;
  const findings = useFetched<FindingsPage>(
    atHome ? address("findings", { state: null, rule: null, account: null, severity: null, find: null, from: null }) : ready && place.view === "findings" ? address("findings", { state: choices.state ?? null, rule: choices.rule ?? null, account: place.account, unit: place.unit, severity: choices.severity ?? null, find: choices.find ?? null, from: choices.from ?? null }) : null,
    "clavicle.findings/1",
  );
  const border = useFetched<BorderPage>(
    ready && place.view === "border"
      ? address("border", { public: choices.public ?? null, standing: choices.standing ?? null, account: place.account, unit: place.unit, severity: choices.severity ?? null, opening: choices.opening ?? null, order: choices.order ?? null, group: choices.group ?? null, open: choices.open ?? place.pick, find: choices.find ?? null, from: choices.from ?? null })
      : null,
    "clavicle.border/1",
  );
  const policies = useFetched<PoliciesPage>(
    ready && place.view === "policies"
      ? address("policies", { lens: choices.lens ?? null, kind: choices.kind ?? null, account: place.account, unit: place.unit, find: choices.find ?? null, from: choices.from ?? null })
      : null,
    "clavicle.policies/1",
  );
  const granted = useFetched<GrantedPage>(
    ready && place.view === "trim"
      ? address("granted", { since: choices.since ?? null, standing: choices.standing ?? null, kind: choices.kind ?? null, account: place.account, unit: place.unit, find: choices.find ?? null, from: choices.from ?? null })
      : null,
    "clavicle.granted/1",
  );
  const data = useFetched<DataPage>(ready && place.view === "data" ? address("data", { account: place.account, unit: place.unit, from: choices.from ?? null }) : null, "clavicle.coverage/1");
  const gap = place.view === "data" ? shown(data)?.gaps.find((each) => gapKey(each) === place.pick) : undefined;
  const list: Fetched<{ sentence: string }> = { findings, border, policies, trim: granted, data, ask: null, map: null, changes: null }[place.view] ?? { state: "idle" };
  const page = answer.state === "ready" ? answer.value : null;
  // What leads to what matters takes a search for each: it comes after the map, which does not move for it.
  const looksAhead = ready && place.view === "map" && summary.state === "ready" && summary.value.matters.length > 0;
  const marks = useFetched<MarksPage>(looksAhead ? address("marks", { account: place.account, unit: place.unit, apart: place.apart }) : null, "clavicle.marks/1");
  const sent = shown(map);
  const known = marks.state === "ready" && map.state === "ready" ? marks.value : null;
  const drawn = useMemo(() => (sent === null ? null : marked(sent, known)), [sent, known]);
  const seen = useMemo(() => (drawn === null ? null : seenOf(drawn, place)), [drawn, place.hidden.join("\n"), place.folded.join("\n"), place.pinned.join("\n")]);
  const shape = place.shape === null ? undefined : seen?.shapes.find((each) => each.id === place.shape);
  const parts = seen === null || place.ribbon === null ? null : linesOf(seen, place.ribbon);

  const ask = (next: Question, cut = false) => go((next.in === "words" && elsewhere(next.text)) || { view: "ask", question: next, answer: null, cut });
  const askText = (text: string, cut = false) => ask({ in: "words", text }, cut);
  const askCut = () => {
    if (page === null || page.cuts.length > 0 || place.cut) return showCut(true);
    wantsCut.current = "focus";
    go({ cut: true, answer: null });
  };
  // A row and the choices of one list mean nothing in another view; the account and the question travel along.
  const switchTo = (view: View) => go({ view, pick: null, choices: {} });
  const acts = useMemo<Acts>(
    () => ({
      onTry: (pick, text) => go({ view: "changes", pick, choices: text === null ? {} : { text }, answer: null, ribbon: null, shape: null, pair: null }),
      onData: () => go({ view: "data", choices: {}, pick: null }),
      onPolicy: (pick) => go({ view: "policies", pick, choices: {} }),
      onAsk: (text, cut = false) => go({ view: "ask", question: { in: "words", text }, answer: null, cut }),
    }),
    [go],
  );
  const openDocument: OpenDocument = (id, lines) => go({ document: { id, lines } });
  // In Changes the policy that is changed stays picked, whatever is closed.
  const closePanel = () => go({ answer: null, ribbon: null, shape: null, pair: null, pick: place.view === "changes" ? place.pick : null, ...(place.view === "border" ? { choices: { ...choices, act: "" } } : {}) });
  const goToStop = (at: number) => {
    const next = STOPS[at];
    if (next === undefined) return;
    setStop(at);
    if (next.place.cut) wantsCut.current = "show";
    go(next.place);
  };
  const escape = () => {
    if (place.document !== null) go({ document: null });
    else if (place.answer !== null || place.ribbon !== null || place.shape !== null || (place.pick !== null && place.view !== "changes")) closePanel();
    else if (place.focus !== null) go({ focus: null });
    else if (place.view === "map" && place.hidden.length > 0) go({ hidden: [] });
    else if (place.view === "map" && place.folded.length > 0) go({ folded: [] });
    else if (place.view === "map" && place.apart !== null) go({ apart: null });
    else if (isChangeMap(place)) go({ account: null, unit: null, choices: { ...place.choices, shows: "", side: "" } });
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  useKeys(
    {
      "/": () => {
        line.current?.focus();
        line.current?.select();
      },
      ...Object.fromEntries(VIEWS.map(({ view, key }) => [key, () => switchTo(view)])),
      m: () => {
        if (place.view === "map" && drawn !== null) go({ drawn: nextDrawing(drawingOf(place, drawn)) });
        else if (place.view === "ask" && page !== null) go({ choices: isPictured ? {} : { shows: PICTURE } });
      },
      f: () => {
        if (place.view === "map" && place.focus !== null) go({ focus: null });
        else if (place.view === "map" && place.shape !== null) go({ focus: place.shape });
      },
      u: () => {
        const above = place.view === "map" ? drawn?.crumbs.at(-2) : undefined;
        if (above !== undefined) go(levelPlace(above));
      },
      l: () => {
        if (place.view === "map") go({ alike: !place.alike });
      },
      r: () => {
        if (place.view === "map" && changesOfView(place) > 0) go({ ...AS_SENT, shape: null, ribbon: null, pair: null });
      },
      ...Object.fromEntries(
        (["x", "k", "z", "o"] as const).map((key) => [
          key,
          () => {
            if (place.view !== "map" || shape === undefined) return;
            const acts = shapeActs(place, go);
            if (key === "x") acts.onHide(shape.id);
            else if (key === "k") acts.onPin(shape.id);
            else if (key === "z") acts.onFold(shape.band);
            else if (canBeTakenApart(shape)) acts.onApart(shape.id);
          },
        ]),
      ),
      c: () => {
        if (place.view === "ask" && page !== null) askCut();
        else if (place.view === "map" && shape !== undefined) {
          const question = cutQuestion(shape);
          if (question !== null) askText(question, true);
        }
      },
      b: () => {
        if (isChangeMap(place)) {
          const side = nextSide(sideOf(place));
          go({ choices: { ...place.choices, side: side === "both" ? "" : side } });
        }
      },
      e: () => {
        if (ready && canExport(place)) setExportOpen(true);
      },
      "[": goBack,
      "]": () => history.forward(),
      "?": () => setHelpOpen(true),
      Escape: escape,
    },
    singleKeys,
  );

  useEffect(() => {
    if (page !== null && wantsCut.current !== "no") {
      showCut(wantsCut.current === "focus");
      wantsCut.current = "no";
    }
  }, [page]);

  const title = titleOf(place.view === "map" ? (drawn?.crumbs.at(-1)?.label ?? "map") : place.view !== "ask" ? place.view : question === null ? null : questionText(question));
  useEffect(() => {
    document.title = visible(title);
  }, [title]);

  const whyAnswer = page !== null && place.answer !== null ? answerAt(page, place.answer) : null;
  const chains = page === null ? [] : chainsOf(page);
  const chainAt = chains.findIndex(({ key }) => key === place.answer);
  const panel =
    place.view === "ask" ? (
      whyAnswer !== null && <AnswerPanel answer={whyAnswer} among={chainAt < 0 || chains.length < 2 ? null : [chainAt + 1, chains.length]} cuts={page?.cuts ?? []} onCut={askCut} subject={place.answer ?? ""} onDocument={openDocument} onClose={closePanel} />
    ) : place.view === "findings" ? (
      place.pick !== null && ready && <FindingPanel id={place.pick} gone={choices.state === "gone"} onDocument={openDocument} onTry={(pick) => go({ view: "changes", pick, choices: {} })} onAsk={askText} onClose={closePanel} />
    ) : place.view === "changes" ? null : place.view === "data" ? (
      gap !== undefined && <GapPanel gap={gap} subject={gapKey(gap)} onAsk={askText} onClose={closePanel} />
    ) : place.view === "policies" ? (
      place.pick !== null && ready && <PolicyPanel name={place.pick} onDocument={openDocument} onPolicy={(pick) => go({ pick })} onTry={(pick) => go({ view: "changes", pick, choices: {} })} onTrim={(pick) => go({ view: "trim", pick, choices: {} })} onSplit={(find) => go({ view: "findings", pick: null, choices: { rule: "shared-policy", find } })} onAsk={askText} onClose={closePanel} />
    ) : place.view === "trim" ? (
      place.pick !== null && ready && <TrimPanel who={place.pick} since={choices.since ?? null} onPolicy={(pick) => go({ view: "policies", pick, choices: {} })} onAsk={askText} onClose={closePanel} />
    ) : place.view === "border" ? (
      place.pick !== null && ready && <WayPanel id={place.pick} isPublic={choices.public ?? null} knows={choices.act === KNOW} onDocument={openDocument} onAsk={askText} onClose={closePanel} />
    ) : parts !== null && place.ribbon !== null ? (
      <LinesPanel lines={parts} subject={place.ribbon} onRibbon={(ribbon) => go({ ribbon, shape: null, pair: null })} onClose={closePanel} />
    ) : place.ribbon !== null ? (
      <WhyPanel place={{ ...place, ribbon: place.ribbon }} go={go} onDocument={openDocument} onClose={closePanel} />
    ) : (
      shape !== undefined && seen !== null && (
        <ShapePanel
          page={seen}
          shape={shape}
          place={place}
          acts={shapeActs(place, go)}
          onRibbon={(ribbon) => go({ ribbon, shape: null, pair: null })}
          onAsk={askText}
          onClose={closePanel}
        />
      )
    );

  // What people who see the page see change: the answer, or another level of the map.
  const said = place.view === "ask" ? (page?.sentence ?? null) : place.view === "map" ? (drawn?.title ?? null) : (shown(list)?.sentence ?? null);

  return (
    <ActsContext.Provider value={acts}>
    <div class="app">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // The fragment is the place, so the jump is made by hand.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        skip to the content
      </a>
      <TopBar
        view={place.view}
        theme={theme}
        summary={shown(summary)}
        onView={switchTo}
        onHome={() => go({ view: "ask", question: null, answer: null })}
        onTheme={setTheme}
        onHelp={() => setHelpOpen(true)}
        onExport={ready && canExport(place) ? () => setExportOpen(true) : null}
      >
        <AskBar question={question} asked={page?.question ?? null} lineRef={line} onAsk={ask} />
      </TopBar>
      <div class="body">
        <main class={`main main-${place.view}${place.pick === null || place.view === "changes" ? "" : " with-panel"}`} id="main" tabIndex={-1}>
          {statusError !== null && <ErrorBox error={statusError} onRetry={again} />}
          {status?.choice === true && status.state !== "stopped" && <Begin onBegun={again} />}
          {statusError === null && status?.state === "stopped" && <ReadingStopped onGoOn={() => want(true)} />}
          {statusError === null && !ready && status?.state !== "stopped" && status?.state !== "nothing" && <Loading status={status} wanted={place.view === "map" ? place.account : null} onAccount={(account) => go(levelPlace({ account, unit: null }))} onStop={() => want(false)} />}
          {ready && summary.state === "failed" && <ErrorBox error={summary.error} />}
          {ready && place.view === "ask" && question === null && summary.state === "ready" && (
            <Home summary={summary.value} onTour={() => goToStop(0)} onAsk={askText} onAccount={(account) => go(levelPlace({ account, unit: null }))} findings={findings} go={go} />
          )}
          {ready && place.view === "ask" && question === null && summary.state === "loading" && <Waiting what="looking who gets in" working={summary.working} />}
          {place.view === "ask" && question !== null && answer.state === "loading" && <Waiting what="asking" working={answer.working} onStop={() => leave(go)} />}
          {place.view === "ask" && answer.state === "failed" && <ErrorBox error={answer.error} asked={question === null ? "" : questionText(question)} onAsk={askText} />}
          {place.view === "ask" && page !== null && question !== null && (
            <AnswerView page={page} open={place.answer} onWhy={(key) => go({ answer: key })} onDocument={openDocument} wantsCut={place.cut} onCut={askCut}
              picture={isPictured && page.answers.some(({ steps }) => steps.length > 0) ? <AnswerPicture fetched={picture} answers={page.answers} onRow={(at) => go({ answer: String(at) })} /> : undefined}
              onPicture={(wanted) => go({ choices: wanted ? { shows: PICTURE } : {} })} />
          )}
          {place.view === "map" && map.state === "loading" && drawn === null && <Waiting what="drawing" working={map.working} onStop={() => leave(go)} />}
          {place.view === "map" && map.state === "failed" && <ErrorBox error={map.error} />}
          {place.view === "map" && drawn !== null && seen !== null && <MapView whole={drawn} page={seen} place={place} go={go} onAsk={askText} />}
          {ready && place.view === "border" && <BorderView fetched={border} place={place} go={go} />}
          {ready && place.view === "policies" && <PoliciesView fetched={policies} place={place} go={go} />}
          {ready && place.view === "trim" && <TrimView fetched={granted} place={place} go={go} />}
          {ready && place.view === "changes" && <ChangesView place={place} go={go} onDocument={openDocument} />}
          {ready && place.view === "data" && (isChangeMap(place) ? <CompareMap place={place} go={go} onDocument={openDocument} /> : <DataView fetched={data} seen={shown(summary)?.snapshot ?? null} place={place} go={go} onDocument={openDocument} onShare={() => setExportOpen(true)} />)}
          {ready && place.view === "findings" && <FindingsView fetched={findings} place={place} go={go} />}
        </main>
        {panel}
      </div>
      {stop !== null && <Tour at={stop} onGo={goToStop} onEnd={() => setStop(null)} />}
      <p class="unseen" role="status">{said === null ? "" : visible(said)}</p>
      {place.document !== null && (
        <DocumentDialog key={place.document.id} id={place.document.id} lines={place.document.lines} onClose={() => go({ document: null })} />
      )}
      {exportOpen && <ExportDialog place={place} onClose={() => setExportOpen(false)} />}
      {helpOpen && (
        <Help
          singleKeys={singleKeys}
          onSingleKeys={(on) => {
            setSingleKeys(on);
            remember(SINGLE_KEYS, on ? "on" : "off");
          }}
          onClose={() => setHelpOpen(false)}
        />
      )}
    </div>
    </ActsContext.Provider>
  );
}

/** Something is being worked out, so far as `working` tells; who does not want to wait goes back to where there is something to see. */
function Waiting({ what, working, onStop }: { what: string; working: Working | undefined; onStop?: () => void }) {
  useEscape(onStop !== undefined, () => onStop?.());
  return (
    <p class="waiting quiet">
      <span role="status">
        {visible(working?.step ?? what)}
        {working !== undefined && working.total > 0 && `, ${number(working.done)} of ${number(working.total)}`}
      </span>
      {onStop !== undefined && <> <button type="button" class="button small" onClick={onStop}>stop <kbd aria-hidden="true">Esc</kbd></button></>}
    </p>
  );
}

/** Brings the cheapest cut into sight, if there is one. */
function showCut(focus: boolean): void {
  const title = document.getElementById("cut-title");
  title?.scrollIntoView?.({ block: "start" });
  if (focus) title?.focus();
}

/** The title of the page in the browser's own bar; names in it are shortened there, not here. */
function titleOf(subject: string | null): string {
  return subject === null ? "clavicle" : `${subject} · clavicle`;
}
