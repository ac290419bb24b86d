const COLOURS = ["tone-info", "tone-ok", "tone-critical", "tone-warn", "tone-low", "tone-danger"];

/** The colour of a service, from its name: the same everywhere. */
export function colourOf(service: string): string {
  let hash = 0;
  for (const letter of service) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return COLOURS[hash % COLOURS.length] ?? "";
}
