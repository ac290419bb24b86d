import { revisionText } from "../../api/revisionTexts";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { useLive } from "../../stream/live";

interface Props {
  stack: string;
  number: number;
  path: string;
  onClose: () => void;
}

/** A file as a revision has it. */
export default function FileDialog({ stack, number, path, onClose }: Props) {
  const live = useLive(`stack:${stack}:revision:${number}:file:${path}`, (signal) => revisionText(stack, number, path, signal));
  return (
    <Dialog title={`${path} of revision ${number}`} isWide onClose={onClose}>
      <Loaded live={live}>
        {({ text, isMasked }) =>
          text === null ? (
            <Empty title="It is no text, or was not kept." />
          ) : (
            <>
              {isMasked && <Note title="Secret values are shown as dots to those who may not edit the stack." />}
              <pre tabIndex={0} aria-label={path}>{text}</pre>
              <p className="row"><CopyButton text={text} name="Copy the text" /></p>
            </>
          )
        }
      </Loaded>
    </Dialog>
  );
}
