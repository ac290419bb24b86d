import type { Container } from "../../api/schema";

/** Published ports, each once, as links where this machine's engine publishes them. */
export function Ports({ container, isLocal }: { container: Container | null; isLocal: boolean }) {
  const published = new Map<string, { published: number; target: number; transport: string }>();
  for (const port of container?.ports ?? []) {
    // The same port comes once for each family of addresses.
    if (port.published) published.set(`${port.published}/${port.transport}`, { ...port, published: port.published });
  }
  if (published.size === 0) return null;
  return (
    <span className="row">
      {[...published.values()].map((port) => {
        const text = `${port.published}→${port.target}${port.transport === "tcp" ? "" : `/${port.transport}`}`;
        if (!isLocal || port.transport !== "tcp") return <code key={text}>{text}</code>;
        const scheme = port.target === 443 || port.target === 8443 ? "https" : "http";
        return <a key={text} href={`${scheme}://${location.hostname}:${port.published}`} target="_blank" rel="noreferrer noopener"><code>{text}</code><span className="unseen"> (opens in a new tab)</span></a>;
      })}
    </span>
  );
}
