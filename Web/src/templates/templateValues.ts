import type { Template } from "../api/schema";

export type Parameter = Template["parameters"][number];

/** The values a form begins with. */
export function standardValues(template: Template): Record<string, string> {
  return Object.fromEntries(template.parameters.map((parameter) => [parameter.name, parameter.default_value ?? (parameter.kind === "choice" ? parameter.choices[0] ?? "" : "")]));
}

/** What is wrong with a value as far as the page can tell; null: nothing. */
export function valueRefusal(parameter: Parameter, value: string): string | null {
  if (value === "") return parameter.kind === "secret" ? null : "a value is needed";
  switch (parameter.kind) {
    case "port":
      return /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65535 ? null : "a port is 1 to 65535";
    case "int":
      return /^-?\d+$/.test(value) ? null : "a whole number is needed";
    case "choice":
      return parameter.choices.includes(value) ? null : `use ${parameter.choices.join(", ")}`;
    case "bool": case "string": case "secret":
      return null;
  }
}

/** What is sent: secrets that are left empty are made up by the server. */
export function sentValues(template: Template, values: Readonly<Record<string, string>>): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const parameter of template.parameters) {
    const value = values[parameter.name] ?? "";
    if (value !== "" || parameter.kind !== "secret") sent[parameter.name] = value;
  }
  return sent;
}
