import { useLink } from "../stream/stream";

/** Why an act cannot be done: its own reason, or that the server is out of reach. */
export function useRefusal(refusal: string | null | undefined, changesThings: boolean): string | null | undefined {
  const link = useLink();
  if (refusal || !changesThings || link.state !== "offline") return refusal;
  return "no connection to the server";
}
