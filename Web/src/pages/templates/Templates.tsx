import { useTemplates } from "../../api/templates";
import type { PageProps } from "../../app/routes";
import { mayAnywhere, useSession } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";

/** What stacks can be made of. */
export default function Templates(_: PageProps) {
  const live = useTemplates();
  const { session } = useSession();
  return (
    <Page title="Templates">
      <Loaded live={live}>
        {(templates) =>
          templates.length === 0 ? (
            <Empty title="The server has no templates">They are folders that the server finds beside its program, or where SLIPWAY_TEMPLATES says.</Empty>
          ) : (
            <div className="stack">
              {templates.map((template) => (
                <Panel
                  key={template.name} title={template.title}
                  actions={mayAnywhere(session, "operator") && <LinkButton to={`/stacks/new?from=template&template=${encodeURIComponent(template.name)}`} icon="plus">Use it</LinkButton>}
                >
                  <p>{template.description}</p>
                  <details>
                    <summary>{template.parameters.length} parameters</summary>
                    <Table
                      caption={`Parameters of ${template.title}`} rows={template.parameters} rowKey={(parameter) => parameter.name}
                      columns={[
                        { key: "name", title: "Name", isName: true, cell: (parameter) => <code>{parameter.name}</code> },
                        { key: "about", title: "What it is", cell: (parameter) => parameter.description },
                        { key: "kind", title: "Kind", cell: (parameter) => (parameter.choices.length > 0 ? parameter.choices.join(", ") : parameter.kind) },
                        { key: "default", title: "Default", cell: (parameter) => (parameter.default_value == null ? <span className="muted">{parameter.kind === "secret" ? "made up" : "none"}</span> : <span className="mono">{parameter.default_value}</span>) },
                      ]}
                    />
                  </details>
                </Panel>
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
