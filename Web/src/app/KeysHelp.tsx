import { Checkbox } from "../parts/Checkbox";
import { Dialog } from "../parts/Dialog";
import { prefer, usePreferences } from "./preferences";
import { rail } from "./places";

const KEYS: [string, string][] = [
  ["Ctrl K", "search, go to, act"],
  ["/", "filter the list"],
  ["j  k", "next, previous row"],
  ["Enter", "open the row"],
  ["x", "select the row"],
  [".", "menu of the row"],
  ["[  ]", "previous, next tab"],
  ["e", "edit"],
  ["Esc", "close"],
  ["Ctrl S", "save the draft"],
  ["Ctrl Enter", "the page's main act"],
  ["F8  Shift F8", "next, previous problem in the editor"],
  ["?", "this list"],
];

/** The list of shortcuts. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { keys } = usePreferences();
  const places = rail.flatMap((group) => group.entries).filter((entry) => entry.key);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="keys-list">
        {KEYS.map(([key, text]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{text}</dd></div>)}
        {places.map((entry) => <div key={entry.to}><dt><kbd>g {entry.key}</kbd></dt><dd>{entry.text}</dd></div>)}
      </dl>
      <Checkbox label="Single keys are shortcuts" isOn={keys} onChange={(isOn) => prefer({ keys: isOn })} />
    </Dialog>
  );
}
