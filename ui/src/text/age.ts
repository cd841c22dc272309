const STEPS: [most: number, minutes: number, unit: string][] = [
  [60, 1, "min"],
  [48 * 60, 60, "h"],
  [Infinity, 24 * 60, "d"],
];

/** `2 h old`, `12 d old`; null of what tells no time, or one to come. */
export function age(id: string, now: number): string | null {
  const minutes = Math.floor((now - Date.parse(id)) / 60_000);
  if (Number.isNaN(minutes) || minutes < 0) return null;
  const [, length, unit] = STEPS.find(([most]) => minutes < most) ?? [0, 1, "min"];
  return `${Math.floor(minutes / length)} ${unit} old`;
}
