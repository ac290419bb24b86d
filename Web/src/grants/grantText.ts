import type { Grant } from "../api/schema";

/** "operator of stack shop on nas, with shells". */
export function grantText(grant: Grant): string {
  const where = grant.stack != null ? `of stack ${grant.stack} on ${grant.server ?? "every server"}` : grant.server != null ? `on ${grant.server}` : "everywhere";
  const also = [grant.may_exec && "shells", grant.may_restore && "restores"].filter(Boolean).join(" and ");
  return `${grant.role} ${where}${also === "" ? "" : `, with ${also}`}`;
}

export const emptyGrant: Grant = { role: "viewer", may_exec: false, may_restore: false };

/** What is sent: places that are not named are left out. */
export function sentGrants(grants: readonly Grant[]): Grant[] {
  return grants.map((grant) => ({ ...grant, server: grant.server || undefined, stack: grant.server ? grant.stack || undefined : undefined }));
}
