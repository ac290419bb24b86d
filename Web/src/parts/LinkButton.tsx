import { Link } from "../app/Link";
import { Icon, type IconName } from "./Icon";
import { classes } from "./classes";

interface Props {
  to: string;
  kind?: "plain" | "main" | "quiet";
  icon?: IconName;
  children: string;
  iconOnly?: boolean;
}

/** A link that looks like a button. */
export function LinkButton({ to, kind = "plain", icon, children, iconOnly }: Props) {
  return (
    <Link to={to} className={classes("button", `button-${kind}`, iconOnly && "button-icon")} title={iconOnly ? children : undefined}>
      {icon && <Icon name={icon} />}
      <span className={iconOnly ? "unseen" : undefined}>{children}</span>
    </Link>
  );
}
