import { useRevisionDifference } from "../../api/revisions";
import ModelDiff from "../../differences/ModelDiff";
import { Loaded } from "../../parts/Loaded";

/** What differs between the running revision and the one that is gone back to. */
export default function PlanModel({ stack, from, to }: { stack: string; from: number; to: number }) {
  const live = useRevisionDifference(stack, String(from), String(to));
  return (
    <Loaded live={live}>
      {(value) => <ModelDiff differences={value.differences} beforeName={`revision ${from}`} afterName={`revision ${to}`} empty={`Revisions ${from} and ${to} are the same.`} />}
    </Loaded>
  );
}
