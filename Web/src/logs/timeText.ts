export type TimeForm = "off" | "local" | "UTC";

/** The time of a line, with milliseconds. */
export function timeText(time: string, form: TimeForm): string {
  if (form === "UTC") return time.slice(11, 23);
  const moment = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}
