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
