import { useEffect } from "react";

/** "media · Slipway" in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Slipway` : "Slipway";
  }, [title]);
}
