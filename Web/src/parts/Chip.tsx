/** A filter that is on or off. */
export function Chip({ text, isOn, onChange, count }: { text: string; isOn: boolean; onChange: (isOn: boolean) => void; count?: number }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={() => onChange(!isOn)}>
      {text}
      {count !== undefined && <span className="numbers muted"> {count}</span>}
    </button>
  );
}
