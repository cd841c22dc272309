import type { AnswerPage } from "../api/answer";
import { shown, useFetched } from "../api/fetched";
import type { Summary } from "../api/summary";
import { KindMark, shapeKindOf } from "../mark/KindGlyph";
import { counted } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { askAddress } from "./boxes";

/** Of so many the chains are looked for unasked; of the rest, when somebody asks. */
const MOST_ASKED = 6;

interface Props {
  matters: Summary["matters"];
  /** Is the snapshot small enough to look for chains before anybody asks? */
  looks: boolean;
  onAsk: (text: string) => void;
}

/** What matters, with how many get at it: directly, and through others. */
export function HomeMatters({ matters, looks, onAsk }: Props) {
  return (
    <ul class="fact-list">
      {matters.map((each, index) => (
        <li class="fact" key={each.arn ?? each.name}>
          <KindMark kind={mattersKind(each.arn)} />
          <span class="fact-main">
            <button type="button" class="link" onClick={() => onAsk(questionOf(each.name))}>
              <Name text={each.name} mono />
            </button>
            <span class="fact-sub">
              <Sentence text={each.sentence} />
              {looks && index < MOST_ASKED && <Chains name={each.name} />}
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
  );
}

function questionOf(name: string): string {
  return `who can read ${quoted(name)}`;
}

/** `, 3 chains`; nothing until that is known. */
function Chains({ name }: { name: string }) {
  const fetched = useFetched<AnswerPage>(askAddress({ in: "words", text: questionOf(name) }), "clavicle.answer/1");
  const page = shown(fetched);
  if (page === null) return <span aria-busy={fetched.state === "loading"} />;
  const chains = page.answers.filter((answer) => answer.steps.length > 1);
  return <span class="home-chains">, {chains.length === 0 ? "no chain found" : counted(chains.length, "chain")}</span>;
}

function mattersKind(arn: string | null) {
  const service = arn?.split(":")[2] ?? "";
  return shapeKindOf(`${service}:thing`);
}
