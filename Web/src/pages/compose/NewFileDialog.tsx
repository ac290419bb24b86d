import { useState } from "react";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";

interface Props {
  taken: readonly string[];
  onMake: (path: string) => void;
  onClose: () => void;
}

/** Asks for the path of a new file. */
export default function NewFileDialog({ taken, onMake, onClose }: Props) {
  const [path, setPath] = useState("");
  const refusal = refusalOf(path, taken);
  return (
    <Dialog
      title="New file" onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" type="submit" form="new-file" refusal={path === "" ? "give it a name" : refusal}>Add file</Button>
        </>
      }
    >
      <form
        id="new-file"
        onSubmit={(event) => {
          event.preventDefault();
          if (path === "" || refusal !== null) return;
          onMake(path);
          onClose();
        }}
      >
        <Field label="Path within the stack's folder" value={path} onChange={setPath} error={path === "" ? null : refusal} hint="For example compose.override.yaml, .env or conf/app.conf." autoFocus />
      </form>
    </Dialog>
  );
}

/** Why a path cannot be a new file; null: it can. The server has the last word. */
export function refusalOf(path: string, taken: readonly string[]): string | null {
  if (taken.includes(path)) return "there is a file of this name";
  if (path.startsWith("/")) return "begin within the folder, without a slash";
  if (path.endsWith("/")) return "name a file, not a folder";
  if (path.split("/").some((part) => part === ".." || part === "." || (part === "" && path !== ""))) return "leave . and .. out of it";
  return null;
}
