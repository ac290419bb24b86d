import { useRef } from "react";
import { readPickedFiles } from "../../editor/pickedFiles";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ProblemNote } from "../../parts/ProblemNote";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";

interface Props {
  refusal: string | null;
  onText: (path: string, text: string) => void;
  onBytes: (path: string, base64: string) => Promise<void>;
}

/** Takes files of this machine: text into the draft, anything else at once to the server. */
export function UploadButton({ refusal, onText, onBytes }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const take = useAction(async (list: FileList | null) => {
    const { files, refused } = await readPickedFiles(list);
    for (const file of files) {
      if (file.text !== null) onText(file.path, file.text);
      else if (file.base64 !== null) {
        await onBytes(file.path, file.base64);
        toast(`${file.path} is saved.`);
      }
    }
    if (refused.length > 0) throw new Error(`Larger than 1 MiB, and not taken: ${refused.join(", ")}`);
  });
  return (
    <>
      <input
        ref={field} type="file" multiple hidden
        onChange={(event) => {
          void take.run(event.target.files);
          event.target.value = "";
        }}
      />
      <Button icon="upload" refusal={refusal} isBusy={take.isBusy} onClick={() => field.current?.click()}>Upload</Button>
      {take.problem && <Dialog title="Not all was taken" onClose={take.clear}><ProblemNote problem={take.problem} /></Dialog>}
    </>
  );
}
