import type { OpenSession } from "../../api/schema";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { ProblemNote } from "../../parts/ProblemNote";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useAction } from "../../parts/useAction";

interface Props {
  sessions: OpenSession[];
  onEnd: (session: OpenSession) => Promise<void>;
}

/** Who is logged in from where, until when. */
export function SessionTable({ sessions, onEnd }: Props) {
  const end = useAction(onEnd);
  if (sessions.length === 0) return <Empty title="No open sessions" />;
  return (
    <>
      {end.problem && <ProblemNote problem={end.problem} />}
      <Table
        caption="Open sessions" rows={sessions} rowKey={(session) => session.id}
        columns={[
          { key: "from", title: "From", isName: true, cell: (session) => <><span className="mono">{session.address}</span> {session.current && <Badge tone="info">this one</Badge>}</> },
          { key: "agent", title: "Browser", cell: (session) => <span className="small">{session.user_agent}</span> },
          { key: "seen", title: "Last seen", cell: (session) => <Time at={session.last_seen_at} /> },
          { key: "ends", title: "Ends", cell: (session) => <Time at={session.ends_at} /> },
          { key: "acts", title: "Acts", isTitleHidden: true, cell: (session) => !session.current && <Button isBusy={end.isBusy} onClick={() => void end.run(session)}>End</Button> },
        ]}
      />
    </>
  );
}
