import { Button } from "../parts/Button";
import { visibleText } from "./ansi";

interface Props {
  value: Record<string, unknown>;
  pinned: string[];
  onPin: (field: string) => void;
}

/** A JSON line as a tree; what it has at the top can be pinned as a column. */
export function JsonTree({ value, pinned, onPin }: Props) {
  return (
    <ul className="log-tree mono">
      {Object.entries(value).map(([name, member]) => (
        <li key={name}>
          <Member name={name} value={member} />
          <Button kind="quiet" icon={pinned.includes(visibleText(name)) ? "close" : "plus"} iconOnly onClick={() => onPin(visibleText(name))}>
            {pinned.includes(visibleText(name)) ? `Take ${visibleText(name)} out of the columns` : `Show ${visibleText(name)} as a column`}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Member({ name, value }: { name: string; value: unknown }) {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : null;
  if (!members) return <span>{`"${visibleText(name)}": ${visibleText(JSON.stringify(value))}`}</span>;
  return (
    <details open>
      <summary>{`"${visibleText(name)}": ${Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`}`}</summary>
      <ul className="log-tree">{members.map(([key, member]) => <li key={key}><Member name={key} value={member} /></li>)}</ul>
    </details>
  );
}
