/** Marks that turn the direction of the text around them: what they make of a line is not what it says. */
const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** A text with its marks of direction written out. */
export function shownText(text: string): string {
  return text.replace(BIDI, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}
