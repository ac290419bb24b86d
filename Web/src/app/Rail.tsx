import { Icon } from "../parts/Icon";
import { Link } from "./Link";
import { rail } from "./places";
import { mayAnywhere, useSession } from "./session";

/** The parts of the site at the left. */
export function Rail({ current }: { current: string | undefined }) {
  const { session } = useSession();
  return (
    <nav className="rail" aria-label="Main">
      {rail.map((group) => (
        <div key={group.name}>
          <h2>{group.name}</h2>
          <ul>
            {group.entries.filter((entry) => !entry.role || mayAnywhere(session, entry.role)).map((entry) => (
              <li key={entry.to}>
                <Link to={entry.to} isCurrent={entry.to === current}>
                  <Icon name={entry.icon} />
                  <span>{entry.text}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
