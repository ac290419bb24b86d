/** What the row of a gap says; null: nobody has counted what is missing. */
export function gapText(lines: number | null): string {
  // One is also told where the engine does not say how many.
  if (lines === null || lines <= 1) return "lines between are not loaded";
  return `${lines.toLocaleString("en").replaceAll(",", " ")} lines not loaded`;
}
