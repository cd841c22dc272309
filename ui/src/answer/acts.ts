import { createContext } from "preact";

/** Where a step leads on to: set once for the whole page, so that no view has to hand it down. */
export interface Acts {
  /** Opens a draft of a policy in Changes, with this text if there is one. */
  onTry: (policy: string, text: string | null) => void;
  /** Opens a policy, statement by statement. */
  onPolicy: (policy: string) => void;
  /** Opens what was seen and what was not, with what to do about it. */
  onData: () => void;
  /** Asks a question in words, and for the cheapest cut if wanted. */
  onAsk: (text: string, cut?: boolean) => void;
}

export const ActsContext = createContext<Acts>({ onTry: () => undefined, onPolicy: () => undefined, onData: () => undefined, onAsk: () => undefined });
