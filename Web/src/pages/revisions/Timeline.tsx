import { useState } from "react";
import { revisionLimit, useRevisions } from "../../api/revisions";
import type { Revision, Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { usePageLetters } from "../../app/usePageLetters";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Status } from "../../parts/Status";
import { Table, type Column } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { choose, deployedBefore, imageChanges, kindText, statusOf } from "./history";
import { ImageChanges } from "./ImageChanges";

/** The revisions of a stack, newest first; two are compared, an earlier one is brought back. */
export function Timeline({ stack }: { stack: Stack }) {
  const live = useRevisions(stack.id);
  const { session } = useSession();
  const [chosen, setChosen] = useState<number[]>([]);
  const mayRollBack = may(session, "operator", { server: stack.server, stack: stack.name });
  const compare = () => {
    const [from, to] = [...chosen].sort((left, right) => left - right);
    if (from !== undefined && to !== undefined) go(path`/stacks/${stack.id}/diff` + `?from=${from}&to=${to}`);
  };
  usePageLetters({ d: compare });

  return (
    <div>
      <Loaded live={live}>
        {({ items, more }) => {
          if (items.length === 0) {
            return (
              <Empty title="Nothing was deployed yet" action={stack.managed ? <LinkButton to={path`/stacks/${stack.id}/plan`} kind="main" icon="deploy">Plan a deploy</LinkButton> : undefined}>
                Each deploy makes a revision: its files, variables and images, so that it can be compared and brought back.
              </Empty>
            );
          }
          const columns: Column<Revision>[] = [
            {
              key: "choose", title: "Choose", isTitleHidden: true, className: "narrow",
              cell: (revision) => (
                <Checkbox label={`Compare revision ${revision.number}`} isLabelHidden isOn={chosen.includes(revision.number)} onChange={() => setChosen(choose(chosen, revision.number))} />
              ),
            },
            {
              key: "number", title: "Revision", isName: true,
              cell: (revision) => (
                <span className="row">
                  <Link to={path`/stacks/${stack.id}/revisions/${revision.number}`}>Revision {revision.number}</Link>
                  {revision.current && <Badge tone={revision.down ? "muted" : "ok"}>{revision.down ? "taken down" : "current"}</Badge>}
                </span>
              ),
            },
            { key: "outcome", title: "Outcome", cell: (revision) => <Status {...statusOf(revision.outcome)} /> },
            { key: "message", title: "Message", cell: (revision) => (revision.message === "" ? <span className="muted">{kindText(revision)}</span> : <>{revision.message} <span className="muted">{revision.kind === "deploy" ? "" : kindText(revision)}</span></>) },
            { key: "images", title: "Images changed", cell: (revision) => <ImageChanges changes={imageChanges(revision, deployedBefore(items, revision.number))} isFirst={deployedBefore(items, revision.number) === undefined} /> },
            { key: "author", title: "By", isShort: true, cell: (revision) => revision.author },
            { key: "age", title: "When", isShort: true, cell: (revision) => <Time at={revision.created_at} /> },
            {
              key: "acts", title: "Acts", isTitleHidden: true,
              cell: (revision) =>
                mayRollBack && revision.outcome === "deployed" && (!revision.current || revision.down) ? (
                  <LinkButton to={path`/stacks/${stack.id}/plan` + `?rollback=${revision.number}`} icon="restart">Roll back</LinkButton>
                ) : null,
            },
          ];
          return (
            <Panel
              title="Revisions" isFlush
              actions={<Button onClick={compare} refusal={chosen.length === 2 ? null : "choose two revisions"} aria-keyshortcuts="d">Compare</Button>}
            >
              <Table
                caption={`Revisions of ${stack.id}`} columns={columns} rows={items} rowKey={(revision) => String(revision.number)}
                onOpen={(revision) => go(path`/stacks/${stack.id}/revisions/${revision.number}`)} isSelected={(revision) => chosen.includes(revision.number)}
              />
              {more && <p className="muted">Only the newest {revisionLimit} are shown.</p>}
            </Panel>
          );
        }}
      </Loaded>
    </div>
  );
}
