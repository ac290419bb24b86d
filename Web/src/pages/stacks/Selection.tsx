import type { Stack } from "../../api/schema";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import type { SeveralAct } from "./SeveralStacks";

interface Props {
  chosen: Stack[];
  all: number;
  onAct: (act: SeveralAct) => void;
  onAll: () => void;
  onClear: () => void;
}

const ACTS = { restart: "Restart", stop: "Stop", pull: "Pull" } as const;

/** What can be done with all chosen stacks; it stays in view. */
export function Selection({ chosen, all, onAct, onAll, onClear }: Props) {
  const { session } = useSession();
  const refused = chosen.find((stack) => !may(session, "operator", { server: stack.server, stack: stack.name }));
  const away = chosen.find((stack) => !stack.reachable);
  const refusal = refused ? `needs operator on ${refused.id}` : away ? `${away.server} cannot be reached` : null;
  return (
    <div className="toolbar selection" role="region" aria-label="Selected stacks">
      <b>{chosen.length} selected</b>
      {(["restart", "stop", "pull"] as const).map((act) => (
        <Button
          key={act} icon={act === "pull" ? "download" : act} onClick={() => onAct(act)}
          refusal={refusal ?? (act === "pull" && chosen.some((stack) => !stack.managed) ? "one of them is not managed" : null)}
        >
          {ACTS[act]}
        </Button>
      ))}
      {chosen.length < all && <Button kind="quiet" onClick={onAll}>{`Select all ${all}`}</Button>}
      <Button kind="quiet" onClick={onClear}>Clear</Button>
    </div>
  );
}
