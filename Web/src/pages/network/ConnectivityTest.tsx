import { useState } from "react";
import { call } from "../../api/client";
import type { Connectivity } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { Status } from "../../parts/Status";
import { useAction } from "../../parts/useAction";

interface Props {
  server: string;
  network: string;
  names: readonly string[];
}

/** Tries whether one container reaches another: name, echo and a port. */
export function ConnectivityTest({ server, network, names }: Props) {
  const [from, setFrom] = useState(names[0] ?? "");
  const [to, setTo] = useState(names[1] ?? "");
  const [port, setPort] = useState("");
  const [answer, setAnswer] = useState<Connectivity>();
  const test = useAction(async () =>
    setAnswer(await call("POST /servers/{server}/networks/{network}/connectivity", { path: { server, network }, body: { from, to, port: port === "" ? undefined : Number(port) } })),
  );
  const options = names.map((name) => ({ value: name, label: name }));
  const isPort = port === "" || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535);
  return (
    <Panel title="Does one reach the other?">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isPort && from !== to && !test.isBusy) void test.run();
        }}
      >
        <div className="toolbar">
          <Select label="From" value={from} options={options} onChange={setFrom} />
          <Select label="To" value={to} options={options} onChange={setTo} />
          <Field label="TCP port" inputMode="numeric" value={port} onChange={setPort} error={isPort ? null : "1 to 65535"} placeholder="none" />
        </div>
        <p className="row"><Button type="submit" isBusy={test.isBusy} refusal={from === to ? "choose two" : null}>Try it</Button></p>
      </form>
      {test.problem && <ProblemNote problem={test.problem} />}
      {answer && (
        <ul className="plain-list" aria-label={`From ${answer.from} to ${answer.to}`}>
          {answer.findings.map((finding) => (
            <li key={finding.check}><Status status={finding.outcome} /> <strong>{finding.check}</strong> <span className="grow">{finding.detail}</span></li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
