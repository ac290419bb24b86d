import { Connection, type Handle, type SocketLike } from "./connection";
import { features, type FeatureInstance } from "./features";
import type { FromWorker, ToWorker } from "./messages";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, moved?: Transferable[]): void;
};

const connection = new Connection(
  {
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/socket`) as unknown as SocketLike,
    now: () => Date.now(),
    later: (milliseconds, body) => {
      const timer = setTimeout(body, milliseconds);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    isLoggedIn: async () => {
      try {
        return (await fetch("/api/v1/session", { credentials: "same-origin" })).status !== 401;
      } catch {
        // Nobody said no: the server is away.
        return true;
      }
    },
  },
  (link) => scope.postMessage({ link }),
);

const handles = new Map<number, Handle>();
const instances = new Map<number, FeatureInstance>();

scope.onmessage = ({ data }) => {
  switch (data.do) {
    case "subscribe": {
      const { port } = data;
      handles.set(port, connection.subscribe(data.subscription, (told) => scope.postMessage({ port, told })));
      break;
    }
    case "unsubscribe":
      handles.get(data.port)?.end();
      handles.delete(data.port);
      break;
    case "open": {
      const { port } = data;
      const feature = features[data.feature];
      if (feature) instances.set(port, feature(connection, (message, moved) => scope.postMessage({ port, message }, moved ?? [])));
      break;
    }
    case "post":
      instances.get(data.port)?.take(data.message);
      break;
    case "close":
      instances.get(data.port)?.close();
      instances.delete(data.port);
      break;
    case "network":
      connection.setOnline(data.online);
      break;
    case "retry":
      connection.start();
      break;
    case "suspend":
      connection.suspend();
      break;
  }
};
