import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { renderToStaticMarkup } from "react-dom/server";
import { Table } from "../../src/parts/Table";

describe("a table", () => {
  it("names its rows, labels its cells for cards, and leaves out those with nothing", () => {
    const html = renderToStaticMarkup(
      <Table
        caption="Stacks" rows={[{ name: "media", running: 2, note: "" }]} rowKey={(row) => row.name}
        columns={[
          { key: "name", title: "Name", isName: true, cell: (row) => row.name },
          { key: "running", title: "Running", isNumber: true, cell: (row) => row.running },
          { key: "note", title: "Note", isShort: true, cell: (row) => row.note },
          { key: "acts", title: "Acts", isTitleHidden: true, cell: () => "…" },
        ]}
      />,
    );
    assert.match(html, /<th scope="row">media<\/th><td class="number" data-label="Running"><div>2<\/div><\/td><td class="short" data-label="Note"><\/td><td class=""><div>…<\/div><\/td>/);
  });
});
