import { useState } from "react";
import type { AdoptableProject } from "../../api/schema";
import { useStacks } from "../../api/stacks";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { lazyPage } from "../../app/lazyPage";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Dialog } from "../../parts/Dialog";
import { Note } from "../../parts/Note";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { adoptProject } from "./adoptProject";

const ModelDiff = lazyPage(() => import("../../differences/ModelDiff"));

interface Props {
  project: AdoptableProject;
  server: string;
  onClose: () => void;
}

/** Takes a project over in place; where its files say something else than what runs, that is shown, and who adopts decides. */
export function AdoptDialog({ project, server, onClose }: Props) {
  const isKept = (useStacks().value?.items ?? []).some((stack) => stack.managed && stack.name === project.name && stack.server === server);
  const [takeOver, setTakeOver] = useState(false);
  const [undecided, setUndecided] = useState<readonly unknown[]>();
  const adopt = useAction(async (prefer: "running" | "files" | undefined) => {
    const adopted = await adoptProject(`${project.name}@${server}`, prefer, takeOver);
    if (adopted.undecided !== null) setUndecided(adopted.undecided);
    else go(path`/operations/${adopted.operation.id}`);
  });
  const refusal = project.deployed_by_slipway && !takeOver ? "say that this Slipway takes it over" : null;
  return (
    <Dialog
      title={undecided ? `What is the first revision of ${project.name}?` : `Adopt ${project.name}?`} isWide={undecided !== undefined} onClose={onClose}
      footer={
        undecided ? (
          <>
            <Button onClick={onClose}>Do not adopt it</Button>
            <Button isBusy={adopt.isBusy} onClick={() => void adopt.run("files")}>Take the files</Button>
            <Button kind="main" isBusy={adopt.isBusy} onClick={() => void adopt.run("running")}>Keep what runs</Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="main" isBusy={adopt.isBusy} refusal={refusal} onClick={() => void adopt.run(undefined)}>{`Adopt ${project.name}`}</Button>
          </>
        )
      }
    >
      {adopt.problem && <ProblemNote title="Not adopted" problem={adopt.problem} />}
      {undecided ? (
        <>
          <p>Its files say something else than what runs. Nothing is adopted yet: which of them is the first revision? Its containers go on as they are in both cases; with the files, the next deploy changes them.</p>
          <ModelDiff differences={undecided} beforeName="files" afterName="runs" empty="Nothing differs" />
        </>
      ) : (
        <>
          <p>Its containers go on as they are: nothing is recreated, restarted or labelled. What runs becomes its first revision here.</p>
          {isKept ? (
            <p>Where the files that are kept here say something else, that is shown, and you decide.</p>
          ) : (
            <p>
              Its Compose file is made from what runs; what cannot be told from that is listed with the operation. To adopt it with files of its own, <Link to="/stacks/new?from=upload">upload them</Link> as
              a stack named {project.name} first.
            </p>
          )}
          {project.several_origins && <Note kind="warn" title="Its containers were made from different files or folders." />}
          {project.deployed_by_slipway && (
            <>
              <Note kind="warn" title="Another Slipway deployed it. From then on this one does." />
              <Checkbox label="This Slipway takes it over" isOn={takeOver} onChange={setTakeOver} />
            </>
          )}
        </>
      )}
    </Dialog>
  );
}
