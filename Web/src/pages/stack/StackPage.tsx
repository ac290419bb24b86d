import type { ReactNode } from "react";
import { useStack } from "../../api/stacks";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Status } from "../../parts/Status";
import { Tabs } from "../../parts/Tabs";
import type { Stack } from "../../api/schema";
import { StackActions } from "./StackActions";
import { StackFacts } from "./StackFacts";
import { stackTabs } from "./stackTabs";

interface Props {
  /** NAME@SERVER, from the address. */
  stack: string;
  /** Which tab this is: the last part of its path; nothing: the first one. */
  tab?: string;
  /** Of the tab, in the browser's title. */
  name: string;
  isWide?: boolean;
  /** Beside the actions of every tab. */
  actions?: ReactNode;
  children: (stack: Stack) => ReactNode;
}

/** The frame of every tab of a stack: name, status, acts, tabs; the children get the stack, live. */
export function StackPage({ stack: id, tab, name, isWide, actions, children }: Props) {
  const live = useStack(id);
  const stack = live.value;
  const base = `/stacks/${encodeURIComponent(id).replaceAll("%40", "@")}`;
  const tabs = stackTabs(id).filter((one) => stack?.managed !== false || !/\/(compose|env|plan|settings)$/.test(one.to));
  return (
    <Page
      title={stack?.name ?? id.split("@")[0] ?? id} tabTitle={`${name} · ${id}`} isWide={isWide} crumbs={[{ to: "/stacks", text: "Stacks" }]}
      mark={stack && <Status status={stack.status} />} facts={stack && <StackFacts stack={stack} />}
      actions={<>{actions}{stack && <StackActions stack={stack} />}</>}
      tabs={<Tabs name={`Parts of ${id}`} tabs={tabs} current={tab ? `${base}/${tab}` : base} />}
    >
      {(live.problem?.status === 404 || live.problem?.status === 400) && !stack ? (
        <Empty title={`There is no stack ${id}`} action={<LinkButton to="/stacks">All stacks</LinkButton>}>
          It may have been deleted, or you may not see it.
        </Empty>
      ) : (
        <Loaded live={live} waitingFor={id.split("@")[1] ?? "the server"}>{children}</Loaded>
      )}
    </Page>
  );
}
