import { useContext } from "preact/hooks";
import { elideSentence } from "./elide";
import { SentenceRoom, Whole } from "./Name";
import { visible } from "./visible";

/** A sentence in which what stands between backticks is what was typed or is to be typed. */
export function Quoting({ text }: { text: string }) {
  const room = useContext(SentenceRoom);
  const full = visible(text);
  const short = elideSentence(full, room.most, room.run);
  const plain = full.replaceAll("`", "");
  return (
    <Whole full={plain} short={short === full ? plain : short} look="sentence">
      {short.split("`").map((part, index) => (index % 2 === 1 ? <code class="mono" key={index}>{part}</code> : part))}
    </Whole>
  );
}
