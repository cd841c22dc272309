import { Dialog } from "./Dialog";

const KEYS: [string, string][] = [
  ["/", "ask a question"],
  ["1 2 3 4 5 6 7 8", "answers, map, border, policies, trim, changes, findings, data"],
  ["Tab", "next part of the page"],
  ["← → ↑ ↓", "on the map: follow a line, go to the next shape or line; in the matrix: the next cell with a line"],
  ["↑ ↓", "in a list: the row before, the row after"],
  ["Enter", "open: a unit's or an account's map, why a line is there"],
  ["U", "on the map: up to the unit or organization that this is in"],
  ["F", "on the map: only what is connected to this shape"],
  ["X", "on the map: hide this shape"],
  ["P", "on the map: path from this shape, then to that one"],
  ["K", "on the map: keep this shape out of folds, and from being hidden"],
  ["Z", "on the map: fold the band of this shape into one, and unfold it"],
  ["O", "on the map: show one by one what is drawn together, below all the rest"],
  ["L", "on the map: the worst lines before the others, or all alike"],
  ["R", "on the map: all as it was, nothing hidden, folded, pinned or taken apart"],
  ["C", "on an answer with chains, or on one thing of the map: the cheapest cut"],
  ["M", "map, matrix or table; of an answer: a picture of its steps"],
  ["B", "on a map of a change: before, both, after"],
  ["E", "export what is shown"],
  ["[ ]", "back, forward"],
  ["Esc", "close; stop what is being worked out"],
  ["?", "this list"],
];

interface Props {
  singleKeys: boolean;
  onSingleKeys: (on: boolean) => void;
  onClose: () => void;
}

/** The keys that work, and a switch for people whom single keys get in the way. */
export function Help({ singleKeys, onSingleKeys, onClose }: Props) {
  return (
    <Dialog name="help" title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={singleKeys} onChange={(event) => onSingleKeys(event.currentTarget.checked)} />
        single keys work outside of text boxes
      </label>
      <h3 class="block-title">Marks</h3>
      <p class="help-text">
        Every policy layer is a pin: ✓ lets it turn, – no such layer, ✕ stops it, ~ not seen, ? depends. A key turns only when no pin stops it. A wave means
        “not seen”, which is never a no. A double outline with ×N stands for N equal things. A hollow diamond is a condition.
      </p>
    </Dialog>
  );
}
