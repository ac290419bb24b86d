import { Field } from "../parts/Field";
import { Select } from "../parts/Select";
import { intervals, type GitForm } from "./gitSource";

interface Props {
  source: GitForm;
  onChange: (source: GitForm) => void;
  /** A token is stored already. */
  hasToken: boolean;
}

/** Where the files are, how often they are looked at, and with which token. */
export function GitFields({ source, onChange, hasToken }: Props) {
  const set = (change: Partial<GitForm>) => onChange({ ...source, ...change });
  return (
    <div className="form">
      <Field label="Address" required value={source.url} onChange={(url) => set({ url })} placeholder="https://git.example/team/media" hint="https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH." autoComplete="off" />
      <Field label="Branch, tag or commit" required value={source.ref} onChange={(ref) => set({ ref })} autoComplete="off" />
      <Field label="Folder in the repository" value={source.path} onChange={(path) => set({ path })} hint="Empty: its top." autoComplete="off" />
      <Select
        label="Look for changes" value={source.intervalSeconds} options={intervals} onChange={(intervalSeconds) => set({ intervalSeconds })}
        hint="What has changed is deployed at once, in your name."
      />
      <Field
        label="Token" type="password" autoComplete="off" value={source.token} onChange={(token) => set({ token })}
        hint={hasToken ? "One is stored. Left empty, it stays." : "For a private repository over https. It is kept sealed and never shown."}
      />
      <Field label="Name that goes with the token" value={source.tokenUser} onChange={(tokenUser) => set({ tokenUser })} placeholder="x-access-token" autoComplete="off" />
    </div>
  );
}
