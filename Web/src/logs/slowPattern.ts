/** Whether an expression may take longer than anybody waits: a group is repeated that itself repeats or chooses, like `(a+)+` or `(a|a)*`.
 *
 * A search by such an expression cannot be broken off within one line, and it would hold up the tab's only socket. Some that are harmless are refused too. */
export function isSlow(source: string): boolean {
  /** For each open group: whether it holds a repetition or a choice. */
  const groups: boolean[] = [];
  let isInClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === "\\") at += 1;
    else if (isInClass) isInClass = letter !== "]";
    else if (letter === "[") isInClass = true;
    else if (letter === "(") groups.push(false);
    else if (letter === "|" || isRepeated(source, at)) mark(groups);
    else if (letter === ")") {
      const isDangerous = groups.pop() ?? false;
      if (isDangerous && isRepeated(source, at + 1)) return true;
      if (isDangerous) mark(groups);
    }
  }
  return false;
}

/** Whether a repetition without a small bound stands here. */
function isRepeated(source: string, at: number): boolean {
  return /^(?:[*+]|\{\d+,(?:\d*)\}|\{\d{2,}\})/.test(source.slice(at, at + 24));
}

function mark(groups: boolean[]): void {
  if (groups.length > 0) groups[groups.length - 1] = true;
}

/** So many repetitions that can take from each other are refused: a hundred letters would take seconds. */
const TOO_MANY = 5;
/** Milliseconds for one line. */
const PATIENCE = 50;
/** The shortest beginning of a text that is tried, to see how long the whole would take. */
const PROBE = 64;

/** The test of an expression that holds nobody up, also on a line that was made for that: what would take too long is looked at in its beginning only. */
export function patientTest(pattern: RegExp, now: () => number = () => performance.now()): (text: string) => boolean {
  const degree = degreeOf(pattern.source);
  if (degree < 3) return (text) => pattern.test(text);
  return (text) => {
    for (let length = PROBE; length < text.length; length *= 2) {
      const begin = now();
      const found = pattern.test(text.slice(0, length));
      if ((now() - begin) * 2 ** degree > PATIENCE) return found;
    }
    return pattern.test(text);
  };
}

/** Whether an expression has too many repetitions that can take from each other, like `a*a*a*a*a*`. */
export function hasTooMany(source: string): boolean {
  return degreeOf(source) > TOO_MANY;
}

/**
 * With which power of its length a text can take longer: one for where a hit begins, and one for each repetition that can take from the one
 * before it. What stands between two repetitions parts them when the first one cannot take it: `[0-9]+\\.[0-9]+` does not, `.*a.*` does.
 */
export function degreeOf(source: string): number {
  const atoms = source.match(/\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|.)|\[(?:\\.|[^\]\\])*\]|[^]/gi) ?? [];
  let longest = 0;
  let chain = 0;
  for (let at = 0; at < atoms.length; at += 1) {
    if (!/^(?:[*+]|\{)$/.test(atoms[at] ?? "") || (atoms[at] === "{" && !/^\{\d+,\d*\}|^\{\d{2,}\}/.test(atoms.slice(at, at + 12).join("")))) continue;
    chain += 1;
    longest = Math.max(longest, chain);
    const repeated = atoms[at - 1] ?? "";
    let next = at + 1;
    if (atoms[at] === "{") while (next < atoms.length && atoms[next - 1] !== "}") next += 1;
    if (atoms[next] === "?") next += 1;
    if (isParted(repeated, atoms[next] ?? "", atoms[next + 1] ?? "")) chain = 0;
  }
  return 1 + longest;
}

/** Whether a repetition cannot take the letter that follows it. */
function isParted(repeated: string, letter: string, behind: string): boolean {
  // Groups may end with anything, and what is optional may be left out.
  if (repeated === ")" || /^[*+?{]$/.test(behind)) return false;
  const plain = /^\\[^a-z0-9]$/i.test(letter) ? letter.slice(1) : letter;
  if (plain.length !== 1 || (plain === letter && /[.^$|()[\]{}*+?]/.test(plain))) return false;
  try {
    return !new RegExp(`^(?:${repeated})$`, "is").test(plain);
  } catch {
    return false;
  }
}
