import { preferencesNow, usePreferences } from "./preferences";
import { useEffect } from "react";

/** Writes the theme where the style sheet reads it; `auto` leaves it to the system. */
export function applyTheme(theme: string = preferencesNow().theme): void {
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
}

export function useTheme(): void {
  const { theme } = usePreferences();
  useEffect(() => applyTheme(theme), [theme]);
}
