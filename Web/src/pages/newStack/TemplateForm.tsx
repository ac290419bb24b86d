import { useState } from "react";
import { call } from "../../api/client";
import type { RenderedTemplate, Template } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { ParameterField } from "../../templates/ParameterField";
import { sentValues, standardValues, valueRefusal } from "../../templates/templateValues";
import { createStack } from "./createStack";
import { NameAndServer } from "./NameAndServer";
import { useNewStack } from "./useNewStack";

/** The parameters of a template, a look at the files that they make, and the stack of them. */
export function TemplateForm({ template }: { template: Template }) {
  const place = useNewStack(template.name);
  const [values, setValues] = useState(() => standardValues(template));
  const [rendered, setRendered] = useState<RenderedTemplate>();
  const render = () => call("POST /templates/{template}/render", { path: { template: template.name }, body: { values: sentValues(template, values) } });
  const preview = useAction(async () => setRendered(await render()));
  const create = useAction(async () => {
    const made = await render();
    setRendered(made);
    if (made.problems.length === 0) await createStack(place.name, place.server, made.files, made.secrets);
  });
  const errors = Object.fromEntries(
    template.parameters.map((parameter) => [
      parameter.name, valueRefusal(parameter, values[parameter.name] ?? "") ?? rendered?.problems.find((problem) => problem.parameter === parameter.name)?.message ?? null,
    ]),
  );
  const wrong = template.parameters.find((parameter) => valueRefusal(parameter, values[parameter.name] ?? "") !== null);
  const refusal = place.refusal ?? (wrong === undefined ? null : `look at ${wrong.name}`);
  const problem = create.problem ?? preview.problem;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal === null) void create.run();
      }}
    >
      <NameAndServer place={place} />
      <div className="form">
        {template.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name} parameter={parameter} value={values[parameter.name] ?? ""} error={errors[parameter.name] ?? null}
            onChange={(value) => {
              setValues({ ...values, [parameter.name]: value });
              setRendered(undefined);
            }}
          />
        ))}
      </div>
      {problem && <ProblemNote title="The stack was not made" problem={problem} />}
      <p className="row">
        <Button kind="main" type="submit" isBusy={create.isBusy} refusal={refusal}>Make the stack</Button>
        <Button isBusy={preview.isBusy} onClick={() => void preview.run()}>Show the files</Button>
      </p>
      {rendered?.files.map((file) => (
        <Panel key={file.path} title={file.path}><pre tabIndex={0} aria-label={file.path}>{file.text ?? "no text"}</pre></Panel>
      ))}
    </form>
  );
}
