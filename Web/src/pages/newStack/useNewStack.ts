import { useState } from "react";
import { useServers } from "../../api/servers";
import { useStacks } from "../../api/stacks";
import { may, useSession } from "../../app/session";
import { nameRefusal } from "./stackName";

export interface NewStackPlace {
  name: string;
  setName: (name: string) => void;
  server: string;
  setServer: (server: string) => void;
  servers: string[];
  /** Why the name cannot be taken. */
  refusal: string | null;
}

/** Name and server of a new stack, looked at while they are typed. */
export function useNewStack(suggestedName = ""): NewStackPlace {
  const { session } = useSession();
  const [typed, setName] = useState<string>();
  const [chosen, setServer] = useState<string>();
  const stacks = useStacks();
  const servers = (useServers().value ?? []).filter((each) => !each.jump_only && may(session, "operator", { server: each.name })).map((each) => each.name);
  const name = typed ?? suggestedName;
  const server = chosen ?? (servers.includes("local") ? "local" : servers[0]) ?? "local";
  return { name, setName, server, setServer, servers, refusal: nameRefusal(name, server, stacks.value?.items ?? []) };
}
