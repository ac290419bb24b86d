import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";

interface Props {
  title: string;
  pairs: readonly { name: string; value: string; masked: boolean }[];
}

/** Names and values of which some are hidden; nothing at all where there are none. */
export function MaskedPairs({ title, pairs }: Props) {
  if (pairs.length === 0) return null;
  return (
    <Panel title={title} isFlush>
      <Table
        caption={title} rows={[...pairs]} rowKey={(pair) => pair.name}
        columns={[
          { key: "name", title: "Name", isName: true, cell: (pair) => <span className="mono">{pair.name}</span> },
          { key: "value", title: "Value", cell: (pair) => (pair.masked ? <span className="muted">••• hidden</span> : <span className="mono">{pair.value}</span>) },
        ]}
      />
    </Panel>
  );
}
