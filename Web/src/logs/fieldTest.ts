/** The single tests of `field:value other>3`: they begin where a name and a sign stand outside quotes. */
export function fieldsOf(text: string): string[] {
  const quoted: string[] = [];
  const bare = text.replace(/"[^"]*"/g, (found) => `\u0000${quoted.push(found) - 1}\u0000`);
  return bare.split(/\s+(?=[^\s:<>=\u0000]+\s*(?::|>=|<=|>|<))/).filter((part) => part.trim())
    .map((part) => part.replace(/\u0000(\d+)\u0000/g, (_, at: string) => (quoted[Number(at)] ?? "").slice(1, -1)).trim());
}

/** Whether a JSON line fits all tests of a text. Throws what is wrong with one. */
export function fieldsTest(text: string): (line: string) => boolean {
  const tests = fieldsOf(text).map(fieldTest);
  return (line) => tests.every((test) => test(line));
}

/** The test of `field:value` or `field>number` (also `<`, `>=`, `<=`) on JSON lines; dots lead into objects. Throws what is wrong with it. */
export function fieldTest(text: string): (line: string) => boolean {
  const found = /^\s*([^:<>=\s]+)\s*(:|>=|<=|>|<)\s*(.+?)\s*$/.exec(text);
  if (!found) throw new Error("A field is field:value or field>number.");
  const [, name = "", sign, wanted = ""] = found;
  const path = name.split(".");
  const number = Number(wanted);
  if (sign !== ":" && Number.isNaN(number)) throw new Error(`${wanted} is no number.`);
  return (line) => {
    const value = valueAt(line, name, path);
    if (value === undefined) return false;
    if (sign === ":") return String(value).toLowerCase() === wanted.toLowerCase();
    const had = typeof value === "number" ? value : Number(value);
    return sign === ">" ? had > number : sign === "<" ? had < number : sign === ">=" ? had >= number : had <= number;
  };
}

function valueAt(line: string, name: string, path: string[]): unknown {
  if (!line.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const whole = memberOf(value, name);
  return whole !== undefined ? whole : path.reduce(memberOf, value);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
