import type { Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { path } from "../../app/router";
import { statusKinds } from "../../parts/statusKinds";
import { shownStacks } from "../stacks/stackView";

/** More of them are a list of their own. */
const SHOWN = 60;

/** Every stack in a few letters, the worst first. */
export function StackBoard({ stacks }: { stacks: Stack[] }) {
  const shown = shownStacks(stacks, { text: "", status: [], server: "" }, "status", false);
  const isOneServer = new Set(stacks.map((stack) => stack.server)).size < 2;
  return (
    <ul className="board">
      {shown.slice(0, SHOWN).map((stack) => {
        const kind = statusKinds[stack.status];
        return (
          <li key={stack.id}>
            <Link to={path`/stacks/${stack.id}`} className={stack.reachable ? undefined : "muted"} title={`${stack.id}: ${kind?.word ?? stack.status}`}>
              <span className={`tone-${kind?.tone ?? "muted"}`} aria-hidden="true">{kind?.glyph ?? "○"}</span>
              <span className="board-name">{isOneServer ? stack.name : stack.id}</span>
              <span className="unseen">, {kind?.word ?? stack.status}</span>
            </Link>
          </li>
        );
      })}
      {shown.length > SHOWN && <li><Link to="/stacks">{shown.length - SHOWN} more</Link></li>}
    </ul>
  );
}
