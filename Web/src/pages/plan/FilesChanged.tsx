import { lazyPage } from "../../app/lazyPage";
import type { DraftFile } from "../../editor/draft";
import { Panel } from "../../parts/Panel";

const TextDiff = lazyPage(() => import("../../differences/TextDiff"));

/** What the draft changes in the saved files. */
export function FilesChanged({ files }: { files: readonly DraftFile[] }) {
  return (
    <Panel title="Files" isFlush>
      {files.map((file) => (
        <TextDiff key={file.path} title={file.path} before={file.saved ?? ""} after={file.text ?? ""} beforeName="saved" afterName="draft" />
      ))}
    </Panel>
  );
}
