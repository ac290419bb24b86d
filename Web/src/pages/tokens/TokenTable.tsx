import type { Token } from "../../api/schema";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { ProblemNote } from "../../parts/ProblemNote";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useAction } from "../../parts/useAction";

interface Props {
  tokens: Token[];
  onEnd: (token: Token) => Promise<void>;
}

/** Tokens with what they may, their end and their last use. */
export function TokenTable({ tokens, onEnd }: Props) {
  const end = useAction(onEnd);
  if (tokens.length === 0) return <Empty title="No tokens" />;
  return (
    <>
      {end.problem && <ProblemNote problem={end.problem} />}
      <Table
        caption="Tokens" rows={tokens} rowKey={(token) => token.id} isGreyed={(token) => token.revoked_at != null}
        columns={[
          { key: "name", title: "Name", isName: true, cell: (token) => <>{token.name} {token.revoked_at != null && <Badge>ended</Badge>}</> },
          { key: "scopes", title: "Scopes", cell: (token) => <span className="small">{token.scopes.join(", ")}</span> },
          { key: "limits", title: "Where", cell: (token) => (token.limits == null ? "wherever its user may" : token.limits.map((limit) => (limit.stack == null ? limit.server : `${limit.stack}@${limit.server}`)).join(", ")) },
          { key: "made", title: "Made", cell: (token) => <Time at={token.created_at} /> },
          { key: "ends", title: "Ends", cell: (token) => (token.expires_at == null ? <Badge tone="warn">never</Badge> : <Time at={token.expires_at} />) },
          { key: "used", title: "Last used", cell: (token) => (token.last_used_at == null ? <span className="muted">never</span> : <Time at={token.last_used_at} />) },
          { key: "acts", title: "Acts", isTitleHidden: true, cell: (token) => token.revoked_at == null && <Button isBusy={end.isBusy} onClick={() => void end.run(token)}>End</Button> },
        ]}
      />
    </>
  );
}
