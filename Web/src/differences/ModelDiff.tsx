import { useMemo, useRef, useState } from "react";
import { usePageLetters } from "../app/usePageLetters";
import { Badge } from "../parts/Badge";
import { Chip } from "../parts/Chip";
import { Empty } from "../parts/Empty";
import "./differences.css";
import { ChangedValue } from "./ChangedValue";
import { countTopics, entriesAbout, entriesOf, type Topic } from "./modelDifference";

const topics: { topic: Topic; text: string }[] = [
  { topic: "all", text: "All" }, { topic: "model", text: "Model" }, { topic: "environment", text: "Environment" }, { topic: "images", text: "Images" },
];
const tones = { added: "ok", removed: "danger", changed: "info" } as const;

interface Props {
  differences: readonly unknown[];
  beforeName: string;
  afterName: string;
  /** What is said when nothing differs. */
  empty: string;
}

/** What differs between two models of a stack, by service, network and volume; n and p go along the entries. */
export default function ModelDiff({ differences, beforeName, afterName, empty }: Props) {
  const entries = useMemo(() => entriesOf(differences), [differences]);
  const [topic, setTopic] = useState<Topic>("all");
  const counts = countTopics(entries);
  const shown = entriesAbout(entries, topic);
  const list = useRef<HTMLDivElement>(null);
  usePageLetters({ n: () => toEntry(list.current, false), p: () => toEntry(list.current, true) });
  if (entries.length === 0) return <Empty title={empty} />;
  return (
    <>
      <div className="toolbar" role="group" aria-label="Show">
        {topics.map((each) => <Chip key={each.topic} text={each.text} count={counts[each.topic]} isOn={topic === each.topic} onChange={() => setTopic(each.topic)} />)}
      </div>
      <div ref={list} className="stack">
        {shown.length === 0 && <Empty title="Nothing of that differs." />}
        {shown.map((entry) => (
          <section key={`${entry.section} ${entry.name}`} className="panel" data-entry tabIndex={0} aria-label={`${entry.section} ${entry.name}`}>
            <div className="change-list">
              <h2>
                <span className="muted">{entry.section}</span> <span>{entry.name}</span> <Badge tone={tones[entry.kind]}>{entry.kind}</Badge>
              </h2>
              {entry.changes.map((change) => <ChangedValue key={change.path} change={change} beforeName={beforeName} afterName={afterName} />)}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}

function toEntry(list: HTMLElement | null, backwards: boolean): void {
  const entries = [...(list?.querySelectorAll<HTMLElement>("[data-entry]") ?? [])];
  const at = entries.findIndex((entry) => entry.contains(document.activeElement));
  entries[backwards ? Math.max(0, at - 1) : Math.min(entries.length - 1, at + 1)]?.focus();
}
