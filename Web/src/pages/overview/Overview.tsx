import { useOperations, isEnded } from "../../api/operations";
import { useServers } from "../../api/servers";
import { useStacks } from "../../api/stacks";
import { Link } from "../../app/Link";
import { ofServer, useServerChoice } from "../../app/serverChoice";
import { mayAnywhere, useSession } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { isPast } from "../stacks/stackView";
import { Needs } from "./Needs";
import { needsOf } from "./needsOf";
import { StackBoard } from "./StackBoard";
import { RecentOperations } from "./RecentOperations";
import { Tiles } from "./Tiles";

/** How everything is, and what needs somebody. */
export default function Overview() {
  const choice = useServerChoice();
  const stacks = useStacks();
  const servers = useServers();
  const operations = useOperations();
  const { session } = useSession();
  const present = stacks.value && ofServer(stacks.value.items, choice).filter((stack) => !isPast(stack));
  const done = operations.value && ofServer(operations.value, choice);
  const places = choice === null ? servers.value : servers.value?.filter((server) => server.name === choice);
  const needs = needsOf(present ?? [], places ?? [], done ?? []);
  const isNew = present?.length === 0 && choice === null;
  return (
    <Page title="Overview" actions={mayAnywhere(session, "operator") && <LinkButton to="/stacks/new" icon="plus" kind="main">New stack</LinkButton>}>
      <Loaded live={stacks} lines={3}>
        {() => <Tiles stacks={present ?? []} servers={places} running={done?.filter((one) => !isEnded(one)).length} needs={needs.length} />}
      </Loaded>
      <div className="columns">
        <div className="stack">
          <Panel title={needs.length > 0 ? `Needs you (${needs.length})` : "Needs you"} isFlush>
            {isNew ? (
              <Empty title="Nothing is deployed yet" action={mayAnywhere(session, "operator") && <LinkButton to="/stacks/new" kind="main">Make the first stack</LinkButton>}>
                Begin with a template, a file of yours, or what runs on your servers already.
              </Empty>
            ) : (
              <Loaded live={stacks}>{() => <Needs needs={needs} />}</Loaded>
            )}
          </Panel>
          {present && present.length > 0 && (
            <Panel title="Stacks" actions={<Link to="/stacks">All of them</Link>}><StackBoard stacks={present} /></Panel>
          )}
        </div>
        <Panel title="Recent operations" isFlush>
          <Loaded live={operations}>{() => <RecentOperations operations={(done ?? []).slice(0, 10)} />}</Loaded>
        </Panel>
      </div>
    </Page>
  );
}
