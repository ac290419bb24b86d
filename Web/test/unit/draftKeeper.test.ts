import assert from "node:assert/strict";
import { test } from "node:test";
import { DraftKeeper, type DraftCalls, type ServerDraft } from "../../src/editor/draftKeeper";
import { draftWords } from "../../src/pages/compose/DraftState";

const file = (text: string | null, path = "compose.yaml") => ({ path, tag: "t", text });

/** A server with one draft, for any number of keepers. */
class Server {
  draft: ServerDraft = { version: 0, author: null, at: null, files: [] };
  last = 0;

  calls(author: string): DraftCalls {
    return {
      read: async () => this.draft,
      put: async (version, files) => {
        if (version !== this.draft.version) return null;
        this.draft = { version: ++this.last, author, at: "2026-11-23T09:00:00Z", files: [...files] };
        return this.last;
      },
      discard: async (version) => {
        if (version === this.draft.version) this.draft = { version: 0, author: null, at: null, files: [] };
      },
    };
  }

  keeper(author: string): DraftKeeper {
    return new DraftKeeper(this.calls(author), () => undefined);
  }
}

/** The pause after typing is cut short. */
async function type(keeper: DraftKeeper, ...files: ReturnType<typeof file>[]): Promise<void> {
  keeper.typed(files);
  await keeper.keep();
}

test("what is typed is kept on the server, and opened by the next who edits", async () => {
  const server = new Server();
  const [anna, bea] = [server.keeper("anna"), server.keeper("bea")];
  assert.deepEqual(await anna.open([], 0), []);
  await type(anna, file("a"));
  assert.equal(anna.state.isKept, true);
  assert.deepEqual(await bea.open([], 0), [file("a")]);
  assert.equal(bea.state.openedOf?.author, "anna");
});

test("who has not seen the newest draft writes over nothing, and is asked", async () => {
  const server = new Server();
  const [anna, bea] = [server.keeper("anna"), server.keeper("bea")];
  await anna.open([], 0);
  await bea.open([], 0);
  await type(anna, file("a"));
  await type(bea, file("b"));
  assert.deepEqual(server.draft.files, [file("a")]);
  assert.equal(bea.state.other?.author, "anna");
  await type(bea, file("bb"));
  assert.deepEqual(server.draft.files, [file("a")], "nothing is written before somebody has chosen");
  await bea.takeOver();
  assert.deepEqual(server.draft.files, [file("bb")]);
  assert.equal(bea.state.other, null);
  await anna.heard(server.draft.version);
  assert.equal(anna.state.other?.author, "bea");
  assert.deepEqual(anna.takeTheirs(), [file("bb")]);
  await type(anna, file("bbb"));
  assert.deepEqual(server.draft.files, [file("bbb")]);
});

test("who takes over with what was kept before writes it again", async () => {
  const server = new Server();
  const [anna, bea] = [server.keeper("anna"), server.keeper("bea")];
  await anna.open([], 0);
  await type(anna, file("a"));
  await bea.open([], 0);
  await type(bea, file("b"));
  await anna.heard(server.draft.version);
  await anna.takeOver();
  assert.deepEqual(server.draft.files, [file("a")]);
});

test("one's own event changes nothing, and equal texts are no conflict", async () => {
  const server = new Server();
  const [anna, bea] = [server.keeper("anna"), server.keeper("bea")];
  await anna.open([], 0);
  await bea.open([], 0);
  await type(anna, file("a"));
  await anna.heard(server.draft.version);
  assert.equal(anna.state.other, null);
  bea.typed([file("a")]);
  await bea.heard(server.draft.version);
  assert.equal(bea.state.other, null);
  assert.equal(bea.version, server.draft.version);
});

test("a draft without changes is discarded, and one that was discarded elsewhere begins anew", async () => {
  const server = new Server();
  const [anna, bea] = [server.keeper("anna"), server.keeper("bea")];
  await anna.open([], 0);
  await type(anna, file("a"));
  await bea.open([], 0);
  await type(anna);
  assert.equal(server.draft.version, 0);
  await type(bea, file("b"));
  assert.deepEqual(server.draft.files, [file("b")]);
  assert.equal(bea.state.other, null);
});

test("after a reload the tab goes on with its text, and asks where the draft is another one", async () => {
  const server = new Server();
  const anna = server.keeper("anna");
  await anna.open([], 0);
  await type(anna, file("a"));
  const again = server.keeper("anna");
  assert.deepEqual(await again.open([file("a2")], anna.version), [file("a2")]);
  assert.equal(again.state.other, null);
  const late = server.keeper("anna");
  assert.deepEqual(await late.open([file("old")], 0), [file("old")]);
  assert.equal(late.state.other?.version, server.draft.version);
});

test("a server that does not answer is told, and tried again with the next key", async () => {
  const server = new Server();
  const calls = server.calls("anna");
  let isDown = true;
  const keeper = new DraftKeeper({ ...calls, put: async (version, files) => { if (isDown) throw new Error("away"); return calls.put(version, files); } }, () => undefined);
  await keeper.open([], 0);
  await type(keeper, file("a"));
  assert.match(draftWords(keeper.state, true), /in this tab only/);
  isDown = false;
  await type(keeper, file("ab"));
  assert.equal(draftWords(keeper.state, true), "Draft kept");
  assert.equal(draftWords(keeper.state, false), "");
});

test("what is typed while the draft is still asked for is kept too", async () => {
  const puts: string[] = [];
  let answer: (draft: ServerDraft) => void = () => undefined;
  const keeper = new DraftKeeper({
    read: () => new Promise<ServerDraft>((resolve) => { answer = resolve; }),
    put: async (_version, files) => puts.push(files[0]?.text ?? ""),
    discard: async () => undefined,
  }, () => undefined);
  const opening = keeper.open([], 0);
  keeper.typed([{ path: "a", tag: null, text: "typed" }]);
  answer({ version: 0, author: null, at: null, files: [] });
  assert.equal((await opening)[0]?.text, "typed");
  await keeper.keep();
  assert.deepEqual(puts, ["typed"]);
});
