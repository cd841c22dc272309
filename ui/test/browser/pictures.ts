import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const KEPT = fileURLToPath(new URL("../pictures/", import.meta.url));
/** Where one differs, it and what it was compared with are here. */
export const DIFFERENT = fileURLToPath(new URL("../../../artifacts/pictures/", import.meta.url));
/** So many pixels of the screen, each way, are one of a kept picture: letters become grey, and panels stay panels. */
const SHRINK = 3;
/** How far apart two colours may be, from 0 to 1. */
const COLOUR = 0.15;
/** Shades are kept in steps of so many. */
const SHADE = 8;
/** A picture is looked at in squares of so many of its pixels. */
const SQUARE = 24;
/** In no square may more than this part of the pixels differ. */
const MOST = 0.06;

/** Averages squares of pixels. */
export function shrunk(bytes: Buffer): PNG {
  const large = PNG.sync.read(bytes);
  const small = new PNG({ width: Math.floor(large.width / SHRINK), height: Math.floor(large.height / SHRINK) });
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        let sum = 0;
        for (let row = 0; row < SHRINK; row += 1) {
          for (let column = 0; column < SHRINK; column += 1) {
            sum += large.data[((y * SHRINK + row) * large.width + x * SHRINK + column) * 4 + channel] ?? 0;
          }
        }
        // Few shades take less room, and say as much.
        small.data[(y * small.width + x) * 4 + channel] = Math.min(255, Math.round(sum / SHRINK ** 2 / SHADE) * SHADE);
      }
    }
  }
  return small;
}

/** The square in which most differs: where it is on the screen, and the part of it that does. */
export interface Difference {
  x: number;
  y: number;
  part: number;
}

export function difference(one: PNG, other: PNG): { worst: Difference; drawn: PNG } {
  const { width, height } = one;
  if (other.width !== width || other.height !== height) throw new Error(`${width} by ${height} pixels, and ${other.width} by ${other.height}`);
  const drawn = new PNG({ width, height });
  const mask = new PNG({ width, height });
  pixelmatch(one.data, other.data, drawn.data, width, height, { threshold: COLOUR, includeAA: true });
  pixelmatch(one.data, other.data, mask.data, width, height, { threshold: COLOUR, includeAA: true, diffMask: true });
  let worst: Difference = { x: 0, y: 0, part: 0 };
  // Squares overlap by half, so that nothing hides on a border between two.
  for (let top = 0; top < height; top += SQUARE / 2) {
    for (let left = 0; left < width; left += SQUARE / 2) {
      let differ = 0;
      for (let y = top; y < Math.min(top + SQUARE, height); y += 1) {
        for (let x = left; x < Math.min(left + SQUARE, width); x += 1) differ += (mask.data[(y * width + x) * 4 + 3] ?? 0) > 0 ? 1 : 0;
      }
      const part = differ / SQUARE ** 2;
      if (part > worst.part) worst = { x: left * SHRINK, y: top * SHRINK, part };
    }
  }
  return { worst, drawn };
}

/** Does the screen look as it did when the picture was kept? */
export function looksAsKept(name: string, screen: Buffer): { same: boolean; told: string } {
  const path = `${KEPT}${name}.png`;
  if (!existsSync(path)) return { same: false, told: `there is no picture of ${name}: make it with \`cargo xtask pictures\`` };
  const now = shrunk(screen);
  const { worst, drawn } = difference(PNG.sync.read(readFileSync(path)), now);
  const same = worst.part <= MOST;
  if (!same) {
    mkdirSync(DIFFERENT, { recursive: true });
    writeFileSync(`${DIFFERENT}${name}.png`, screen);
    writeFileSync(`${DIFFERENT}${name}-differs.png`, PNG.sync.write(drawn));
  }
  return { same, told: `${name} differs by ${(worst.part * 100).toFixed(1)} % around ${worst.x}, ${worst.y}; see ${DIFFERENT}, and renew it with \`cargo xtask pictures\` if it is meant` };
}

/** Keeps the screen as it is now. */
export function keep(name: string, screen: Buffer): void {
  mkdirSync(KEPT, { recursive: true });
  const small = shrunk(screen);
  writeFileSync(`${KEPT}${name}.png`, PNG.sync.write(small, { colorType: 2, deflateLevel: 9 }));
}

/** The widths of some letters when the pictures were kept: other fonts break lines elsewhere. */
const FONTS = `${KEPT}fonts.json`;

export function keepFonts(widths: number[]): void {
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(FONTS, `${JSON.stringify(widths)}\n`);
}

export function hasFonts(widths: number[]): boolean {
  return existsSync(FONTS) && JSON.stringify(widths) === JSON.stringify(JSON.parse(readFileSync(FONTS, "utf8")));
}
