import { useState } from "react";
import { Confirm } from "../../parts/Confirm";
import { Field } from "../../parts/Field";

interface Props {
  server: string;
  onPull: (reference: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for the image that is pulled. */
export function PullDialog({ server, onPull, onClose }: Props) {
  const [reference, setReference] = useState("");
  return (
    <Confirm
      title={`Pull an image to ${server}`} act="Pull it" onClose={onClose}
      onConfirm={() => (reference.trim() === "" ? Promise.reject(new Error("Give the name of an image.")) : onPull(reference.trim()))}
    >
      <Field label="Image" value={reference} onChange={setReference} placeholder="nginx:1.29-alpine" autoFocus autoComplete="off" />
    </Confirm>
  );
}
