import { useState } from "react";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { chosenWith, type SourceNode } from "./sourceNodes";

interface Props {
  nodes: SourceNode[];
  chosen: string[];
  onChoose: (sources: string[]) => void;
  /** All is shown open: somebody searches. */
  isOpen: boolean;
  depth?: number;
  /** Something around them is chosen, and they with it. */
  isCovered?: boolean;
}

/** So deep it is open at first: servers with their stacks. */
const OPEN_DEPTH = 1;

/** Sources to choose, and what they are made of. */
export function SourceTree({ nodes, chosen, onChoose, isOpen, depth = 0, isCovered = false }: Props) {
  return (
    <ul className="log-tree">
      {nodes.map((node) => <Branch key={node.source} node={node} chosen={chosen} onChoose={onChoose} isOpen={isOpen} depth={depth} isCovered={isCovered} />)}
    </ul>
  );
}

function Branch({ node, chosen, onChoose, isOpen, depth = 0, isCovered = false }: Omit<Props, "nodes"> & { node: SourceNode }) {
  const [isShown, setShown] = useState(depth < OPEN_DEPTH);
  const isOn = isCovered || chosen.includes(node.source);
  const hasMore = node.children.length > 0;
  return (
    <li>
      <div className="row">
        {hasMore && (
          <Button kind="quiet" icon={isShown || isOpen ? "down" : "right"} iconOnly aria-expanded={isShown || isOpen} onClick={() => setShown(!isShown)}>{`Parts of ${node.text}`}</Button>
        )}
        <Checkbox
          label={node.of ? <>{node.text}<span className="unseen"> of {node.of}</span></> : node.text} isOn={isOn} disabled={isCovered}
          onChange={(wanted) => onChoose(chosenWith(chosen, node, wanted))}
        />
      </div>
      {hasMore && (isShown || isOpen) && <SourceTree nodes={node.children} chosen={chosen} onChoose={onChoose} isOpen={isOpen} depth={depth + 1} isCovered={isOn} />}
    </li>
  );
}
