interface PageOf<T> {
  items: T[];
  next: string | null;
}

/** All items of a list that comes in pages, up to a limit that says when there is more. */
export async function everyPage<T>(
  load: (cursor: string | undefined) => Promise<PageOf<T>>, limit = 2000,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await load(cursor);
    items.push(...page.items);
    if (!page.next) return { items, more: false };
    if (items.length >= limit) return { items, more: true };
    cursor = page.next;
  }
}
