import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, tell, type Answers, type Asked } from "./stagedPage";

const saved = "services:\n  web:\n    image: hello:1.0\n";

/** A stack of one file with a draft on the server, as the API has it. */
class Folder {
  text = saved;
  draft: { version: number; author?: string; updated_at?: string; files?: unknown[] } = { version: 0 };
  last = 0;

  constructor(readonly stack: string) {}

  answers(): Answers {
    const path = `/stacks/${this.stack}`;
    return {
      [`GET ${path}/files`]: () => ({ body: { items: [{ path: "compose.yaml", folder: false, size: this.text.length, tag: `t${this.text.length}` }] } }),
      [`GET ${path}/file`]: () => ({ body: { path: "compose.yaml", text: this.text } }),
      [`GET ${path}/secrets`]: {},
      [`POST ${path}/validate`]: { valid: true, problems: [], warnings: [], services: ["web"] },
      [`GET ${path}/draft`]: () => ({ body: this.draft }),
      [`PUT ${path}/draft`]: ({ body }: Asked) => {
        const { version, files } = body as { version: number; files: unknown[] };
        if (version !== this.draft.version) return { status: 409, body: { code: "draft_changed", detail: "bea has changed the draft", status: 409, title: "Conflict", type: "about:blank" } };
        this.keep("captain", files);
        return { body: this.draft };
      },
      [`DELETE ${path}/draft`]: () => {
        this.draft = { version: 0 };
        return { status: 200, body: {} };
      },
      [`PATCH ${path}/files`]: ({ body }: Asked) => {
        this.text = (body as { changes: { text: string }[] }).changes[0]?.text ?? "";
        return { body: { tags: { "compose.yaml": `t${this.text.length}` } } };
      },
    };
  }

  keep(author: string, files: unknown[]): void {
    this.draft = { version: (this.last += 1), author, updated_at: "2026-11-23T09:00:00Z", files };
  }

  told(by: string): void {
    tell({ sequence: 1, at: "2026-11-23T09:00:00Z", event: "stack.draft", stack: this.stack.split("@")[0], server: "local", version: this.draft.version, by });
  }
}

async function open(folder: Folder) {
  const [{ default: ComposeEditor }, { go }, { draftStoreOf }] = await Promise.all([
    import("../../src/pages/compose/ComposeEditor"), import("../../src/app/router"), import("../../src/editor/draftStore"),
  ]);
  go(`/stacks/${folder.stack}/compose`, { force: true });
  const page = await stage(<ComposeEditor stack={folder.stack} refusal={null} />, folder.answers());
  return { page, store: draftStoreOf(folder.stack, "captain", true) };
}

test("the draft of somebody else is opened, with whose it is", async () => {
  const folder = new Folder("one@local");
  folder.keep("bea", [{ path: "compose.yaml", text: `${saved}# hers\n`, tag: `t${saved.length}` }]);
  const { page, store } = await open(folder);
  await page.shows("This is a draft of bea");
  await page.shows("Draft kept");
  assert.equal(store.now().draft.files[0]?.text, `${saved}# hers\n`);
  page.close();
});

test("what is typed goes to the draft, and away with the save", async () => {
  const folder = new Folder("two@local");
  const { page, store } = await open(folder);
  await page.shows("No problems");
  store.edit("compose.yaml", `${saved}# mine\n`);
  await page.shows("Keeping the draft");
  void store.keepNow();
  await page.shows("Draft kept");
  assert.equal(folder.draft.version, 1);
  assert.equal(folder.text, saved);
  await store.save();
  assert.equal(folder.text, `${saved}# mine\n`);
  assert.equal(folder.draft.version, 0);
  page.close();
});

test("a draft that was changed elsewhere is compared, and taken or written over", async () => {
  const folder = new Folder("three@local");
  const { page, store } = await open(folder);
  await page.shows("No problems");
  store.edit("compose.yaml", `${saved}# mine\n`);
  folder.keep("bea", [{ path: "compose.yaml", text: `${saved}# hers\n`, tag: `t${saved.length}` }]);
  folder.told("bea");
  await page.shows("The draft was changed by bea");
  await page.shows("Draft in this tab");
  page.click("Compare");
  await page.shows("Their draft and mine");
  await page.shows("# hers");
  page.click("Close");
  page.click("Take over");
  await page.shows("Draft kept");
  assert.equal((folder.draft.files?.[0] as { text: string }).text, `${saved}# mine\n`);
  folder.keep("bea", [{ path: "compose.yaml", text: `${saved}# hers again\n`, tag: `t${saved.length}` }]);
  folder.told("bea");
  await page.shows("The draft was changed by bea");
  page.click("Take theirs");
  await page.shows("This is a draft of bea");
  assert.equal(store.now().draft.files[0]?.text, `${saved}# hers again\n`);
  page.close();
});

test("what somebody else saved meanwhile is written over only by who has chosen to", async () => {
  const folder = new Folder("seven@local");
  const { page, store } = await open(folder);
  await page.shows("No problems");
  store.edit("compose.yaml", `${saved}# mine\n`);
  folder.text = `${saved}# theirs, saved\n`;
  tell({ sequence: 1, at: "2026-11-23T09:00:00Z", event: "stack.files", stack: "seven", server: "local", by: "bea", files: ["compose.yaml"] });
  await page.shows("was changed by bea");
  await assert.rejects(store.save(), /was changed on the server while you edit it/);
  assert.equal(folder.text, `${saved}# theirs, saved\n`);
  page.click("Take over");
  await store.save();
  assert.equal(folder.text, `${saved}# mine\n`);
  page.close();
});

test("changes that are taken back leave no draft", async () => {
  const folder = new Folder("four@local");
  const { page, store } = await open(folder);
  await page.shows("No problems");
  store.edit("compose.yaml", `${saved}# mine\n`);
  void store.keepNow();
  await page.shows("Draft kept");
  store.discard();
  const end = Date.now() + 20_000;
  while (folder.draft.version > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(folder.draft.version, 0);
  page.close();
});

test("leaving the stack with text that is not saved asks, its own pages do not", async () => {
  const folder = new Folder("five@local");
  const { page, store } = await open(folder);
  const { go } = await import("../../src/app/router");
  await page.shows("No problems");
  store.edit("compose.yaml", `${saved}# mine\n`);
  await page.shows("Keeping the draft");
  go("/stacks/five@local/env");
  assert.equal(location.pathname, "/stacks/five@local/env");
  go("/stacks/five@local/compose");
  page.close();
  const again = await open(folder);
  await again.page.shows("Draft");
  go("/images");
  await again.page.shows("Leave with text that is not saved?");
  assert.equal(location.pathname, "/stacks/five@local/compose");
  again.page.click("Save and leave");
  const end = Date.now() + 20_000;
  while (location.pathname !== "/images" && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(location.pathname, "/images");
  assert.equal(folder.text, `${saved}# mine\n`);
  again.page.close();
});
