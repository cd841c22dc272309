import { useEffect, useLayoutEffect, useState } from "preact/hooks";

export const THEMES = ["auto", "light", "dark", "contrast"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "clavicle.theme";

/** The chosen theme; `auto` follows what the system prefers, and keeps following it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(remembered);
  // Before the page is drawn, and not after: without its colours it would be drawn twice.
  useLayoutEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const contrast = matchMedia("(prefers-contrast: more)");
    const apply = () => {
      document.documentElement.dataset.theme = resolved(theme, dark.matches, contrast.matches);
    };
    apply();
    dark.addEventListener("change", apply);
    contrast.addEventListener("change", apply);
    return () => {
      dark.removeEventListener("change", apply);
      contrast.removeEventListener("change", apply);
    };
  }, [theme]);
  const choose = (next: Theme) => {
    setTheme(next);
    remember(KEY, next);
  };
  return [theme, choose];
}

type Shown = Exclude<Theme, "auto">;

/** The set of colours that the page has now: for what is drawn elsewhere and has to look like it. */
export function useShownTheme(): Shown {
  const [shown, setShown] = useState(shownNow);
  useEffect(() => {
    const follow = () => setShown(shownNow());
    // It may have changed before anybody looked.
    follow();
    const changes = new MutationObserver(follow);
    changes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => changes.disconnect();
  }, []);
  return shown;
}

function shownNow(): Shown {
  const now = document.documentElement.dataset.theme;
  return now === "dark" || now === "contrast" ? now : "light";
}

/** Which set of colours a choice means here. */
export function resolved(theme: Theme, prefersDark: boolean, prefersContrast: boolean): Shown {
  if (theme !== "auto") return theme;
  if (prefersContrast) return "contrast";
  return prefersDark ? "dark" : "light";
}

function remembered(): Theme {
  const value = recall(KEY);
  return THEMES.find((theme) => theme === value) ?? "auto";
}

/** Storage may be switched off; then a choice lasts as long as the page. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing to do: the choice was applied, it is only not kept.
  }
}
