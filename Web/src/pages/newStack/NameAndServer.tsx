import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import type { NewStackPlace } from "./useNewStack";

/** What the stack is called and where it runs. */
export function NameAndServer({ place }: { place: NewStackPlace }) {
  return (
    <div className="columns">
      <Field
        label="Name" value={place.name} onChange={place.setName} required maxLength={63} autoComplete="off" placeholder="media"
        error={place.name === "" ? null : place.refusal} hint="Lower-case letters, digits, - and _."
      />
      <Select
        label="Server" value={place.server} onChange={place.setServer}
        options={(place.servers.length > 0 ? place.servers : ["local"]).map((name) => ({ value: name, label: name }))}
      />
    </div>
  );
}
