import { preferencesNow, usePreferences } from "./preferences";
import { useEffect } from "react";

const YEAR_SECONDS = 31_536_000;

/** Writes the theme where the style sheet reads it; `auto` leaves it to the system. */
export function applyTheme(theme: string = preferencesNow().theme): void {
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  // The server writes the attribute into the page: it has its colours from the first paint.
  const life = theme === "auto" ? 0 : YEAR_SECONDS;
  document.cookie = `slipway_theme=${theme}; Path=/; Max-Age=${life}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
}

export function useTheme(): void {
  const { theme } = usePreferences();
  useEffect(() => applyTheme(theme), [theme]);
}
