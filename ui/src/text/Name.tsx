import type { ComponentChildren } from "preact";
import { elide, elideRuns } from "./elide";
import { visible } from "./visible";

/** Names in sentences are rarely longer; lists of a few names have spaces between them. */
export const MOST_OF_A_RUN = 120;

/** One name from the snapshot, kept from disturbing the text around it and never longer than `most` characters. */
export function Name({ text, most = 72, mono = false }: { text: string; most?: number; mono?: boolean }) {
  const full = visible(text);
  const short = elide(full, most);
  const look = mono ? "name mono" : "name";
  return <Whole full={full} short={short} look={look}>{short}</Whole>;
}

/** A sentence that contains names, each at most of a length that leaves the sentence to be read. */
export function Sentence({ text }: { text: string }) {
  const full = visible(text);
  const short = elideRuns(full, MOST_OF_A_RUN);
  return <Whole full={full} short={short} look="sentence">{short}</Whole>;
}

/** What is shown, and where it is shortened, the whole for the pointer and for those who hear it. */
export function Whole({ full, short, look, children }: { full: string; short: string; look: string; children: ComponentChildren }) {
  if (short === full) return <bdi class={look}>{children}</bdi>;
  return (
    <bdi class={look} title={full}>
      <span aria-hidden="true">{children}</span>
      <span class="unseen">{full}</span>
    </bdi>
  );
}
