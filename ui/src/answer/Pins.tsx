import { Fragment } from "preact";
import { useId, useState } from "preact/hooks";
import type { Pin } from "../api/answer";
import { PIN_WORD, PinGlyph } from "../mark/PinGlyph";
import { Name } from "../text/Name";
import { type OpenDocument, Statement } from "./Statement";

const LAYER_WORD: Record<string, string> = {
  identity: "identity", trust: "trust", resource: "resource", boundary: "boundary", session: "session", scp: "SCP", rcp: "RCP", endpoint: "endpoint",
};

/** The policy layers of one decision, like the pins of a lock: all must line up for the key to turn. */
export function Pins({ pins, onOpen }: { pins: Pin[]; onOpen: OpenDocument }) {
  const id = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const pin = chosen === null ? undefined : pins[chosen];
  return (
    <div class="pins">
      <ul class="pin-row" aria-label="policy layers">
        {pins.map((each, index) => (
          <li key={each.layer}>
            <PinBox
              pin={each}
              pressed={chosen === index}
              controls={`${id}-statements`}
              onPress={() => setChosen(chosen === index ? null : index)}
            />
          </li>
        ))}
      </ul>
      <div id={`${id}-statements`} class="pin-statements">
        {pin?.citations.map((citation, index) => <Statement key={index} citation={citation} onOpen={onOpen} />)}
      </div>
    </div>
  );
}

const LAYER_MEANS: Record<string, string> = {
  identity: "policies of whoever asks, and of their groups",
  trust: "whom the role lets become it",
  resource: "the policy of the thing itself",
  boundary: "the most that whoever asks may ever do (permissions boundary)",
  session: "the most that may be done with this one sign-in (session policy)",
  scp: "what the organization lets its accounts do (service control policy)",
  rcp: "what the organization lets be done to its things (resource control policy)",
  endpoint: "what the network door that they come through lets pass (VPC endpoint policy)",
};

/** What the layers are, for people who have not seen them before. */
export function PinKey({ pins }: { pins: Pin[] }) {
  return (
    <details class="pin-key">
      <summary>what are these?</summary>
      <p>Policies that have a say, like the pins of a lock: all must let the key turn.</p>
      <dl class="facts">
        {pins.map(({ layer }) => (
          <Fragment key={layer}>
            <dt>{LAYER_WORD[layer] ?? layer}</dt>
            <dd>{LAYER_MEANS[layer]}</dd>
          </Fragment>
        ))}
      </dl>
      <ul class="key" aria-label="what the marks mean">
        {(["turns", "none", "stops", "unseen", "depends"] as const).map((state) => <li key={state}><PinGlyph state={state} /> {PIN_WORD[state]}</li>)}
      </ul>
    </details>
  );
}

function PinBox({ pin, pressed, controls, onPress }: { pin: Pin; pressed: boolean; controls: string; onPress: () => void }) {
  const word = LAYER_WORD[pin.layer] ?? pin.layer;
  const inside = (
    <>
      <PinGlyph state={pin.state} />
      <span class="pin-layer">{word}</span>
      <span class="unseen">: {PIN_WORD[pin.state]}</span>
    </>
  );
  if (pin.citations.length === 0) return <span class={`pin pin-is-${pin.state}`} title={`${word}: ${PIN_WORD[pin.state]}`}>{inside}</span>;
  return (
    <button type="button" class={`pin pin-is-${pin.state}`} aria-expanded={pressed} aria-controls={controls} onClick={onPress}>
      {inside}
    </button>
  );
}

/** The same pins with room to say more: one line each, for the one decision of a yes-or-no question. */
export function PinList({ pins }: { pins: Pin[] }) {
  return (
    <ul class="pin-list">
      {pins.map((pin) => (
        <li key={pin.layer} class={`pin-line pin-is-${pin.state}`}>
          <PinGlyph state={pin.state} />
          <span class="pin-layer">{LAYER_WORD[pin.layer] ?? pin.layer}</span>
          <span class="pin-word">{PIN_WORD[pin.state]}</span>
          {pin.label !== null && pin.label !== "" && (
            <span class="pin-label">
              <Name text={pin.line === null ? pin.label : `${pin.label}:${pin.line}`} mono most={80} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
