import { useRef, type KeyboardEvent, type ReactNode } from "react";
import { classes } from "./classes";
import { useWindowedRows } from "./useWindowedRows";

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** Takes half of a card's width, as numbers do. */
  isShort?: boolean;
  /** The cell that names the row, for screen readers and as the head of its card. */
  isName?: boolean;
  /** The heading is only for screen readers, as over buttons. */
  isTitleHidden?: boolean;
  /** Sorts the rows when its heading is pressed. */
  sort?: Sort;
  className?: string;
}

interface Sort {
  direction: "ascending" | "descending" | "none";
  onSort: () => void;
}

interface Props<Row> {
  /** For screen readers. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Enter on a row, and a click beside its controls. */
  onOpen?: (row: Row) => void;
  isGreyed?: (row: Row) => boolean;
  isSelected?: (row: Row) => boolean;
}

/** Rows from here on are drawn only where they can be seen. */
const WINDOW_FROM = 200;

/** A table; narrow screens get a card for each row. The keys j and k go along the rows. */
export function Table<Row>({ caption, columns, rows, rowKey, onOpen, isGreyed, isSelected }: Props<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = useWindowedRows(body, rows.length, WINDOW_FROM);
  const visible = rows.slice(shown.from, shown.to);
  function key(event: KeyboardEvent<HTMLTableRowElement>, row: Row): void {
    if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.(row);
  }
  return (
    <table className="table" aria-rowcount={rows.length > visible.length ? rows.length + 1 : undefined}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" className={classes(column.isNumber && "number", column.className)} aria-sort={column.sort?.direction}>
              {column.sort ? (
                <button type="button" className="sort" onClick={column.sort.onSort}>
                  {column.title}
                  <span aria-hidden="true">{column.sort.direction === "ascending" ? " ▴" : column.sort.direction === "descending" ? " ▾" : ""}</span>
                </button>
              ) : (
                <span className={column.isTitleHidden ? "unseen" : undefined}>{column.title}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {shown.from > 0 && <Gap rows={shown.from} rowHeight={shown.rowHeight} columns={columns.length} />}
        {visible.map((row, index) => (
          <tr
            key={rowKey(row)} data-row={rowKey(row)} tabIndex={onOpen ? 0 : undefined} aria-selected={isSelected?.(row) || undefined}
            aria-rowindex={rows.length > visible.length ? shown.from + index + 2 : undefined}
            className={classes(isGreyed?.(row) && "greyed", onOpen && "opens")} onKeyDown={(event) => key(event, row)}
            onClick={(event) => {
              if (onOpen && !isControl(event.target) && !getSelection()?.toString()) onOpen(row);
            }}
          >
            {columns.map((column) =>
              column.isName ? (
                <th key={column.key} scope="row" className={column.className}>{column.cell(row)}</th>
              ) : (
                <Cell key={column.key} column={column} row={row} />
              ),
            )}
          </tr>
        ))}
        {shown.to < rows.length && <Gap rows={rows.length - shown.to} rowHeight={shown.rowHeight} columns={columns.length} />}
      </tbody>
    </table>
  );
}

/** What is in it is one thing beside its label; a cell without anything has no line in a card. */
function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.cell(row);
  const isEmpty = content === null || content === undefined || content === false || content === "";
  return (
    <td className={classes(column.isNumber && "number", column.isShort && "short", column.className)} data-label={column.isTitleHidden ? undefined : column.title}>
      {isEmpty ? null : <div>{content}</div>}
    </td>
  );
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input, select, label, summary, [role=menu]") !== null;
}

/** Stands for rows that are not drawn: an svg can have its height without a style. */
function Gap({ rows, rowHeight, columns }: { rows: number; rowHeight: number; columns: number }) {
  return (
    <tr aria-hidden="true" className="gap">
      <td colSpan={columns}><svg width="1" height={rows * rowHeight} /></td>
    </tr>
  );
}
