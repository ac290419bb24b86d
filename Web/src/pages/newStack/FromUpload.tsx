import { useRef, useState } from "react";
import { readPickedFiles, type PickedFile } from "../../editor/pickedFiles";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Table } from "../../parts/Table";
import { bytesText } from "../../parts/format";
import { useAction } from "../../parts/useAction";
import { createStack } from "./createStack";
import { NameAndServer } from "./NameAndServer";
import { nameFrom } from "./stackName";
import { useNewStack } from "./useNewStack";

/** Files or a folder of this machine. */
export default function FromUpload() {
  const [files, setFiles] = useState<PickedFile[]>([]);
  const [refused, setRefused] = useState<string[]>([]);
  const [folder, setFolder] = useState("");
  const place = useNewStack(nameFrom(folder));
  const fileField = useRef<HTMLInputElement>(null);
  const folderField = useRef<HTMLInputElement>(null);
  const take = async (list: FileList | null) => {
    const picked = await readPickedFiles(list);
    const first = list?.[0]?.webkitRelativePath.split("/")[0] ?? "";
    if (first !== "") setFolder(first);
    setFiles((old) => [...old.filter((file) => !picked.files.some((other) => other.path === file.path)), ...picked.files]);
    setRefused(picked.refused);
  };
  const hasCompose = files.some((file) => /^(docker-)?compose\.ya?ml$/.test(file.path));
  const create = useAction(() => createStack(place.name, place.server, files.map(({ path, text, base64 }) => (text !== null ? { path, text } : { path, base64 }))));
  return (
    <div className="stack">
      <NameAndServer place={place} />
      <Panel
        title="Files" isFlush
        actions={
          <>
            <Button icon="upload" onClick={() => fileField.current?.click()}>Choose files</Button>
            <Button icon="upload" onClick={() => folderField.current?.click()}>Choose a folder</Button>
          </>
        }
      >
        <input ref={fileField} type="file" multiple hidden onChange={(event) => void take(event.target.files)} />
        <input ref={folderField} type="file" hidden {...{ webkitdirectory: "" }} onChange={(event) => void take(event.target.files)} />
        {files.length === 0 ? (
          <Empty title="No files chosen">A compose.yaml and what it needs beside it: .env, configs, override files.</Empty>
        ) : (
          <Table
            caption="Chosen files" rows={files} rowKey={(file) => file.path}
            columns={[
              { key: "path", title: "File", isName: true, cell: (file) => <span className="mono">{file.path}</span> },
              { key: "size", title: "Size", isNumber: true, cell: (file) => bytesText(file.text?.length ?? Math.floor((file.base64?.length ?? 0) * 0.75)) },
              { key: "remove", title: "Remove", isTitleHidden: true, cell: (file) => <Button kind="quiet" icon="close" iconOnly onClick={() => setFiles(files.filter((other) => other !== file))}>Leave out {file.path}</Button> },
            ]}
          />
        )}
      </Panel>
      {refused.length > 0 && <Note kind="warn" title={`Larger than 1 MiB, and not taken: ${refused.join(", ")}`} />}
      {create.problem && <ProblemNote title="The stack was not made" problem={create.problem} />}
      <p className="row">
        <Button kind="main" isBusy={create.isBusy} refusal={place.refusal ?? (hasCompose ? null : "choose a compose.yaml")} onClick={() => void create.run()}>Make the stack</Button>
      </p>
    </div>
  );
}
