import type { PolicyFinding } from "../api/schema";
import { Badge } from "../parts/Badge";
import { Checkbox } from "../parts/Checkbox";
import { count } from "../parts/format";

interface Props {
  findings: readonly PolicyFinding[];
  /** Rules that an admin lets through; undefined: nobody is asked. */
  allowed?: ReadonlySet<string>;
  onAllow?: (rule: PolicyFinding["rule"], isAllowed: boolean) => void;
}

/** What the server's policy finds, by rule: what is denied first. */
export function PolicyFindings({ findings, allowed, onAllow }: Props) {
  return (
    <div className="findings">
      {byRule(findings).map(({ rule, items }) => {
        const denied = items.filter(isDenied);
        return (
          <section key={rule} className="finding-rule">
            <h3>
              {rule} {denied.length > 0 ? <Badge tone="danger">denied</Badge> : items.some((item) => item.exception !== null) ? <Badge tone="info">allowed by an exception</Badge> : <Badge tone="warn">warning</Badge>}
            </h3>
            <details open={denied.length > 0}>
              <summary>{count(items.length, "finding")}</summary>
              <ul>
                {items.map((item, index) => (
                  <li key={index}>
                    {item.message} <code>{item.place}</code>
                    <span className="muted"> · {item.remedy}</span>
                  </li>
                ))}
              </ul>
            </details>
            {denied.length > 0 && allowed !== undefined && (
              <Checkbox
                label={`Allow ${rule} for this stack`} isOn={allowed.has(rule)} onChange={(isOn) => onAllow?.(rule, isOn)}
                hint="Exactly these findings are allowed, for 90 days; the audit log says by whom."
              />
            )}
          </section>
        );
      })}
    </div>
  );
}

/** Whether it stops a deploy. */
export function isDenied(finding: PolicyFinding): boolean {
  return finding.severity === "deny" && finding.exception === null;
}

function byRule(findings: readonly PolicyFinding[]): { rule: PolicyFinding["rule"]; items: PolicyFinding[] }[] {
  const rules = new Map<PolicyFinding["rule"], PolicyFinding[]>();
  for (const finding of findings) rules.set(finding.rule, [...(rules.get(finding.rule) ?? []), finding]);
  return [...rules.entries()]
    .map(([rule, items]) => ({ rule, items }))
    .sort((left, right) => Number(right.items.some(isDenied)) - Number(left.items.some(isDenied)) || (left.rule < right.rule ? -1 : 1));
}
