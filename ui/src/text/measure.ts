/** How wide a text is on screen, in pixels; without a canvas (in tests) a cautious guess. */
export function measurer(font: string, size: number): (text: string) => number {
  const context = canvasContext();
  if (context === null) return (text) => Array.from(text).length * size * 0.6;
  return (text) => {
    context.font = font;
    return context.measureText(text).width;
  };
}

let shared: CanvasRenderingContext2D | null | undefined;

function canvasContext(): CanvasRenderingContext2D | null {
  if (shared === undefined) {
    try {
      const context = document.createElement("canvas").getContext("2d");
      shared = context !== null && typeof context.measureText === "function" ? context : null;
    } catch {
      shared = null;
    }
  }
  return shared;
}
