import { Elapsed } from "../../parts/Elapsed";
import { Empty } from "../../parts/Empty";
import { Status } from "../../parts/Status";
import { laneStatus, type Lane, type Story, type StoryStep } from "./story";

const GLYPHS: Record<StoryStep["state"], [glyph: string, tone: string, word: string]> = {
  waiting: ["○", "muted", "waits"],
  running: ["◐", "info", "runs"],
  done: ["●", "ok", "done"],
  skipped: ["–", "muted", "not needed"],
  failed: ["✖", "danger", "failed"],
};

/** A lane for each service, with its steps as they go. */
export function Lanes({ story, isEnded }: { story: Story; isEnded: boolean }) {
  if (story.lanes.length === 0) {
    return <Empty title={story.waiting ? `It ${story.waiting}` : isEnded ? "It had no steps" : "No step has begun yet"} />;
  }
  return (
    <div className="lanes">
      {story.lanes.map((lane) => <LaneView key={lane.service ?? ""} lane={lane} isEnded={isEnded} />)}
    </div>
  );
}

function LaneView({ lane, isEnded }: { lane: Lane; isEnded: boolean }) {
  const state = laneStatus(lane);
  const name = lane.service ?? "Networks and volumes";
  const steps = isEnded ? lane.steps.filter((step) => step.state !== "waiting" || lane.steps.every((one) => one.state === "waiting")) : lane.steps;
  return (
    <section className="lane" aria-label={name}>
      <div className="row row-apart">
        <h3>{name}</h3>
        <Status status={state.status} word={state.word} />
      </div>
      <ol className="steps">
        {steps.map((step) => <StepView key={step.key} step={step} />)}
      </ol>
    </section>
  );
}

function StepView({ step }: { step: StoryStep }) {
  const [glyph, tone, word] = GLYPHS[step.state];
  return (
    <li className={step.state === "waiting" ? "muted" : undefined}>
      <span className={`tone-${tone}`} aria-hidden="true">{glyph}</span>
      <span className="grow">
        {step.isUndo && "back: "}{step.action} {step.target}
        <span className="unseen">: {word}</span>
        {step.reason && <span className="danger"> · {step.reason}</span>}
      </span>
      {step.startedAt && (step.endedAt || step.state === "running") && <span className="small muted"><Elapsed from={step.startedAt} to={step.endedAt} /></span>}
    </li>
  );
}
