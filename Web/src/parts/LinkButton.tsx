import { Link } from "../app/Link";
import { Icon, type IconName } from "./Icon";
import { classes } from "./classes";

interface Props {
  to: string;
  kind?: "plain" | "main" | "quiet";
  icon?: IconName;
  children: string;
  iconOnly?: boolean;
  /** For screen readers, where the text alone does not say what it is about. */
  name?: string;
}

/** A link that looks like a button. */
export function LinkButton({ to, kind = "plain", icon, children, iconOnly, name }: Props) {
  return (
    <Link to={to} className={classes("button", `button-${kind}`, iconOnly && "button-icon")} title={iconOnly ? children : undefined} aria-label={name}>
      {icon && <Icon name={icon} />}
      <span className={iconOnly ? "unseen" : undefined}>{children}</span>
    </Link>
  );
}
