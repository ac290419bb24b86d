/** `ABCDEFGH` as `ABCD EFGH`, to be typed over. */
export function groupsOfFour(text: string): string {
  return text.replace(/(.{4})(?=.)/g, "$1 ");
}
