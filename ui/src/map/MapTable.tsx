import type { MapPage } from "../api/map";
import { RiskMark, riskRank } from "../mark/Risk";
import { RelationLine } from "../answer/RelationLine";
import { number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";

const LETTER_WORD: Record<string, string> = { L: "list", R: "read", W: "write", D: "delete", X: "run", C: "control" };

/** The letters at the end of a line, as words. */
export function accessWords(letters: string): string {
  return Array.from(letters).map((letter) => LETTER_WORD[letter] ?? visible(letter)).join(", ");
}

interface Props {
  page: MapPage;
  /** False beside the drawing: then it is there for screen readers only, and nothing in it takes the focus. */
  shown: boolean;
  selected: string | null;
  onOpen: (ribbon: string) => void;
}

/** The same facts as the drawing, a row per line, worst first. */
export function MapTable({ page, shown, selected, onOpen }: Props) {
  const rows = page.rows.map((row, index) => ({ row, index })).sort((a, b) => riskRank(a.row.mark) - riskRank(b.row.mark) || a.index - b.index);
  const letters = new Map(page.ribbons.filter((ribbon) => (ribbon.letters ?? "") !== "").map((ribbon) => [ribbon.id, ribbon.letters ?? ""]));
  const unseen = new Set(page.ribbons.filter((ribbon) => ribbon.unseen).map((ribbon) => ribbon.id));
  return (
    <div class={shown ? "map-table" : "map-table unseen"}>
      <table>
        <caption class="unseen">{visible(page.title)}: the same as the map, a row per line</caption>
        <thead>
          <tr>
            <th scope="col">risk</th>
            <th scope="col">from</th>
            <th scope="col">relation</th>
            <th scope="col">to</th>
            <th scope="col" class="right">pairs</th>
            <th scope="col">condition</th>
            {page.change !== undefined && <th scope="col">when</th>}
            {shown && <th scope="col"><span class="unseen">why</span></th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row }) => (
            <tr key={row.ribbon} class={row.ribbon === selected ? "selected" : ""}>
              <td>{row.mark === null ? <span class="unseen">none</span> : <RiskMark risk={row.mark} />}</td>
              <th scope="row"><Name text={row.from} /></th>
              <td class="nowrap">
                <RelationLine relation={row.relation} /> {visible(row.relation)}
                {letters.has(row.ribbon) && <span class="quiet"> {accessWords(letters.get(row.ribbon) ?? "")}</span>}
              </td>
              <td><Name text={row.to} /></td>
              <td class="right">{number(row.count)}</td>
              <td>
                {unseen.has(row.ribbon) && <RiskMark risk="unknown" />} {row.if === null || row.if === "" ? "" : <Sentence text={row.if} />}
              </td>
              {page.change !== undefined && <td>{row.change === "gone" ? "only before" : row.change === "new" ? "only after" : "before and after"}</td>}
              {shown && (
                <td class="right">
                  <button type="button" class="link" data-row={row.ribbon} aria-pressed={row.ribbon === selected} onClick={() => onOpen(row.ribbon)}>
                    why<span class="unseen"> {visible(`${row.from} ${row.relation} ${row.to}`)}</span>
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {page.rows.length === 0 && <p class="quiet empty">No line on this map.</p>}
    </div>
  );
}
