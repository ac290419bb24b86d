import { useState } from "react";
import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { Link } from "./Link";
import { rail } from "./places";
import { mayAnywhere, useSession } from "./session";

const MAIN = ["/", "/stacks", "/logs", "/operations"];

/** The parts of the site at the foot of narrow screens. */
export function BottomBar({ current }: { current: string | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const { session } = useSession();
  const entries = rail.flatMap((group) => group.entries).filter((entry) => !entry.role || mayAnywhere(session, entry.role));
  return (
    <nav className="bottom" aria-label="Main, narrow">
      <ul>
        {entries.filter((entry) => MAIN.includes(entry.to)).map((entry) => (
          <li key={entry.to}>
            <Link to={entry.to} isCurrent={entry.to === current}><Icon name={entry.icon} />{entry.text}</Link>
          </li>
        ))}
        <li><button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog"><Icon name="menu" />More</button></li>
      </ul>
      {isOpen && (
        <Dialog title="More" onClose={() => setOpen(false)}>
          <ul className="more-list">
            {entries.filter((entry) => !MAIN.includes(entry.to)).map((entry) => (
              <li key={entry.to}>
                <Link to={entry.to} isCurrent={entry.to === current} onClick={() => setOpen(false)}><Icon name={entry.icon} />{entry.text}</Link>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </nav>
  );
}
