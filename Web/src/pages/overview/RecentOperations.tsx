import type { Operation } from "../../api/schema";
import { Link } from "../../app/Link";
import { Empty } from "../../parts/Empty";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { operationName } from "../operation/operationName";

/** The last operations, in short. */
export function RecentOperations({ operations }: { operations: Operation[] }) {
  if (operations.length === 0) return <Empty title="Nothing was done yet" />;
  return (
    <ul className="plain-list">
      {operations.map((operation) => (
        <li key={operation.id}>
          <Link className="grow" to={`/operations/${operation.id}`}>{operationName(operation)}</Link>
          <span className="below"><Status status={operation.state} /> · {operation.requested_by}, <Time at={operation.created_at} /></span>
        </li>
      ))}
      <li><Link to="/operations">All operations</Link></li>
    </ul>
  );
}
