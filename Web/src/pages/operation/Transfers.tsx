import { Bar } from "../../parts/Bar";
import { bytesText, count } from "../../parts/format";
import { Status } from "../../parts/Status";
import { amounts, type Story, type Transfer } from "./story";

const VERBS: Record<Transfer["kind"], string> = { pull: "pulling", push: "pushing", copy: "copying", build: "building" };

/** Images that are pulled, pushed or built, and data that is copied, with their layers. */
export function Transfers({ story }: { story: Story }) {
  return (
    <div className="stack">
      {[...story.transfers.values()].map((transfer) => <TransferView key={`${transfer.kind}:${transfer.object}`} transfer={transfer} />)}
    </div>
  );
}

function TransferView({ transfer }: { transfer: Transfer }) {
  const { current, total } = amounts(transfer);
  const layers = [...transfer.layers].filter(([name]) => name !== "");
  const text = transfer.isDone ? "done" : total > 0 ? `${bytesText(current)} of ${bytesText(total)}` : VERBS[transfer.kind];
  return (
    <div className="stack-tight">
      <div className="row row-apart">
        <code>{transfer.object}</code>
        <span className="row">
          <span className="small muted numbers">{text}</span>
          <Status status={transfer.isDone ? "done" : "pulling"} word={transfer.isDone ? "done" : VERBS[transfer.kind]} />
        </span>
      </div>
      {!transfer.isDone && <Bar name={`${VERBS[transfer.kind]} ${transfer.object}`} value={current} of={total} text={text} />}
      {transfer.line && !transfer.isDone && <code className="small muted">{transfer.line}</code>}
      {layers.length > 0 && (
        <details>
          <summary>{count(layers.length, "layer")}</summary>
          <ul className="layers">
            {layers.map(([name, layer]) => (
              <li key={name} className="small">
                <code>{name}</code> <span className="grow">{layer.status}</span>
                {layer.total > 0 && <span className="numbers muted">{bytesText(layer.current)} of {bytesText(layer.total)}</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
