/** As narrow as this everything stands below each other (`theme/narrow.css`). */
const NARROW = "(max-width: 760px)";

/** What a reader does who has begun to read: from then on nothing is scrolled for them. */
const TOUCHES = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/**
 * A panel that a link opened is what the link is about: in a narrow window the page is scrolled to it, and again while the list
 * above it still comes, until the reader does anything. Gives what ends that.
 */
export function keepInSight(panel: HTMLElement): () => void {
  if (!matchMedia(NARROW).matches) return () => undefined;
  const show = () => panel.scrollIntoView?.({ block: "start" });
  const grows = new ResizeObserver(show);
  const end = () => {
    grows.disconnect();
    for (const touch of TOUCHES) removeEventListener(touch, end, true);
  };
  for (const touch of TOUCHES) addEventListener(touch, end, { capture: true, passive: true });
  grows.observe(document.body);
  // The page may be as high as its window for as long as nothing has come; then what grows is within it.
  if (panel.parentElement !== null) grows.observe(panel.parentElement);
  show();
  return end;
}
