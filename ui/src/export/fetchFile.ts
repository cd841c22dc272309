import { CallError } from "../api/call";

const ASK_AGAIN_MS = 300;
/** Pictures are drawn this much larger than on screen, so that they stay sharp. */
const PNG_SCALE = 2;
/** Browsers draw no canvas that is longer than this. */
const MOST_PIXELS = 16_000;

interface FileOf {
  blob: Blob;
  name: string;
}

/** What the program hands on, whole: asked for again while it is still working it out. */
export async function fetchFile(address: string, signal: AbortSignal, body: string | null = null): Promise<FileOf> {
  const sent: RequestInit = body === null ? {} : { method: "POST", headers: { "content-type": "application/json" }, body };
  for (;;) {
    const response = await fetch(address, { signal, credentials: "same-origin", ...sent });
    if (response.status === 202) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      signal.throwIfAborted();
      continue;
    }
    if (!response.ok) {
      const said = (await response.json().catch(() => null)) as { error?: string; hint?: string | null } | null;
      throw new CallError(address, response.status, said?.error ?? `the program answered with status ${response.status}`, said?.hint ?? null, []);
    }
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "clavicle";
    return { blob: await response.blob(), name };
  }
}

/** A drawing (SVG) as a PNG. */
export async function asPng({ blob: drawing, name }: FileOf): Promise<FileOf> {
  const image = new Image();
  image.src = URL.createObjectURL(drawing);
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  const scale = Math.min(PNG_SCALE, MOST_PIXELS / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new CallError("", 0, "the browser could not draw the picture", "take the SVG instead", []);
  return { blob, name: name.replace(/\.svg$/, ".png") };
}

/** Gives a file to the person. */
export function save({ blob, name }: FileOf): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
