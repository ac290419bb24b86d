import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { FromLogs, ToLogs } from "./messages";

/** Rows beside those that are seen. */
const MARGIN = 20;

interface Parts {
  shown: FromLogs;
  send: (message: ToLogs) => void;
  /** The height of a row in pixels. */
  row: number;
  isWrapped: boolean;
  /** Somebody scrolled to the first line. */
  onTop: () => void;
}

export interface LogScroll {
  box: RefObject<HTMLDivElement>;
  isFollowing: boolean;
  /** Lines that came since it does not follow. */
  arrived: number;
  scrolled: () => void;
  follow: () => void;
  stop: () => void;
  /** Scrolls so far that a row is seen. */
  bringIn: (place: number) => void;
  /** The place of the first row that is seen. */
  top: () => number;
}

/** It follows while one is at the end, and stands still when one scrolls away from it. */
export function useLogScroll({ shown, send, row, isWrapped, onTop }: Parts): LogScroll {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [leftAt, setLeftAt] = useState(0);
  /** Where it was scrolled to last: only who goes up from there stops it. */
  const lastTop = useRef(0);
  const seenDropped = useRef(0);

  function look(following: boolean): void {
    const element = box.current;
    if (!element) return;
    const seen = Math.ceil(element.clientHeight / row);
    send({ do: "view", from: Math.max(0, Math.floor(element.scrollTop / row) - (isWrapped ? 0 : MARGIN)), count: seen + 2 * MARGIN, isFollowing: following });
  }
  function stop(): void {
    if (isFollowing) setLeftAt(shown.matches);
    setFollowing(false);
  }
  function scrolled(): void {
    const element = box.current;
    if (!element) return;
    // Lines that came since the scroll was made are no wish to stop.
    const isStill = isFollowing && element.scrollTop >= lastTop.current - 1;
    const isAtEnd = isStill || element.scrollHeight - element.scrollTop - element.clientHeight < row * 1.5;
    lastTop.current = element.scrollTop;
    if (isAtEnd !== isFollowing) {
      setFollowing(isAtEnd);
      setLeftAt(shown.matches);
    }
    look(isAtEnd);
    if (element.scrollTop < row && !isAtEnd) onTop();
  }
  // Following, the end stays in sight whatever comes; else what is looked at does, also when rows go at the top.
  useLayoutEffect(() => {
    const gone = shown.droppedShown - seenDropped.current;
    seenDropped.current = shown.droppedShown;
    const element = box.current;
    if (!element) return;
    if (isFollowing && !shown.revealed) {
      element.scrollTop = element.scrollHeight;
      lastTop.current = element.scrollTop;
      // Older ones moved what is drawn; where all of them fit nothing scrolls, and so nothing else would ask for the rows.
      if (gone < 0) look(true);
      return;
    }
    if (gone !== 0) {
      element.scrollTop -= gone * row;
      setLeftAt((at) => at - gone);
    }
    if (!shown.revealed) return;
    stop();
    element.scrollTop = shown.revealed.place * row - element.clientHeight / 2;
    lastTop.current = element.scrollTop;
  }, [shown, isFollowing]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    look(isFollowing);
    const watch = new ResizeObserver(() => look(isFollowing));
    watch.observe(element);
    return () => watch.disconnect();
  }, [isFollowing, isWrapped, row]);

  return {
    box, isFollowing, scrolled, stop, arrived: isFollowing ? 0 : Math.max(0, shown.matches - leftAt),
    follow: () => {
      setFollowing(true);
      if (box.current) box.current.scrollTop = box.current.scrollHeight;
    },
    bringIn: (place) => {
      const element = box.current;
      if (!element || isWrapped) return;
      const above = place * row;
      if (above < element.scrollTop) element.scrollTop = above;
      else if (above + row > element.scrollTop + element.clientHeight) element.scrollTop = above + row - element.clientHeight;
    },
    top: () => Math.floor((box.current?.scrollTop ?? 0) / row),
  };
}
