import { forwardRef, type ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon";
import { classes } from "./classes";
import { useRefusal } from "./useRefusal";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "plain" | "main" | "danger" | "quiet";
  icon?: IconName;
  /** Shows only the icon; the children are its name for screen readers. */
  iconOnly?: boolean;
  isBusy?: boolean;
  /** Why it cannot be pressed; it stays focusable and says so. Given, also as null, it tells that the button changes things: without a connection it cannot. */
  refusal?: string | null;
}

/** A button. Busy or refused, it keeps the focus and does nothing. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { kind = "plain", icon, iconOnly, isBusy, refusal: own, className, children, onClick, title, type = "button", ...rest }, ref,
) {
  const refusal = useRefusal(own, own !== undefined || kind === "danger");
  const isIdle = isBusy || Boolean(refusal);
  const text = typeof children === "string" ? children : undefined;
  return (
    <button
      ref={ref} type={type} className={classes("button", `button-${kind}`, iconOnly && "button-icon", className)}
      aria-disabled={isIdle || undefined} aria-busy={isBusy || undefined} title={refusal ?? title ?? (iconOnly ? text : undefined)}
      onClick={isIdle ? (event) => event.preventDefault() : onClick} {...rest}
    >
      {icon && <Icon name={icon} />}
      {iconOnly ? <span className="unseen">{children}</span> : <span>{children}</span>}
      {refusal && <span className="unseen">: {refusal}</span>}
    </button>
  );
});
