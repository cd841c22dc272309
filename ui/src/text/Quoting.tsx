import { visible } from "./visible";

/** A sentence in which what stands between backticks is what was typed or is to be typed. */
export function Quoting({ text }: { text: string }) {
  return <bdi class="sentence">{text.split("`").map((part, index) => (index % 2 === 1 ? <code class="mono" key={index}>{visible(part)}</code> : visible(part)))}</bdi>;
}
