/** A command line in words, as a shell takes it: quotes keep blanks together. */
export function words(line: string): string[] {
  const found = line.match(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return found.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
      double !== undefined ? double.replace(/\\(["\\])/g, "$1") : single ?? "",
    ),
  );
}
