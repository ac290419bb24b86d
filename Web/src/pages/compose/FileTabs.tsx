import { isChanged, type DraftFile } from "../../editor/draft";
import { classes } from "../../parts/classes";

interface Props {
  paths: readonly string[];
  current: string;
  files: readonly DraftFile[];
  /** Errors and warnings by file. */
  counts: Readonly<Record<string, number>>;
  onChoose: (path: string) => void;
}

/** The files of a stack; what is not saved, removed or wrong says so. */
export function FileTabs({ paths, current, files, counts, onChoose }: Props) {
  return (
    <nav className="file-tabs" aria-label="Files">
      <ul>
        {paths.map((path) => {
          const file = files.find((each) => each.path === path);
          const marks = [file !== undefined && isChanged(file) && (file.text === null ? "removed" : "not saved"), (counts[path] ?? 0) > 0 && `${counts[path]} problems`];
          return (
            <li key={path}>
              <button
                type="button" className={classes("file-tab", file?.text === null && "file-tab-removed")} aria-current={path === current ? "true" : undefined}
                onClick={() => onChoose(path)}
              >
                <span className="mono">{path}</span>
                {file !== undefined && isChanged(file) && <span className="file-tab-changed" aria-hidden="true">●</span>}
                {(counts[path] ?? 0) > 0 && <span className="file-tab-count numbers" aria-hidden="true">{counts[path]}</span>}
                <span className="unseen">{marks.filter(Boolean).map((mark) => `, ${mark}`).join("")}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
