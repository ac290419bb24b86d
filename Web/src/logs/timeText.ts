import { agoText } from "../parts/format";

export type TimeForm = "off" | "local" | "UTC" | "relative";

/** The time of a line, with milliseconds; relative: how long ago, seen from `now`. */
export function timeText(time: string, form: TimeForm, now = 0): string {
  if (form === "UTC") return time.slice(11, 23);
  if (form === "relative") return agoText(Date.parse(time), now).padStart(10);
  const moment = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}
