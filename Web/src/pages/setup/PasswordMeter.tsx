const SHORT = 12;
const LONG = 20;

/** How long a password is; length is what counts, not kinds of characters. */
export function PasswordMeter({ password }: { password: string }) {
  const length = [...password].length;
  const word = length === 0 ? "A few words are easy to remember." : length < SHORT ? `${SHORT - length} more at least.` : length < LONG ? "Long enough; more is better." : "Good.";
  return (
    <span className="setup-meter">
      <meter min={0} max={LONG} low={SHORT} high={LONG - 1} optimum={LONG} value={Math.min(length, LONG)} aria-label="Length of the password" />
      <span>{word}</span>
    </span>
  );
}
