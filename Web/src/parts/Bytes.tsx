import { bytesText } from "./format";

/** A size in binary units, with the bytes as its tooltip; nothing known is a dash. */
export function Bytes({ value }: { value: number | null | undefined }) {
  if (value == null) return <span className="muted">–</span>;
  return <span className="numbers" title={`${value.toLocaleString("en")} bytes`}>{bytesText(value)}</span>;
}
