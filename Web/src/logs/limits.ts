/** So many lines are kept. */
export const KEPT_LINES = 100_000;
