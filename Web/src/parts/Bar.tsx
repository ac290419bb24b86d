interface Props {
  /** What it measures, for screen readers. */
  name: string;
  value: number;
  /** The whole; 0 or nothing: not known, and the bar runs. */
  of: number | null | undefined;
  text?: string;
}

/** How much of a whole: a download, a disk. */
export function Bar({ name, value, of, text }: Props) {
  if (!of) return <progress className="bar" aria-label={name} aria-valuetext={text} />;
  return <progress className="bar" aria-label={name} max={of} value={Math.min(value, of)} aria-valuetext={text} />;
}
