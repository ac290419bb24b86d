import { LinkButton } from "../../parts/LinkButton";
import { Icon } from "../../parts/Icon";
import { Status } from "../../parts/Status";
import type { Need } from "./needsOf";

/** What needs somebody, each with one act. */
export function Needs({ needs }: { needs: Need[] }) {
  if (needs.length === 0) {
    return (
      <div className="empty">
        <p className="empty-title tone-ok"><Icon name="check" /> Nothing needs you.</p>
      </div>
    );
  }
  return (
    <ul className="plain-list">
      {needs.map((need) => (
        <li key={need.key}>
          <span className="grow">
            <b>{need.subject}</b>
            <span className="below"><Status status={need.status} />{need.text && ` · ${need.text}`}</span>
          </span>
          <LinkButton to={need.act.to} name={`${need.act.text}: ${need.subject}`}>{need.act.text}</LinkButton>
        </li>
      ))}
    </ul>
  );
}
