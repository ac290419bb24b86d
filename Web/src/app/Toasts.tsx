import { Button } from "../parts/Button";
import { dismiss, useToasts } from "../parts/toasts";

/** What went well, in passing. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className="toast">
          <span className="grow">{toast.text}</span>
          {toast.action && (
            <Button
              kind="quiet"
              onClick={() => {
                toast.action?.onChoose();
                dismiss(toast.id);
              }}
            >
              {toast.action.text}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
