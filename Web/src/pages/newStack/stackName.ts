/** Why a text cannot be the name of a new stack; null: it can. The server has the last word. */
export function nameRefusal(name: string, server: string, taken: readonly { name: string; server: string }[]): string | null {
  if (name === "") return "give it a name";
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) return "use lower-case letters, digits, - and _, beginning with a letter or digit, at most 63";
  const other = taken.find((stack) => stack.name === name);
  if (other === undefined) return null;
  return other.server === server ? `${server} has a stack of this name` : `there is ${name} on ${other.server}: its folder here has this name`;
}

/** A name that fits, made of a folder's or a file's; empty when nothing of it fits. */
export function nameFrom(text: string): string {
  return text.toLowerCase().replace(/\.git$/, "").replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|-+$/g, "").slice(0, 63);
}
