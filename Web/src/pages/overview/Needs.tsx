import { LinkButton } from "../../parts/LinkButton";
import { Empty } from "../../parts/Empty";
import { Status } from "../../parts/Status";
import type { Need } from "./needsOf";

/** What needs somebody, each with one act. */
export function Needs({ needs }: { needs: Need[] }) {
  if (needs.length === 0) return <Empty title="Nothing needs you." />;
  return (
    <ul className="plain-list">
      {needs.map((need) => (
        <li key={need.key}>
          <Status status={need.status} />
          <span className="grow"><b>{need.subject}</b> {need.text}</span>
          <LinkButton to={need.act.to}>{need.act.text}</LinkButton>
        </li>
      ))}
    </ul>
  );
}
