/** A Git repository as a form has it. */
export interface GitForm {
  url: string;
  ref: string;
  path: string;
  /** Empty: only when asked. */
  intervalSeconds: string;
  token: string;
  tokenUser: string;
}

export const emptySource: GitForm = { url: "", ref: "main", path: "", intervalSeconds: "", token: "", tokenUser: "" };

export const intervals = [
  { value: "", label: "Only when asked" }, { value: "60", label: "Every minute" }, { value: "300", label: "Every 5 minutes" },
  { value: "3600", label: "Every hour" }, { value: "86400", label: "Every day" },
];

/** Why it cannot be sent; null: it can. */
export function sourceRefusal(source: GitForm): string | null {
  if (source.url.trim() === "") return "give the address of the repository";
  if (/^https?:\/\/[^/]*@/.test(source.url)) return "leave name and password out of the address; there are fields for them";
  if (source.ref.trim() === "") return "give a branch, a tag or a commit";
  return null;
}

/** What the API takes; a token that is left empty leaves the stored one as it is. */
export function sourceBody(source: GitForm) {
  return {
    url: source.url.trim(), ref: source.ref.trim(), path: source.path.trim() || undefined,
    interval_seconds: source.intervalSeconds === "" ? undefined : Number(source.intervalSeconds),
    token: source.token || undefined, token_user: source.tokenUser.trim() || undefined,
  };
}
