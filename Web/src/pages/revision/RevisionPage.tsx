import { useState } from "react";
import { filesOf } from "../../api/revisionFiles";
import { useRevision } from "../../api/revisions";
import type { RevisionDetail, Stack } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { lazyPage } from "../../app/lazyPage";
import { path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Bytes } from "../../parts/Bytes";
import { Facts } from "../../parts/Facts";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Status } from "../../parts/Status";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { shortId } from "../../parts/format";
import { kindText, statusOf } from "../revisions/history";
import { StackPage } from "../stack/StackPage";

const FileDialog = lazyPage(() => import("./FileDialog"));

/** One revision with all that it keeps. */
export default function RevisionPage({ params }: PageProps) {
  const [id, number] = [params.stack ?? "", params.number ?? ""];
  const live = useRevision(id, number);
  return (
    <StackPage stack={id} tab="revisions" name={`Revision ${number}`}>
      {(stack) => <Loaded live={live}>{(detail) => <Detail stack={stack} detail={detail} />}</Loaded>}
    </StackPage>
  );
}

function Detail({ stack, detail }: { stack: Stack; detail: RevisionDetail }) {
  const { session } = useSession();
  const { revision } = detail;
  const { number } = revision;
  const mayRollBack = may(session, "operator", { server: stack.server, stack: stack.name }) && revision.outcome === "deployed" && (!revision.current || revision.down === true);
  const kept = filesOf(detail);
  const [shown, setShown] = useState<string>();
  const variables = Object.entries(detail.variables).sort(([left], [right]) => (left < right ? -1 : 1));
  return (
    <div className="stack">
      <Panel
        title={`Revision ${number}`}
        actions={
          <>
            <LinkButton to={path`/stacks/${stack.id}/revisions`}>All revisions</LinkButton>
            {number > 1 && <LinkButton to={path`/stacks/${stack.id}/diff` + `?from=${number - 1}&to=${number}`}>{`Compare with ${number - 1}`}</LinkButton>}
            {mayRollBack && <LinkButton to={path`/stacks/${stack.id}/plan` + `?rollback=${number}`} icon="restart" kind="main">Roll back to it</LinkButton>}
          </>
        }
      >
        <Facts
          facts={[
            ["Outcome", <Status {...statusOf(revision.outcome)} />],
            ["State", revision.current ? <Badge tone={revision.down ? "muted" : "ok"}>{revision.down ? "taken down since" : "current"}</Badge> : null],
            ["Message", revision.message],
            ["How", kindText(revision)],
            ["By", revision.author],
            ["When", <><Time at={revision.created_at} /> <span className="muted">(<Time at={revision.created_at} exact />)</span></>],
            ["Profiles", detail.profiles.join(", ")],
            ["Folder", <span className="mono">{detail.working_directory}</span>],
          ]}
        />
      </Panel>
      <Panel title="Images" isFlush>
        <Table
          caption={`Images of revision ${number}`} rows={Object.entries(revision.images)} rowKey={([service]) => service}
          columns={[
            { key: "service", title: "Service", isName: true, cell: ([service]) => service },
            { key: "image", title: "Image", cell: ([, image]) => <span className="mono">{image.reference}</span> },
            { key: "digest", title: "Digest", cell: ([, image]) => <span className="mono" title={image.digest ?? image.id}>{shortId(image.digest?.split("@").pop() ?? image.id)}</span> },
          ]}
        />
      </Panel>
      <Panel title="Files" isFlush>
        <Table
          caption={`Files of revision ${number}`} rows={detail.files} rowKey={(file) => `${file.role} ${file.path}`}
          columns={[
            {
              key: "path", title: "File", isName: true,
              cell: (file) => {
                const path = file.path.replace(`${detail.working_directory}/`, "");
                return kept.has(path) ? <Button kind="quiet" className="mono" onClick={() => setShown(path)}>{path}</Button> : <span className="mono">{path}</span>;
              },
            },
            { key: "role", title: "Role", cell: (file) => file.role },
            { key: "size", title: "Size", isNumber: true, cell: (file) => <Bytes value={file.size} /> },
          ]}
        />
      </Panel>
      {shown !== undefined && <FileDialog stack={stack.id} number={number} path={shown} onClose={() => setShown(undefined)} />}
      {variables.length > 0 && (
        <Panel title="Variables" isFlush>
          <Table
            caption={`Variables of revision ${number}`} rows={variables} rowKey={([name]) => name}
            columns={[
              { key: "name", title: "Name", isName: true, cell: ([name]) => <span className="mono">{name}</span> },
              { key: "value", title: "Value", cell: ([, variable]) => (variable.secret ? <span className="muted">••• secret</span> : <span className="mono">{variable.value ?? ""}</span>) },
            ]}
          />
        </Panel>
      )}
      {detail.plan && <Panel title="Plan"><pre tabIndex={0} aria-label="Plan, as text">{detail.plan}</pre></Panel>}
      {detail.events.length > 0 && (
        <Panel title="What happened" isFlush>
          <Table
            caption={`Events of revision ${number}`} rows={detail.events} rowKey={(event) => String(event.sequence)}
            columns={[
              { key: "at", title: "Time", cell: (event) => <Time at={event.at} exact /> },
              { key: "service", title: "Service", cell: (event) => event.service ?? "" },
              { key: "text", title: "Event", isName: true, cell: (event) => event.text },
            ]}
          />
        </Panel>
      )}
    </div>
  );
}
