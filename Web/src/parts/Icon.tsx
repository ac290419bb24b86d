import { icons } from "./icons";

export type IconName = keyof typeof icons;

/** One of our icons, 16 px, in the colour of the text; what it means is said beside it. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg className={className ? `icon ${className}` : "icon"} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={icons[name]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
