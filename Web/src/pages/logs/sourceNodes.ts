import type { Container, Stack } from "../../api/schema";

/** Something whose log can be chosen, with what it is made of. */
export interface SourceNode {
  /** As the address has it (sources.ts). */
  source: string;
  text: string;
  /** Inside of what, for who hears the name alone. */
  of?: string;
  children: SourceNode[];
}

/** Servers, their stacks, the services of these, and the containers of those; containers of no stack are their server's. */
export function sourceTree(servers: string[], stacks: Pick<Stack, "id" | "name" | "server">[], containers: Pick<Container, "name" | "server" | "stack" | "service">[]): SourceNode[] {
  const names = new Set([...servers, ...stacks.map((stack) => stack.server)]);
  return [...names].sort().map((server) => {
    const own = containers.filter((container) => container.server === server);
    const leaf = (container: { name: string }): SourceNode => ({ source: `@${server}/${container.name}`, text: container.name, children: [] });
    const children = stacks.filter((stack) => stack.server === server).sort(by((stack) => stack.name)).map((stack): SourceNode => {
      const parts = own.filter((container) => container.stack === stack.name && container.service);
      const services = [...new Set(parts.map((container) => container.service ?? ""))].sort();
      return {
        source: stack.id, text: stack.id,
        children: services.map((service) => ({
          source: `${stack.id}/${service}`, text: service, of: stack.id, children: parts.filter((container) => container.service === service).sort(by((one) => one.name)).map(leaf),
        })),
      };
    });
    const known = new Set(stacks.filter((stack) => stack.server === server).map((stack) => stack.name));
    const others = own.filter((container) => !container.stack || !container.service || !known.has(container.stack)).sort(by((one) => one.name)).map(leaf);
    return { source: `@${server}`, text: server, children: [...children, ...others] };
  });
}

/** What has a text in its name, with the way to it and all that it is made of. */
export function fitting(nodes: SourceNode[], text: string): SourceNode[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return nodes;
  return nodes.flatMap((node) => {
    if (node.text.toLowerCase().includes(wanted)) return [node];
    const children = fitting(node.children, wanted);
    return children.length > 0 ? [{ ...node, children }] : [];
  });
}

/** The choice with one more or less; what is inside of it is chosen with it. */
export function chosenWith(sources: string[], node: SourceNode, isOn: boolean): string[] {
  const inside = new Set(insideOf(node));
  const left = sources.filter((source) => source !== node.source && !(isOn && inside.has(source)));
  return isOn ? [...left, node.source] : left;
}

function insideOf(node: SourceNode): string[] {
  return node.children.flatMap((child) => [child.source, ...insideOf(child)]);
}

function by<Item>(text: (item: Item) => string): (one: Item, other: Item) => number {
  return (one, other) => text(one).localeCompare(text(other), "en", { numeric: true });
}
