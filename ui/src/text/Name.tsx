import { elide } from "./elide";
import { visible } from "./visible";

/** One name from the snapshot, kept from disturbing the text around it and never longer than `most` characters. */
export function Name({ text, most = 72, mono = false }: { text: string; most?: number; mono?: boolean }) {
  const full = visible(text);
  const short = elide(full, most);
  const look = mono ? "name mono" : "name";
  if (short === full) return <bdi class={look}>{full}</bdi>;
  return (
    <bdi class={look} title={full}>
      <span aria-hidden="true">{short}</span>
      <span class="unseen">{full}</span>
    </bdi>
  );
}

/** A sentence that contains names. */
export function Sentence({ text }: { text: string }) {
  return <bdi class="sentence">{visible(text)}</bdi>;
}
