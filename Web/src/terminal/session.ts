/** Messages go out at most so often: the server takes 20 in a second, and a key that is held down makes 30. */
const PAUSE = 60;
/** A first key waits so long for others. */
const SHORT_PAUSE = 8;
/** A frame has 16 KiB at most, and a character becomes up to six bytes of JSON; what is pasted is cut into pieces of so many. */
const PIECE = 2 << 10;

/** The socket of one command in a container. */
export interface Session {
  input(text: string): void;
  resize(size: { columns: number; rows: number }): void;
  close(): void;
}

interface Doors {
  onOutput: (text: string) => void;
  /** How it ended, in words. */
  onEnd: (words: string) => void;
}

/** Joins a command by the address that the server has given for it. */
export function joinSession(address: string, doors: Doors): Session {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${address}`);
  let waiting = "";
  let size: { columns: number; rows: number } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasEnded = false;
  let sentAt = -Infinity;

  function flush(): void {
    timer = undefined;
    if (socket.readyState !== WebSocket.OPEN) return;
    sentAt = performance.now();
    if (size) {
      socket.send(JSON.stringify({ resize: size }));
      size = undefined;
    } else if (waiting) {
      // No pair of surrogates is cut.
      const end = /[\ud800-\udbff]/.test(waiting.charAt(PIECE - 1)) ? PIECE - 1 : PIECE;
      socket.send(JSON.stringify({ input: waiting.slice(0, end) }));
      waiting = waiting.slice(end);
    }
    if (waiting || size) timer = setTimeout(flush, PAUSE);
  }
  function soon(): void {
    timer ??= setTimeout(flush, Math.max(SHORT_PAUSE, sentAt + PAUSE - performance.now()));
  }
  function end(words: string): void {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(timer);
    doors.onEnd(words);
  }

  socket.onopen = () => soon();
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    const told = JSON.parse(data) as { output?: string; stderr?: string; exit?: number | null; error?: { detail: string } };
    if (told.output) doors.onOutput(told.output);
    if (told.stderr) doors.onOutput(told.stderr);
    if (told.error) end(told.error.detail);
    if ("exit" in told) end(told.exit === null ? "The command goes on without this page." : `The command ended with ${told.exit}.`);
  };
  socket.onclose = ({ reason }) => end(reason ? `The connection was closed: ${reason}.` : "The connection was closed.");
  return {
    input: (text) => {
      waiting += text;
      soon();
    },
    resize: (next) => {
      size = next;
      soon();
    },
    close: () => {
      clearTimeout(timer);
      hasEnded = true;
      socket.close();
    },
  };
}
