import type { Session } from "../../api/schema";
export default function Setup({ onDone }: { onDone: (session: Session) => Promise<void> }) {
  return <button onClick={() => void onDone}>x</button>;
}
