import { useTemplates } from "../../api/templates";
import { setQuery, useQuery } from "../../app/router";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Select } from "../../parts/Select";
import { TemplateForm } from "./TemplateForm";

/** A stack made of a template. */
export default function FromTemplate() {
  const live = useTemplates();
  const wanted = useQuery().get("template");
  return (
    <Loaded live={live}>
      {(templates) => {
        const template = templates.find((each) => each.name === wanted) ?? templates[0];
        if (template === undefined) return <Empty title="The server has no templates">They are folders that the server finds beside its program, or where SLIPWAY_TEMPLATES says.</Empty>;
        return (
          <div className="stack">
            <div className="form">
              <Select
                label="Template" value={template.name} options={templates.map((each) => ({ value: each.name, label: each.title }))} hint={template.description}
                onChange={(name) => setQuery({ from: "template", template: name })}
              />
            </div>
            <TemplateForm key={template.name} template={template} />
          </div>
        );
      }}
    </Loaded>
  );
}
