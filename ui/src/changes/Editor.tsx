import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";
import type { Fault } from "../api/tried";
import { visible } from "../text/visible";

interface Props {
  label: string;
  /** The text to begin with; the editor keeps its own from then on. */
  text: string;
  /** Changes when `text` comes from elsewhere (a link, the text as it was) and is to replace what is there. */
  epoch: number;
  faults: Fault[];
  onText: (text: string) => void;
}

const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "2px solid var(--selected)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--text-2)", borderRight: "1px solid var(--border)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selected-soft) !important" },
  ".cm-matchingBracket": { backgroundColor: "var(--selected-soft) !important", outline: "1px solid var(--selected)" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--raised)", border: "1px solid var(--border-strong)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--critical)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--medium-outline)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--critical)", textUnderlineOffset: "3px" },
  ".cm-lintRange-info": { backgroundImage: "none", textDecoration: "underline dotted var(--neutral)", textUnderlineOffset: "3px" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--neutral)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--medium-outline)", textUnderlineOffset: "3px" },
});

// Colour means risk or selection, so syntax is told by weight and by greys.
const SYNTAX = HighlightStyle.define([
  { tag: tags.propertyName, fontWeight: "600" },
  { tag: [tags.bracket, tags.separator, tags.punctuation], color: "var(--text-2)" },
]);

/**
 * Types over a selection. Left to itself the browser keeps the look of what it replaces by a style attribute, which the
 * content policy forbids.
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || event.data === null || view.composing || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

/**
 * A policy text that can be changed. It lives in a shadow tree, where its styles are constructed sheets: the content policy
 * of the page allows no style elements.
 */
export default function Editor({ label, text, epoch, faults, onText }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const report = useRef(onText);
  report.current = onText;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          json(),
          syntaxHighlighting(SYNTAX),
          EditorView.lineWrapping,
          EditorView.domEventHandlers({ beforeinput: typeOver }),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) report.current(update.state.doc.toString());
          }),
          LOOK,
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [label]);
  useEffect(() => {
    const editor = view.current;
    if (editor !== null && editor.state.doc.toString() !== text) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [epoch]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const most = editor.state.doc.length;
    const diagnostics: Diagnostic[] = faults.map(({ severity, message, help, from, to }) => ({
      severity: severity === "error" ? "error" : severity === "suggestion" ? "info" : "warning",
      message: visible(help === null ? message : `${message}: ${help}`),
      from: Math.min(from, most),
      to: Math.min(Math.max(to, from), most),
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [faults]);
  return <div class="editor" ref={host} />;
}
