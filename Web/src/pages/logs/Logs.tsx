import { useMemo, useState } from "react";
import { useStacks } from "../../api/stacks";
import { setQuery, useQuery } from "../../app/router";
import { LogView } from "../../logs/LogView";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";

/** The server takes so many sources at once. */
const MOST = 100;

/** The log of any stacks together; the address is the view. */
export default function Logs() {
  const stacks = useStacks();
  const source = useQuery().get("source") ?? "";
  const sources = useMemo(() => source.split(",").filter(Boolean), [source]);
  const [isChoosing, setChoosing] = useState(sources.length === 0);
  const [text, setText] = useState("");
  const targets = sources.map((one) => {
    const [stack, server] = one.split("@");
    return server ? { stack, server } : { stack };
  });
  const set = (next: string[]) => setQuery({ source: next.slice(0, MOST).join(",") });
  return (
    <Page
      title="Logs" isWide
      actions={<Button icon="filter" aria-expanded={isChoosing} onClick={() => setChoosing(!isChoosing)}>{sources.length === 0 ? "Choose stacks" : `${sources.length} of the stacks`}</Button>}
    >
      {isChoosing && (
        <Panel title="Sources">
          <Field label="Find a stack" value={text} onChange={setText} type="search" />
          <Loaded live={stacks}>
            {(list) => {
              const fitting = list.items.filter((stack) => stack.containers > 0 && stack.id.includes(text.trim().toLowerCase()));
              return fitting.length === 0 ? (
                <Empty title="No stack with containers fits" />
              ) : (
                <div className="toolbar">
                  {fitting.map((stack) => (
                    <Checkbox
                      key={stack.id} label={stack.id} isOn={sources.includes(stack.id)}
                      onChange={(isOn) => set(isOn ? [...sources, stack.id] : sources.filter((one) => one !== stack.id))}
                    />
                  ))}
                  <Button kind="quiet" onClick={() => set([...new Set([...sources, ...fitting.map((stack) => stack.id)])])}>All of these</Button>
                  {sources.length > 0 && <Button kind="quiet" onClick={() => set([])}>None</Button>}
                </div>
              );
            }}
          </Loaded>
        </Panel>
      )}
      {sources.length > 0 ? <LogView name={sources.join(", ")} targets={targets} /> : <Panel title="Log"><Empty title="Nothing is chosen">Choose the stacks whose logs you want to see together.</Empty></Panel>}
    </Page>
  );
}
