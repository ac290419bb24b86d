import { useState } from "react";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { Loaded } from "../../parts/Loaded";
import { SourceTree } from "./SourceTree";
import { fitting } from "./sourceNodes";
import { useSources } from "./useSources";

/** The server takes so many sources at once. */
const MOST = 100;

/** Chooses whose logs are shown: servers, stacks, services, containers. */
export function SourceChoice({ sources, onChoose }: { sources: string[]; onChoose: (sources: string[]) => void }) {
  const live = useSources();
  const [text, setText] = useState("");
  const choose = (next: string[]) => onChoose(next.slice(0, MOST));
  return (
    <>
      <Field label="Find a source" value={text} onChange={setText} type="search" autoComplete="off" />
      <Loaded live={live}>
        {({ tree, missing }) => {
          const nodes = fitting(tree, text);
          return (
            <>
              {nodes.length === 0 ? <Empty title="Nothing has this in its name" action={<Button onClick={() => setText("")}>Clear</Button>} /> : (
                <div className="log-sources"><SourceTree nodes={nodes} chosen={sources} onChoose={choose} isOpen={text.trim() !== ""} /></div>
              )}
              {missing.length > 0 && <p className="small muted">The containers of {missing.join(", ")} could not be listed; stacks there can be chosen as a whole.</p>}
              {sources.length >= MOST && <p className="small muted">No more than {MOST} can be shown at once.</p>}
              {sources.length > 0 && <div className="row"><Button kind="quiet" onClick={() => choose([])}>Choose none</Button></div>}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
