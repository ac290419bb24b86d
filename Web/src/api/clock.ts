/** The server's clock: its moments are compared with it, and not with that of this machine. */
let ahead = 0;
/** `Date` tells whole seconds, and an answer takes a while: less than this is no difference. */
const LEAST = 3000;

/** Takes the `Date` of an answer (RFC 9110, 6.6.1). */
export function hearDate(date: string | null): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const difference = told + 500 - Date.now();
  ahead = Math.abs(difference) > LEAST ? difference : 0;
}

/** Now, as the server has it; milliseconds of 1970. */
export function serverNow(): number {
  return Date.now() + ahead;
}
