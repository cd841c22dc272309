import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { elide, elideSentence } from "./elide";
import { visible } from "./visible";

/** One name from the snapshot, kept from disturbing the text around it and never longer than `most` characters. */
export function Name({ text, most = 72, mono = false }: { text: string; most?: number; mono?: boolean }) {
  const full = visible(text);
  const short = elide(full, most);
  const look = mono ? "name mono" : "name";
  return <Whole full={full} short={short} look={look}>{short}</Whole>;
}

/** So many characters take two lines at most, and so many of one name less than one: a name that does not fit behind what is before it begins the next. */
interface Room {
  most: number;
  run: number;
}

export const ROOM_OF_TITLE: Room = { most: 124, run: 52 };
export const ROOM_OF_PANEL: Room = { most: 112, run: 52 };
export const ROOM_OF_VERDICT: Room = { most: 120, run: 52 };

/** How long a sentence may be here; by itself, over the width of a list. */
export const SentenceRoom = createContext<Room>({ most: 200, run: 100 });

/** A sentence that contains names, which are shortened until it has its room. */
export function Sentence({ text }: { text: string }) {
  const room = useContext(SentenceRoom);
  const full = visible(text);
  const short = elideSentence(full, room.most, room.run);
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
