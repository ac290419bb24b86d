// Made by `scripts/web types` from the server's OpenAPI document; do not edit.

export type AddedServer = {
  server: Server;
  /** null where it was not tested */
  test?: ServerTest | null;
};

export type Adopt = {
  /** where the files say something else than what runs */
  prefer?: "running" | "files" | null;
  message?: string | null;
  /** also a stack that another Slipway deployed */
  take_over?: boolean | null;
};

export type AdoptableProject = {
  name: string;
  services: string[];
  /** how many containers are in each state */
  states: Record<string, number>;
  /** of its newest container, as its label says */
  working_directory: string;
  config_files: string[];
  environment_files: string[];
  /** of these files, those that the server cannot read */
  unreadable: string[];
  /** its containers were made from different files or folders */
  several_origins: boolean;
  /** the current one, where the server has one */
  revision?: number | null;
  deployed_by_slipway: boolean;
};

export type Attach = {
  /** its name or id */
  container: string;
  stdin?: boolean | null;
  /** such as ctrl-p,ctrl-q */
  detach_keys?: string | null;
};

export type AuditEntry = {
  sequence: number;
  at: string;
  actor: string;
  credential?: string | null;
  address?: string | null;
  way: string;
  action: string;
  target: string;
  outcome: "ok" | "denied" | "failed";
  request_id?: string | null;
  detail: unknown;
  hash: string;
};

export type BuildContexts = {
  items: {
    service: string;
    /** what messages call the section */
    place: string;
    /** within the context */
    dockerfile?: string | null;
    /** why there is none */
    problem?: string | null;
  }[];
  /** os[/arch[/variant]] */
  default_platform?: string | null;
};

export type Commit = {
  /** the image's name; it has only an id when left out */
  reference?: string | null;
  author?: string | null;
  message?: string | null;
  /** Dockerfile instructions to apply */
  changes?: string[] | null;
  /** false: the container is not frozen meanwhile */
  pause?: boolean | null;
};

export type CommittedImage = {
  id: string;
};

export type Connection = {
  /** its id or name */
  container: string;
  /** further names of it there */
  aliases?: string[] | null;
  ipv4?: string | null;
  ipv6?: string | null;
};

export type Connectivity = {
  network: string;
  from: string;
  to: string;
  /** of `to` in the network */
  address?: string | null;
  /** ok when a port took a connection, or an echo came back; failed when something needed is not so */
  outcome: "ok" | "failed" | "unknown";
  /** in the order in which it was tried */
  findings: {
    check: "running" | "membership" | "name" | "echo" | "port";
    outcome: "ok" | "failed" | "unknown";
    detail: string;
  }[];
};

export type ConnectivityRequest = {
  /** the container that tries, by its id or name */
  from: string;
  /** the container that it tries to reach */
  to: string;
  /** of `to`, TCP; null: the first four that it exposes */
  port?: number | null;
};

export type Container = {
  id: string;
  name: string;
  server: string;
  stack?: string | null;
  service?: string | null;
  number?: number | null;
  image: string;
  status: string;
  health?: string | null;
  text: string;
  created_at: string;
  ports: {
    address?: string | null;
    published?: number | null;
    target: number;
    transport: string;
  }[];
};

export type ContainerCommand = {
  /** until it is stopped by force */
  timeout_seconds?: number | null;
  /** for kill; SIGKILL when left out */
  signal?: string | null;
};

export type ContainerDetail = {
  container: Container;
  image_id: string;
  command: string[];
  entrypoint: string[];
  working_directory?: string | null;
  user?: string | null;
  hostname?: string | null;
  environment: {
    name: string;
    value: string;
    masked: boolean;
  }[];
  labels: {
    name: string;
    value: string;
    masked: boolean;
  }[];
  started_at?: string | null;
  finished_at?: string | null;
  /** of one that has ended */
  exit_code?: number | null;
  out_of_memory: boolean;
  error?: string | null;
  restart_count: number;
  resources: {
    cpus?: number | null;
    memory_bytes?: number | null;
    /** with the memory; -1 is unlimited */
    memory_swap_bytes?: number | null;
    pids?: number | null;
    /** no, always, unless-stopped or on-failure */
    restart: string;
    restart_retries: number;
  };
  mounts: {
    kind: string;
    /** of a volume */
    name?: string | null;
    source: string;
    target: string;
    writable: boolean;
  }[];
  networks: {
    name: string;
    id: string;
    address?: string | null;
    ipv6_address?: string | null;
    gateway?: string | null;
    mac?: string | null;
    aliases: string[];
  }[];
  network_mode: string;
  privileged: boolean;
  read_only_root: boolean;
  added_capabilities: string[];
  dropped_capabilities: string[];
  log_driver: string;
  /** the last runs of its health check, the oldest first */
  probes: {
    started_at?: string | null;
    ended_at?: string | null;
    exit_code: number;
    output: string;
  }[];
  /** the revision that it was deployed with */
  revision?: number | null;
};

export type ContainerPath = {
  name: string;
  size_bytes: number;
  /** Go's os.FileMode: permission bits below, the kind in the high bits */
  mode: number;
  /** empty where it is no link */
  link_target: string;
};

export type ContextRefusal = {
  reason: string;
};

export type Control = {
  /** left out: all */
  services?: string[] | null;
  /** for stopping; -1: without end */
  timeout_seconds?: number | null;
  /** for kill */
  signal?: string | null;
  /** rm: also what runs, after stopping it */
  stop?: boolean | null;
  /** rm: anonymous volumes too */
  volumes?: boolean | null;
  /** start: until they run and are healthy; true when left out */
  wait?: boolean | null;
  /** start: the longest wait */
  wait_seconds?: number | null;
  /** restart: what depends on them too; true when left out */
  dependents?: boolean | null;
  /** also containers of services that the files do not have */
  orphans?: boolean | null;
  /** ids of the only ones touched */
  containers?: string[] | null;
};

export type CreatedToken = {
  token: Token;
  /** told here and never again */
  text: string;
};

export type Deploy = {
  /** why, for the history */
  message?: string | null;
  /** these and what they depend on; left out: all */
  services?: string[] | null;
  profiles?: string[] | null;
  pull?: "always" | "missing" | "never" | null;
  recreate?: "diverged" | "force" | "never" | null;
  remove_orphans?: boolean | null;
  build?: boolean | null;
  /** only the plan of this hash is carried out; else 409 */
  plan?: string | null;
  /** the way back when it fails; true when left out */
  rollback?: boolean | null;
  /** the longest wait for health */
  timeout_seconds?: number | null;
  /** also a stack that another Slipway deployed */
  take_over?: boolean | null;
  /** without what the named services depend on */
  skip_dependencies?: boolean | null;
  recreate_dependencies?: boolean | null;
  renew_anonymous_volumes?: boolean | null;
  /** containers of services that the files do not have are not told of */
  ignore_orphans?: boolean | null;
  /** containers by service */
  scale?: Record<string, number> | null;
  /** for stopping; -1: without end */
  stop_timeout_seconds?: number | null;
  /** false: containers are made, and not started */
  start?: boolean | null;
  /** nothing is built */
  skip_build?: boolean | null;
  /** which proof new containers give; ready when left out */
  gate?: "started" | "ready" | null;
  /** also containers of which only configs or secrets have changed */
  replace_on_content?: boolean | null;
  settle_seconds?: number | null;
  engine_wait_seconds?: number | null;
  /** of whoever asks; they count before those of the stack's files */
  variables?: Record<string, string> | null;
  /** as an admin: what these rules find is confirmed, and kept as an exception */
  allow?: ("POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8")[] | null;
  /** of a plan only: taken instead of those that are saved */
  files?: FileContent[] | null;
  /** saved files that are taken as not there */
  absent?: string[] | null;
  /** of builds, that the caller brings (see build), with the right to; else they are the stack's own folders */
  contexts?: BuildContexts | null;
  /** images of the stack that lose their name to a build are removed */
  prune_built?: boolean | null;
};

export type Disconnection = {
  /** its id or name */
  container: string;
  force?: boolean | null;
};

export type Down = {
  services?: string[] | null;
  /** removes the stack's volumes with their data */
  volumes?: boolean | null;
  remove_orphans?: boolean | null;
  images?: "all" | "local" | null;
  /** for stopping; -1: without end */
  timeout_seconds?: number | null;
  /** also a stack that another Slipway deployed */
  take_over?: boolean | null;
};

export type Draft = {
  /** taken instead of those that are saved */
  files?: FileContent[] | null;
  /** saved files that are taken as not there */
  absent?: string[] | null;
  profiles?: string[] | null;
};

export type Exec = {
  /** of its first running container */
  service?: string | null;
  /** its name or id */
  container?: string | null;
  command: string[];
  tty?: boolean | null;
  user?: string | null;
  working_directory?: string | null;
  columns?: number | null;
  rows?: number | null;
  /** NAME=VALUE */
  environment?: string[] | null;
  /** false: it gets no input */
  stdin?: boolean | null;
  /** it is started and left; the socket only tells that */
  detach?: boolean | null;
  /** input and output are base64, and each input is acknowledged */
  bytes?: boolean | null;
};

export type File = {
  path: string;
  folder: boolean;
  size: number;
  mode: string;
  modified_at: string;
  /** what If-Match takes */
  tag?: string | null;
  /** its tag as a client's project brought it; null: none did */
  sent?: string | null;
};

export type FileChanges = {
  changes: {
    path: string;
    text?: string | null;
    base64?: string | null;
    remove?: boolean | null;
    /** the tag that the file must have; left out: not asked; empty: it must not be there */
    tag?: string | null;
    /** permission bits; left out: they stay */
    mode?: string | null;
    /** a client's project brings it, and takes it away when it has it no more */
    sent?: boolean | null;
  }[];
};

export type FileContent = {
  /** within the stack's folder */
  path: string;
  text?: string | null;
  /** for files that are no text */
  base64?: string | null;
  /** secret values in it are hidden; told, and not taken */
  masked?: boolean | null;
  /** permission bits; taken, and told by the list of files */
  mode?: string | null;
};

export type FileTags = {
  tags: Record<string, string | null>;
};

export type Finding = {
  name: string;
  verdict: "ok" | "warn" | "fail";
  message: string;
  remedy?: string | null;
};

export type GitSource = {
  url: string;
  ref: string;
  path: string;
  interval_seconds?: number | null;
  /** that the files are of */
  commit?: string | null;
  token_set: boolean;
  token_user?: string | null;
  token_updated_at?: string | null;
};

export type Grant = {
  role: "viewer" | "operator" | "admin";
  /** null: all of them */
  server?: string | null;
  /** null: all of the server */
  stack?: string | null;
  may_exec: boolean;
  may_restore: boolean;
};

export type Image = {
  id: string;
  tags: string[];
  digests: string[];
  created_at: string;
  size_bytes: number;
  /** names of containers that are made of it */
  used_by: string[];
  /** revisions that need it */
  kept_by: {
    stack: string;
    revision: number;
  }[];
};

export type ImagePlan = {
  removed: {
    id: string;
    tags: string[];
    digests: string[];
    size_bytes: number;
    reasons: {
      kind: "container" | "revision" | "tagged";
      container?: string | null;
      stack?: string | null;
      revision?: number | null;
    }[];
  }[];
  /** with why each stays */
  kept: {
    id: string;
    tags: string[];
    digests: string[];
    size_bytes: number;
    reasons: {
      kind: "container" | "revision" | "tagged";
      container?: string | null;
      stack?: string | null;
      revision?: number | null;
    }[];
  }[];
  /** at least */
  reclaimable_bytes: number;
};

export type ImagePrune = {
  /** true: only tells what would go, and why the rest stays */
  dry_run?: boolean | null;
  /** true: images with a name stay */
  untagged_only?: boolean | null;
};

export type ImagePull = {
  reference: string;
  /** os[/arch[/variant]] */
  platform?: string | null;
};

export type ImageRemoval = {
  untagged: string[];
  deleted: string[];
};

export type KeyRotation = {
  /** a private key that the server takes already */
  identity?: string | null;
  passphrase?: string | null;
};

export type LocalPlace = {
  /** local, a server's name, or unix:///… */
  server: string;
  author: string;
  project_files?: string | null;
  credentials?: string | null;
  environment: Record<string, string>;
};

export type LogPage = {
  lines: LogRecord[];
  searched_to: string | null;
  /** why it was not searched further */
  reason: "limit" | "deadline" | "end";
  unreadable: string[];
};

export type LogRecord = {
  time: string;
  source: string;
  server?: string;
  stack?: string;
  service?: string;
  stream: "stdout" | "stderr";
  level: "none" | "trace" | "debug" | "info" | "warn" | "error";
  text: string;
  /** the line goes on */
  partial?: boolean;
  /** goes on with the group of the line before */
  continued?: boolean;
};

export type Move = {
  /** a server's name */
  to: string;
  /** its containers and networks stay, stopped */
  keep_source?: boolean | null;
  /** no data is copied */
  without_volumes?: boolean | null;
  /** until it is stopped by force */
  stop_timeout_seconds?: number | null;
  /** the longest wait for health */
  timeout_seconds?: number | null;
  /** as an admin: what these rules find is confirmed, and kept as an exception */
  allow?: ("POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8")[] | null;
};

export type MovePlan = {
  project: string;
  from: string;
  to: string;
  revision: number;
  /** in order */
  steps: {
    part: "before" | "downtime" | "after";
    action: string;
    target: string;
    cause: string;
  }[];
  /** services that do not run from the first stop until they are healthy there */
  downtime: string[];
  /** what is left where it was */
  stays: string[];
  warnings: string[];
  /** what the policy finds on the target; left out: nothing */
  findings?: PolicyFinding[];
};

export type Network = {
  id: string;
  name: string;
  driver: string;
  scope: string;
  internal: boolean;
  attachable: boolean;
  ipv6: boolean;
  stack?: string | null;
  /** where its addresses come from */
  pools: {
    subnet: string;
    gateway?: string | null;
    range?: string | null;
  }[];
  created_at?: string | null;
};

export type NetworkDetail = {
  network: Network;
  options: Record<string, string>;
  labels: {
    name: string;
    value: string;
    masked: boolean;
  }[];
  /** containers that the caller may see */
  endpoints: {
    container: string;
    name: string;
    stack?: string | null;
    service?: string | null;
    ipv4?: string | null;
    ipv6?: string | null;
    mac?: string | null;
  }[];
  /** containers of stacks that the caller may not see */
  hidden_endpoints: number;
};

export type NewNetwork = {
  name: string;
  /** bridge when left out; no plug-ins (POL-7) */
  driver?: "bridge" | "overlay" | "macvlan" | "ipvlan" | null;
  /** without a way out of the machine */
  internal?: boolean | null;
  attachable?: boolean | null;
  ipv6?: boolean | null;
  pools?: {
    /** as 10.1.0.0/16 */
    subnet: string;
    gateway?: string | null;
    range?: string | null;
  }[] | null;
  /** of the driver */
  options?: Record<string, string> | null;
  labels?: Record<string, string> | null;
};

export type NewPolicyException = {
  rule: "POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8";
  /** for the audit log */
  reason: string;
  /** how long it counts; 90 when left out */
  days?: number | null;
};

export type NewServer = {
  /** lower-case letters, digits, - and _ */
  name: string;
  /** ssh://USER@HOST[:PORT], or tcp://HOST[:PORT] with certificates */
  address: string;
  /** for ssh:// */
  login?: {
    /** the text of a private key */
    identity?: string | null;
    passphrase?: string | null;
    password?: string | null;
    /** by the SSH agent of the server process */
    agent?: boolean | null;
    /** by the agent at this socket */
    agent_socket?: string | null;
    /** the public half of the one key of the agent that is offered, as in authorized_keys; left out: all */
    agent_key?: string | null;
  } | null;
  /** the host key's, SHA256:…; without it the answer is a conflict that tells it, and nothing is stored */
  fingerprint?: string | null;
  /** hosts in between, in order */
  jumps?: {
    /** one that is known */
    server?: string | null;
    /** of a new one; its host's when left out */
    name?: string | null;
    /** ssh://USER@HOST[:PORT] of a new one */
    address?: string | null;
    fingerprint?: string | null;
    /** as at the server itself when left out */
    login?: {
      /** the text of a private key */
      identity?: string | null;
      passphrase?: string | null;
      password?: string | null;
      /** by the SSH agent of the server process */
      agent?: boolean | null;
      /** by the agent at this socket */
      agent_socket?: string | null;
      /** the public half of the one key of the agent that is offered, as in authorized_keys; left out: all */
      agent_key?: string | null;
    } | null;
  }[] | null;
  /** the engine's socket there */
  socket?: string | null;
  /** PEM: what the engine's certificate is signed by, for tcp:// */
  authority?: string | null;
  /** PEM: ours */
  certificate?: string | null;
  /** PEM: of our certificate */
  key?: string | null;
  /** a server of that name may be there; the history of its stacks stays */
  replace?: boolean | null;
  /** false: the login and the engine are not tried */
  test?: boolean | null;
};

export type NewStack = {
  /** lower-case letters, digits, - and _ */
  name: string;
  /** null: this machine's engine */
  server?: string | null;
  files: FileContent[];
  /** secret variables by name, sealed from the beginning; needs the right to set them */
  secrets?: Record<string, string> | null;
  /** the files are a client's project; each is remembered as such */
  sent?: boolean | null;
};

export type NewStackDraft = {
  /** of the draft that it takes the place of; 0: there is none */
  version: number;
  files: {
    /** within the stack's folder */
    path: string;
    /** left out: the file is to be removed */
    text?: string | null;
    /** of the saved file that it was made from; left out: there was none */
    tag?: string | null;
  }[];
};

export type NewUser = {
  username: string;
  password: string;
  grants: Grant[];
  must_have_second_factor?: boolean | null;
};

export type NewVolume = {
  name: string;
  labels?: Record<string, string> | null;
};

export type OneOff = {
  service: string;
  /** of the container */
  name: string;
  /** random */
  slug: string;
  command?: string[] | null;
  entrypoint?: string | null;
  user?: string | null;
  working_directory?: string | null;
  environment?: Record<string, string> | null;
  labels?: Record<string, string> | null;
  tty?: boolean | null;
  stdin?: boolean | null;
  drop_capabilities?: string[] | null;
  /** the service's ports are published */
  service_ports?: boolean | null;
  /** to publish, in Compose's short syntax */
  ports?: string[] | null;
  pull?: "always" | "missing" | "never" | null;
  /** the image is built first, also when it is there */
  build?: boolean | null;
  /** it is found by the service's name in its networks */
  use_aliases?: boolean | null;
  /** it is removed when it has ended */
  remove?: boolean | null;
  remove_orphans?: boolean | null;
  /** what it depends on is left as it is */
  skip_dependencies?: boolean | null;
  /** it is started and left */
  detach?: boolean | null;
  profiles?: string[] | null;
  /** of the environment, for this run */
  variables?: Record<string, string> | null;
  /** for what it depends on */
  timeout_seconds?: number | null;
  /** of builds, that the caller brings; see build */
  contexts?: BuildContexts | null;
};

export type OpenSession = {
  id: string;
  user: number;
  address: string;
  user_agent: string;
  created_at: string;
  last_seen_at: string;
  ends_at: string;
  current: boolean;
};

export type Operation = {
  id: string;
  kind: string;
  server?: string | null;
  stack?: string | null;
  state: "queued" | "planning" | "pulling" | "gate" | "applying" | "verifying" | "done" | "failed" | "rolled_back" | "cancelled" | "needs_attention";
  title: string;
  requested_by: string;
  way: string;
  created_at: string;
  started_at?: string | null;
  ended_at?: string | null;
  revision?: number | null;
  result?: unknown;
  error?: unknown;
};

export type OperationEvent = {
  sequence: number;
  at: string;
  event: string;
  fields: unknown;
};

export type Plan = {
  project: string;
  hash: string;
  empty: boolean;
  steps: {
    number: number;
    phase: string;
    action: string;
    target: string;
    service: string | null;
    cause: string;
    after: number[];
    downtime: boolean;
    dataLoss: boolean;
  }[];
  downtime: string[];
  dataLoss: boolean;
  warnings: string[];
  /** what the policy finds; left out: nothing */
  findings?: PolicyFinding[];
  /** what the model has otherwise than the revision that runs; only when it was asked for, and one runs */
  differences?: unknown[];
  /** the plan whole, for Slipway's own clients; only when it was asked for */
  model?: unknown;
};

export type PolicyException = {
  id: string;
  rule: "POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8";
  /** those that were confirmed; left out: whatever the rule finds */
  findings?: string[] | null;
  reason: string;
  granted_by: string;
  granted_at: string;
  expires_at: string;
};

export type PolicyFinding = {
  rule: "POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8";
  severity: "warn" | "deny";
  service: string | null;
  /** as in services.web.volumes */
  attribute: string;
  /** file:line:column; empty where no file is to blame */
  place: string;
  message: string;
  remedy: string;
  /** by whose word it is allowed, and until when */
  exception: string | null;
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  /** stable, for programs */
  code: string;
  detail: string;
  remedy?: string | null;
  request_id?: string | null;
  faults?: {
    /** file:line:column, a JSON pointer into the body, or the name of a parameter */
    place: string;
    message: string;
    remedy?: string | null;
    rule?: string | null;
  }[] | null;
  /** what a host has shown, to be confirmed */
  host_key?: {
    host: string;
    type: string;
    /** SHA256:… */
    fingerprint: string;
  } | null;
};

export type Processes = {
  titles: string[];
  /** secret values of command lines are hidden */
  rows: string[][];
};

export type Project = {
  /** the canonical model, JSON as text */
  canonical: string;
  working_directory: string;
  config_files: string[];
  environment_files: string[];
  inactive_services: string[];
};

export type ProjectAdopt = {
  place: LocalPlace;
  name: string;
  options: Adopt;
  files?: {
    paths: string[];
    project_directory?: string | null;
    environment_files: string[];
    profiles: string[];
    current_directory: string;
    keeps_unused_resources: boolean;
    is_compatible: boolean;
  } | null;
  output?: string | null;
};

export type ProjectControl = {
  place: LocalPlace;
  name: string;
  project?: Project | null;
  verb: "start" | "stop" | "restart" | "kill" | "pause" | "unpause" | "rm";
  options: Control;
};

export type ProjectDeploy = {
  place: LocalPlace;
  project: Project;
  inputs: {
    path: string;
    role: "compose" | "include" | "extends" | "dotEnv" | "envFile" | "labelFile";
    base64: string;
  }[];
  /** the variables that the files use */
  used: Record<string, string | null>;
  options: Deploy;
  rollback_from?: number | null;
  pinned_images?: Record<string, string> | null;
  restore_files?: boolean | null;
};

export type ProjectDown = {
  place: LocalPlace;
  name: string;
  project?: Project | null;
  options: Down;
};

export type ProjectRun = {
  deploy: ProjectDeploy;
  run: OneOff;
  add_capabilities: string[];
  volumes: string[];
  home?: string | null;
};

export type ProjectUnlock = {
  lock: string;
};

export type RenderedTemplate = {
  files: FileContent[];
  /** for `secrets` of POST /api/v1/stacks; they stand in none of the files */
  secrets: Record<string, string>;
  problems: {
    parameter: string;
    message: string;
  }[];
};

export type Resources = {
  /** more than 0; a limit cannot be taken away in place */
  cpus?: number | null;
  /** at least 6 MiB */
  memory_bytes?: number | null;
  /** memory and swap together; -1 is unlimited; twice the memory when left out */
  memory_swap_bytes?: number | null;
  /** -1 is unlimited */
  pids?: number | null;
  restart?: "no" | "always" | "unless-stopped" | "on-failure" | null;
  /** for on-failure */
  restart_retries?: number | null;
};

export type Revision = {
  number: number;
  created_at: string;
  author: string;
  message: string;
  kind: "deploy" | "rollback" | "adopt" | "restored";
  from?: number | null;
  outcome: "pending" | "deployed" | "failed" | "rolled_back" | "cancelled";
  current: boolean;
  /** it is the current one, and the stack was taken down since */
  down?: boolean | null;
  images: Record<string, {
    reference: string;
    digest?: string | null;
    id: string;
  }>;
};

export type RevisionDetail = {
  revision: Revision;
  working_directory: string;
  profiles: string[];
  files: {
    path: string;
    role: string;
    size?: number | null;
    /** equal for equal contents; only for who may edit the stack */
    tag?: string | null;
  }[];
  variables: Record<string, Variable>;
  plan?: string | null;
  result?: string | null;
  /** what its operation has told, the first 10,000 */
  events: {
    sequence: number;
    at: string;
    level: string;
    kind: string;
    service?: string | null;
    text: string;
  }[];
};

export type Rollback = {
  /** as an admin: what these rules find is confirmed, and kept as an exception */
  allow?: ("POL-1" | "POL-2" | "POL-3" | "POL-4" | "POL-5" | "POL-6" | "POL-7" | "POL-8")[] | null;
  /** left out: the deployed revision before the current one */
  to?: number | null;
  /** the way back when it fails; true when left out */
  rollback?: boolean | null;
  remove_orphans?: boolean | null;
  stop_timeout_seconds?: number | null;
  /** the longest wait for health */
  timeout_seconds?: number | null;
  take_over?: boolean | null;
  /** mounted files that differ are brought back too */
  restore_files?: boolean | null;
  message?: string | null;
  plan?: string | null;
};

export type RotatedKey = {
  server: string;
  /** the public half, as authorized_keys has it */
  key: string;
  fingerprint: string;
  /** what of the old key is left there */
  leftover?: string | null;
};

export type RotatedKeys = {
  /** data keys that the new master key wraps */
  data_keys: number;
  /** values that were sealed anew */
  values: number;
  /** rows that do not open, and were left as they are; at most 20 */
  damaged: string[];
};

export type Server = {
  name: string;
  /** local is the engine of this machine */
  kind: "local" | "ssh" | "tls";
  /** whether its engine can be asked now */
  link: "up" | "connecting" | "away" | "none";
  /** why it is away */
  reason?: string | null;
  /** how it is reached; only for who may see all of the server */
  address?: string | null;
  /** it only leads to others, and has no engine of ours */
  jump_only: boolean;
  /** servers on the way there, in order */
  jumps: string[];
  /** key, agent, password or certificate */
  login?: string | null;
  /** the engine's socket there */
  socket?: string | null;
  /** how it is reached, once that is known: tls, or a way through SSH */
  dial?: string | null;
  host_key_type?: string | null;
  /** of its host key, SHA256:… */
  fingerprint?: string | null;
  /** that have containers there, as far as the caller may see them */
  stacks: number;
  /** of these stacks */
  containers: number;
  running: number;
  /** what the engine calls itself, once it was asked */
  engine?: string | null;
  api_version?: string | null;
  created_at?: string | null;
  /** when the engine of a server that is away could be asked last, since this server began */
  seen_at?: string | null;
};

export type ServerChange = {
  change: unknown;
};

export type ServerInfo = {
  engine_version: string;
  api_version: string;
  podman: boolean;
  operating_system: string;
  kernel_version: string;
  architecture: string;
  processors: number;
  memory_bytes: number;
  available_memory_bytes?: number | null;
  /** of 1, 5 and 15 minutes */
  load?: number[] | null;
  uptime_seconds?: number | null;
  storage_driver: string;
  cgroup_version: string;
  cgroup_driver: string;
  /** where the engine keeps images, containers and volumes */
  root_disk?: {
    path: string;
    size_bytes: number;
    free_bytes: number;
  } | null;
  /** where project files go */
  files_disk?: {
    path: string;
    size_bytes: number;
    free_bytes: number;
  } | null;
  /** how far the engine's clock is ahead of ours */
  clock_skew_milliseconds?: number | null;
  containers: number;
  containers_running: number;
  images: number;
  /** what images, containers, volumes and the build cache take on disk, where it was asked for */
  usage?: {
    images_bytes: number;
    containers_bytes: number;
    volumes_bytes: number;
    build_cache_bytes: number;
  } | null;
};

export type ServerName = {
  name: string;
};

export type ServerTest = {
  server: string;
  ok: boolean;
  /** how the engine's socket was reached */
  dial?: string | null;
  steps: {
    name: string;
    host: string;
    outcome: "ok" | "fail" | "not_tried";
    message: string;
    remedy?: string | null;
    milliseconds?: number | null;
  }[];
};

export type Service = {
  name: string;
  image?: string | null;
  containers: Container[];
};

export type Session = {
  username: string;
  kind: "session" | "token" | "local";
  grants: Grant[];
  /** null: all of them */
  scopes?: string[] | null;
  step_up_at?: string | null;
  needs_second_factor: boolean;
  /** when it ends, also in use; null: it does not by itself */
  ends_at?: string | null;
  /** it ends after so long without a call; null: it does not */
  idle_seconds?: number | null;
};

export type Setting = {
  key: string;
  about: string;
  value: unknown;
  default_value: unknown;
  source: "default" | "stored";
};

export type SettingChanges = {
  /** by key; null: the default again */
  values: Record<string, never>;
};

export type Stack = {
  /** NAME@SERVER */
  id: string;
  name: string;
  server: string;
  status: "running" | "starting" | "partial" | "unhealthy" | "stopped" | "down" | "unknown";
  /** whether the server can be asked; else the status is what was seen last */
  reachable: boolean;
  services: number;
  /** those of which a container runs, or has done its work */
  services_up: number;
  containers: number;
  running: number;
  /** the revision that runs */
  revision?: number | null;
  /** the newest revision, also one that failed */
  last_revision?: number | null;
  changed_at?: string | null;
  /** whether the server keeps its files */
  managed: boolean;
  /** the title of the operation that runs on it */
  busy?: string | null;
  /** whether what runs is not what the revision says; null: not known yet, `stack.drift` tells when it is */
  drifted?: boolean | null;
};

export type StackBuild = {
  /** all when left out */
  services?: string[] | null;
  /** also what the services depend on */
  include_dependencies?: boolean | null;
  /** of the builds; they count before those of the files */
  arguments?: Record<string, string> | null;
  /** every step is run */
  no_cache?: boolean | null;
  /** the registries are asked for newer base images */
  pull?: boolean | null;
  /** limit of a step */
  memory_bytes?: number | null;
  profiles?: string[] | null;
  /** taken instead of those that are saved; nothing is kept */
  files?: FileContent[] | null;
  /** of the environment */
  variables?: Record<string, string> | null;
  /** that the caller brings; else they are the stack's own folders */
  contexts?: BuildContexts | null;
};

export type StackDraft = {
  /** greater with each change; 0: there is none */
  version: number;
  /** who changed it last */
  author?: string | null;
  updated_at?: string | null;
  files?: {
    /** within the stack's folder */
    path: string;
    /** left out: the file is to be removed */
    text?: string | null;
    /** of the saved file that it was made from; left out: there was none */
    tag?: string | null;
  }[] | null;
};

export type StackImage = {
  id: string;
  tags: string[];
  created_at?: string | null;
  size_bytes: number;
  os: string;
  architecture: string;
  variant: string;
};

export type StackPolicy = {
  level: "open" | "standard" | "strict";
  exceptions: PolicyException[];
};

export type StackPull = {
  /** all when left out */
  services?: string[] | null;
  /** also what the services depend on */
  include_dependencies?: boolean | null;
  /** not of services that have a build section */
  skip_buildable?: boolean | null;
  /** each service's own when left out */
  policy?: "missing" | "always" | null;
  profiles?: string[] | null;
  /** taken instead of those that are saved; nothing is kept */
  files?: FileContent[] | null;
  /** of the environment */
  variables?: Record<string, string> | null;
};

export type StackPush = {
  /** all when left out */
  services?: string[] | null;
  /** also what the services depend on */
  include_dependencies?: boolean | null;
  profiles?: string[] | null;
  /** taken instead of those that are saved; nothing is kept */
  files?: FileContent[] | null;
  /** of the environment */
  variables?: Record<string, string> | null;
};

export type Stats = {
  at: string;
  /** 100 is one whole processor */
  cpu_percent?: number | null;
  /** without what can be dropped of the cache */
  memory_bytes: number;
  memory_limit_bytes: number;
  received_bytes: number;
  sent_bytes: number;
  read_bytes: number;
  written_bytes: number;
  pids: number;
};

export type System = {
  /** what this installation is called */
  title: string;
  version: string;
  started_at: string;
  uptime_seconds: number;
  store: {
    condition: "sound" | "damaged";
    size_bytes: number;
    message?: string | null;
  };
  /** of the data directory */
  disk?: {
    path: string;
    size_bytes: number;
    free_bytes: number;
  } | null;
  /** WebSockets that are open */
  sockets: number;
  operations_running: number;
  operations_waiting: number;
  /** resident */
  memory_bytes: number;
  servers: number;
  servers_up: number;
};

export type Template = {
  name: string;
  title: string;
  description: string;
  parameters: {
    name: string;
    kind: "string" | "int" | "bool" | "port" | "choice" | "secret";
    description: string;
    default_value?: string | null;
    /** the whole value must match it */
    pattern?: string | null;
    choices: string[];
  }[];
};

export type TemplateValues = {
  /** by parameter; what is left out has its default, secrets are made up */
  values?: Record<string, string> | null;
};

export type Terminal = {
  id: string;
  /** a WebSocket, for a minute and once */
  socket: string;
  tty: boolean;
};

export type Token = {
  id: string;
  name: string;
  scopes: string[];
  /** null: wherever its user's rights hold */
  limits?: TokenLimit[] | null;
  created_at: string;
  /** null: it has no end */
  expires_at?: string | null;
  last_used_at?: string | null;
  revoked_at?: string | null;
};

export type TokenLimit = {
  server: string;
  /** left out: all of the server */
  stack?: string | null;
};

export type Unlocked = {
  stack: string;
  title: string;
};

export type User = {
  id: number;
  username: string;
  grants: Grant[];
  disabled: boolean;
  second_factor: boolean;
  must_have_second_factor: boolean;
  created_at: string;
};

export type UserChange = {
  password?: string | null;
  grants?: Grant[] | null;
  disabled?: boolean | null;
  must_have_second_factor?: boolean | null;
  remove_second_factor?: boolean | null;
};

export type Validation = {
  valid: boolean;
  problems: {
    /** file:line:column, a JSON pointer into the body, or the name of a parameter */
    place: string;
    message: string;
    remedy?: string | null;
    rule?: string | null;
  }[];
  warnings: string[];
  services: string[];
};

export type Variable = {
  secret: boolean;
  /** not told of secret ones */
  value?: string | null;
  updated_at?: string | null;
};

export type Volume = {
  name: string;
  driver: string;
  scope: string;
  stack?: string | null;
  /** nobody gave it a name */
  anonymous: boolean;
  created_at?: string | null;
  /** where it was asked for, and the driver tells it */
  size_bytes?: number | null;
  /** containers that mount it, as far as the caller may see them */
  users: {
    container: string;
    name: string;
    stack?: string | null;
    service?: string | null;
    target: string;
    writable: boolean;
    running: boolean;
  }[];
  /** whether any container mounts it */
  in_use: boolean;
  /** no container mounts it, and no stack that is known has it */
  orphan: boolean;
};

export type VolumeDetail = {
  volume: Volume;
  mountpoint: string;
  options: {
    name: string;
    value: string;
    masked: boolean;
  }[];
  labels: {
    name: string;
    value: string;
    masked: boolean;
  }[];
};

export type VolumeUsage = {
  volumes: number;
  size_bytes: number;
  orphans: number;
  orphan_bytes: number;
  /** at most 20 */
  largest: {
    name: string;
    stack?: string | null;
    size_bytes: number;
  }[];
};

export type Webhook = {
  id: string;
  action: "deploy" | "update";
  created_by: string;
  created_at: string;
  last_used_at?: string | null;
  path: string;
  /** told once, when it is made */
  secret?: string | null;
};

export interface Calls {
  /** Make the first user */
  "POST /setup": {
    body: {
      token: string;
      username: string;
      password: string;
    };
    answer: Session;
  };
  /** Log in */
  "POST /login": {
    body: {
      username: string;
      password: string;
      code?: string | null;
    };
    answer: Session;
  };
  /** Log out */
  "POST /logout": {
    answer: null;
  };
  /** Who I am and what I may */
  "GET /session": {
    answer: Session;
  };
  /** Prove it is you */
  "POST /session/step-up": {
    body: {
      password?: string | null;
      code?: string | null;
    };
    answer: Session;
  };
  /** All users */
  "GET /users": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
    };
    answer: {
      items: User[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Make a user */
  "POST /users": {
    body: NewUser;
    answer: User;
  };
  /** A user */
  "GET /users/{id}": {
    path: {
      id: string;
    };
    answer: User;
  };
  /** Change a user */
  "PATCH /users/{id}": {
    path: {
      id: string;
    };
    body: UserChange;
    answer: User;
  };
  /** Delete a user */
  "DELETE /users/{id}": {
    path: {
      id: string;
    };
    answer: null;
  };
  /** Sessions of a user */
  "GET /users/{id}/sessions": {
    path: {
      id: string;
    };
    answer: {
      items: OpenSession[];
    };
  };
  /** End a session of a user */
  "DELETE /users/{id}/sessions/{session}": {
    path: {
      id: string;
      session: string;
    };
    answer: null;
  };
  /** Tokens of a user */
  "GET /users/{id}/tokens": {
    path: {
      id: string;
    };
    answer: {
      items: Token[];
    };
  };
  /** End a token of a user */
  "DELETE /users/{id}/tokens/{token}": {
    path: {
      id: string;
      token: string;
    };
    answer: null;
  };
  /** My sessions */
  "GET /sessions": {
    answer: {
      items: OpenSession[];
    };
  };
  /** End one of my sessions */
  "DELETE /sessions/{id}": {
    path: {
      id: string;
    };
    answer: null;
  };
  /** Change my password */
  "POST /account/password": {
    body: {
      old: string;
      new: string;
    };
    answer: Session;
  };
  /** Begin with a second factor */
  "POST /account/second-factor": {
    answer: {
      seed: string;
      uri: string;
    };
  };
  /** Remove the second factor */
  "DELETE /account/second-factor": {
    answer: Session;
  };
  /** Confirm the second factor */
  "POST /account/second-factor/confirm": {
    body: {
      code: string;
    };
    answer: {
      recovery_codes: string[];
    };
  };
  /** Who did what */
  "GET /audit": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      actor?: string;
      /** or how it begins */
      action?: string;
      target?: string;
      outcome?: "ok" | "denied" | "failed";
      /** RFC 3339 */
      since?: string;
      /** RFC 3339 */
      until?: string;
    };
    answer: {
      items: AuditEntry[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Whether the log is whole */
  "GET /audit/verify": {
    answer: {
      intact: boolean;
      text: string;
    };
  };
  /** Give an account back */
  "POST /admin/reset": {
    body: {
      username: string;
      password: string;
    };
    answer: null;
  };
  /** All stacks */
  "GET /stacks": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      /** part of a name */
      filter?: string;
      /** only on this server */
      server?: string;
      /** only in this state */
      status?: "running" | "starting" | "partial" | "unhealthy" | "stopped" | "down" | "unknown";
    };
    answer: {
      items: Stack[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Make a stack */
  "POST /stacks": {
    body: NewStack;
    answer: Stack;
  };
  /** Check files of a stack that is to be made */
  "POST /validate": {
    body: NewStack;
    answer: Validation;
  };
  /** A stack */
  "GET /stacks/{stack}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: Stack;
  };
  /** Delete a stack */
  "DELETE /stacks/{stack}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: null;
  };
  /** Services and their containers */
  "GET /stacks/{stack}/services": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: {
      items: Service[];
    };
  };
  /** The files of a stack */
  "GET /stacks/{stack}/files": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: {
      items: File[];
    };
  };
  /** Change files */
  "PATCH /stacks/{stack}/files": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: FileChanges;
    answer: FileTags;
  };
  /** One file of a stack */
  "GET /stacks/{stack}/file": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query: {
      /** within the stack's folder */
      path: string;
    };
    answer: FileContent;
  };
  /** Write one file */
  "PUT /stacks/{stack}/file": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query: {
      /** within the stack's folder */
      path: string;
    };
    body: {
      text?: string | null;
      base64?: string | null;
    };
    answer: FileTags;
  };
  /** Remove one file */
  "DELETE /stacks/{stack}/file": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query: {
      /** within the stack's folder */
      path: string;
    };
    answer: null;
  };
  /** Names of the secret variables */
  "GET /stacks/{stack}/secrets": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: Record<string, Variable>;
  };
  /** Set a secret variable */
  "PUT /stacks/{stack}/secrets/{name}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      name: string;
    };
    body: {
      value: string;
    };
    answer: null;
  };
  /** Remove a secret variable */
  "DELETE /stacks/{stack}/secrets/{name}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      name: string;
    };
    answer: null;
  };
  /** Show a secret variable's value */
  "POST /stacks/{stack}/secrets/{name}/reveal": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      name: string;
    };
    answer: {
      value: string;
    };
  };
  /** Check the files */
  "POST /stacks/{stack}/validate": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Draft;
    answer: Validation;
  };
  /** What a deploy would do */
  "POST /stacks/{stack}/plan": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** the plan whole, too, for Slipway's own clients */
      model?: boolean;
      /** what differs from the revision that runs, too */
      differences?: boolean;
    };
    body?: Deploy;
    answer: Plan;
  };
  /** Deploy */
  "POST /stacks/{stack}/deploy": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Deploy;
    answer: Operation;
  };
  /** Go back to an earlier revision */
  "POST /stacks/{stack}/rollback": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Rollback;
    answer: Operation;
  };
  /** What going back would do */
  "POST /stacks/{stack}/rollback/plan": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** the plan whole, too, for Slipway's own clients */
      model?: boolean;
    };
    body?: Rollback;
    answer: Plan;
  };
  /** What stopping and removing would do */
  "POST /stacks/{stack}/down/plan": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** the plan whole, too, for Slipway's own clients */
      model?: boolean;
    };
    body?: Down;
    answer: Plan;
  };
  /** Stop and remove */
  "POST /stacks/{stack}/down": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Down;
    answer: Operation;
  };
  /** What runs otherwise than it was deployed */
  "GET /stacks/{stack}/drift": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: {
      project: string;
      revision: number;
      drifted: boolean;
      differences: unknown[];
    };
  };
  /** Start what is stopped */
  "POST /stacks/{stack}/start": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Stop */
  "POST /stacks/{stack}/stop": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Restart */
  "POST /stacks/{stack}/restart": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Send a signal */
  "POST /stacks/{stack}/kill": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Pause */
  "POST /stacks/{stack}/pause": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Go on */
  "POST /stacks/{stack}/unpause": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** Remove stopped containers */
  "POST /stacks/{stack}/rm": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Control;
    answer: Operation;
  };
  /** The images that a stack's containers are made of */
  "GET /stacks/{stack}/images": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: {
      items: StackImage[];
    };
  };
  /** Pull the images that the files name */
  "POST /stacks/{stack}/pull": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: StackPull;
    answer: Operation;
  };
  /** Push the images that are built under a name */
  "POST /stacks/{stack}/push": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: StackPush;
    answer: Operation;
  };
  /** Build the images */
  "POST /stacks/{stack}/build": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: StackBuild;
    answer: Operation;
  };
  /** Bring the context of a build */
  "PUT /stacks/{stack}/contexts/{operation}/{service}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      operation: string;
      service: string;
    };
    body: Blob;
    answer: null;
  };
  /** Say that a context does not come */
  "POST /stacks/{stack}/contexts/{operation}/{service}/refusal": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      operation: string;
      service: string;
    };
    body: ContextRefusal;
    answer: null;
  };
  /** The policy of a stack */
  "GET /stacks/{stack}/policy": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: StackPolicy;
  };
  /** Allow what a rule finds */
  "POST /stacks/{stack}/policy/exceptions": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: NewPolicyException;
    answer: PolicyException;
  };
  /** Take an exception back */
  "DELETE /stacks/{stack}/policy/exceptions/{id}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      id: string;
    };
    answer: null;
  };
  /** The history of a stack */
  "GET /stacks/{stack}/revisions": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
    };
    answer: {
      items: Revision[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** A revision */
  "GET /stacks/{stack}/revisions/{number}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      /** a revision's number */
      number: string;
    };
    answer: RevisionDetail;
  };
  /** A file as a revision has it */
  "GET /stacks/{stack}/revisions/{number}/file": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      /** a revision's number */
      number: string;
    };
    query: {
      /** within the stack's folder */
      path: string;
    };
    answer: FileContent;
  };
  /** What differs between two revisions */
  "GET /stacks/{stack}/diff": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** left out: the one before `to` */
      from?: number;
      /** left out: the current one */
      to?: number;
    };
    answer: {
      from: number;
      to: number;
      differences: unknown[];
    };
  };
  /** The draft of a stack's files */
  "GET /stacks/{stack}/draft": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: StackDraft;
  };
  /** Keep a draft of a stack's files */
  "PUT /stacks/{stack}/draft": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: NewStackDraft;
    answer: StackDraft;
  };
  /** Discard the draft */
  "DELETE /stacks/{stack}/draft": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    query?: {
      /** of the draft that was seen; left out: whatever it is */
      version?: number;
    };
    answer: null;
  };
  /** All operations */
  "GET /operations": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      server?: string;
      stack?: string;
      state?: "queued" | "planning" | "pulling" | "gate" | "applying" | "verifying" | "done" | "failed" | "rolled_back" | "cancelled" | "needs_attention";
      kind?: string;
    };
    answer: {
      items: Operation[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** An operation */
  "GET /operations/{operation}": {
    path: {
      operation: string;
    };
    answer: Operation;
  };
  /** What an operation has told */
  "GET /operations/{operation}/events": {
    path: {
      operation: string;
    };
    query?: {
      /** the sequence number of the last one known */
      after?: number;
      limit?: number;
    };
    answer: {
      items: OperationEvent[];
      ended: boolean;
    };
  };
  /** End an operation */
  "POST /operations/{operation}/cancel": {
    path: {
      operation: string;
    };
    answer: Operation;
  };
  /** The Compose projects that have containers on it */
  "GET /servers/{server}/projects": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: {
      items: AdoptableProject[];
    };
  };
  /** Take over what runs */
  "POST /stacks/{stack}/adopt": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: Adopt;
    answer: Operation;
  };
  /** What a move to another server would do */
  "POST /stacks/{stack}/move/plan": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: Move;
    answer: MovePlan;
  };
  /** Move it with its data to another server */
  "POST /stacks/{stack}/move": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: Move;
    answer: Operation;
  };
  /** Make a container for one run of a service */
  "POST /stacks/{stack}/run": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: OneOff;
    answer: Operation;
  };
  /** Ask for a command in a container */
  "POST /stacks/{stack}/exec": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: Exec;
    answer: Terminal;
  };
  /** Ask to join the program of a container */
  "POST /stacks/{stack}/attach": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: Attach;
    answer: Terminal;
  };
  /** Search what was written */
  "GET /logs": {
    query?: {
      /** NAME or NAME@SERVER; may be repeated */
      stack?: string;
      /** only on this server */
      server?: string;
      /** may be repeated */
      service?: string;
      /** name or id; may be repeated */
      container?: string;
      /** lines that contain it */
      text?: string;
      /** lines that match it */
      regex?: string;
      /** lines that do not contain it */
      exclude?: string;
      /** capital and small letters differ */
      case?: boolean;
      /** may be repeated */
      level?: "none" | "trace" | "debug" | "info" | "warn" | "error";
      stream?: "stdout" | "stderr";
      /** of JSON lines: field:value, field>number; may be repeated */
      field?: string;
      /** RFC 3339: lines before it */
      before?: string;
      /** RFC 3339: lines after it, oldest first */
      after?: string;
      /** RFC 3339: lines around it, unfiltered */
      around?: string;
      /** 200 when left out */
      limit?: number;
    };
    answer: LogPage;
  };
  /** What was written, as a file */
  "GET /logs/download": {
    query?: {
      /** NAME or NAME@SERVER; may be repeated */
      stack?: string;
      /** only on this server */
      server?: string;
      /** may be repeated */
      service?: string;
      /** name or id; may be repeated */
      container?: string;
      /** lines that contain it */
      text?: string;
      /** lines that match it */
      regex?: string;
      /** lines that do not contain it */
      exclude?: string;
      /** capital and small letters differ */
      case?: boolean;
      /** may be repeated */
      level?: "none" | "trace" | "debug" | "info" | "warn" | "error";
      stream?: "stdout" | "stderr";
      /** of JSON lines: field:value, field>number; may be repeated */
      field?: string;
      /** the last lines of each container */
      tail?: number;
      /** a duration back from now: 90s, 15m, 2h, 7d */
      last?: string;
      /** RFC 3339 */
      since?: string;
      /** RFC 3339 */
      until?: string;
      /** text when left out */
      format?: "text" | "jsonl";
      /** of text */
      timestamps?: boolean;
    };
    answer: string;
  };
  /** The webhooks of a stack */
  "GET /stacks/{stack}/webhooks": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: {
      items: Webhook[];
    };
  };
  /** Make a webhook */
  "POST /stacks/{stack}/webhooks": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: {
      action: "deploy" | "update";
    };
    answer: Webhook;
  };
  /** Remove a webhook */
  "DELETE /stacks/{stack}/webhooks/{id}": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
      id: string;
    };
    answer: null;
  };
  /** Call a webhook */
  "POST /hooks/{id}": {
    path: {
      id: string;
    };
    body: Blob;
    answer: {
      operation: string;
    };
  };
  /** Make a stack from a Git repository */
  "POST /stacks/git": {
    body: {
      name: string;
      server?: string | null;
      source: {
        /** https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH */
        url: string;
        /** a branch, a tag or a commit */
        ref: string;
        /** the project's folder in the repository */
        path?: string | null;
        /** how often it is looked at, and deployed when it has changed, in the name of who asks for it, who needs the right to; null: when asked */
        interval_seconds?: number | null;
        /** for a private repository over https; kept sealed and never told. Left out: that of the same address stays; empty: it is forgotten */
        token?: string | null;
        /** the name that goes with it; x-access-token when left out */
        token_user?: string | null;
      };
    };
    answer: Operation;
  };
  /** The repository of a stack */
  "GET /stacks/{stack}/source": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: GitSource;
  };
  /** Take the files from a repository */
  "PUT /stacks/{stack}/source": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: {
      /** https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH */
      url: string;
      /** a branch, a tag or a commit */
      ref: string;
      /** the project's folder in the repository */
      path?: string | null;
      /** how often it is looked at, and deployed when it has changed, in the name of who asks for it, who needs the right to; null: when asked */
      interval_seconds?: number | null;
      /** for a private repository over https; kept sealed and never told. Left out: that of the same address stays; empty: it is forgotten */
      token?: string | null;
      /** the name that goes with it; x-access-token when left out */
      token_user?: string | null;
    };
    answer: Operation;
  };
  /** Keep the files here from now on */
  "DELETE /stacks/{stack}/source": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    answer: null;
  };
  /** Fetch the files now */
  "POST /stacks/{stack}/source/sync": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body?: {
      deploy?: boolean | null;
    };
    answer: Operation;
  };
  /** One's own tokens */
  "GET /tokens": {
    answer: {
      items: Token[];
    };
  };
  /** Make a token */
  "POST /tokens": {
    body: {
      name: string;
      /** left out: all of them */
      scopes?: ("read" | "logs" | "metrics" | "edit" | "deploy" | "control" | "restore" | "exec" | "images" | "networks" | "volumes" | "servers" | "secrets" | "webhooks" | "policy" | "audit" | "settings" | "system")[] | null;
      /** left out: wherever its user's rights hold */
      limits?: TokenLimit[] | null;
      /** left out: 90 */
      days?: number | null;
      /** true: it has no end */
      endless?: boolean | null;
    };
    answer: CreatedToken;
  };
  /** End a token */
  "DELETE /tokens/{token}": {
    path: {
      token: string;
    };
    answer: null;
  };
  /** Deploy a project of this host */
  "POST /projects/deploy": {
    body: ProjectDeploy;
    answer: Operation;
  };
  /** What that would do */
  "POST /projects/plan": {
    body: ProjectDeploy;
    answer: Plan;
  };
  /** Take a project of this host down */
  "POST /projects/down": {
    body: ProjectDown;
    answer: Operation;
  };
  /** Start, stop or remove containers of a project */
  "POST /projects/control": {
    body: ProjectControl;
    answer: Operation;
  };
  /** Change the servers of the store */
  "POST /projects/servers": {
    body: ServerChange;
    answer: null;
  };
  /** Take over a project of this host */
  "POST /projects/adopt": {
    body: ProjectAdopt;
    answer: Operation;
  };
  /** Make a container for one run of a service of a project of this host */
  "POST /projects/run": {
    body: ProjectRun;
    answer: Operation;
  };
  /** Free a stack whose operation cannot end */
  "POST /projects/unlock": {
    body: ProjectUnlock;
    answer: Unlocked;
  };
  /** Containers of stacks, as the engine lists them */
  "GET /containers": {
    query?: {
      /** local when left out */
      server?: string;
      /** all stacks when left out */
      stack?: string;
      /** also those that do not run */
      all?: boolean;
    };
    answer: {
      items: unknown[];
    };
  };
  /** All servers */
  "GET /servers": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
    };
    answer: {
      items: Server[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Add a server */
  "POST /servers": {
    body: NewServer;
    answer: AddedServer;
  };
  /** A server */
  "GET /servers/{server}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: Server;
  };
  /** Forget a server */
  "DELETE /servers/{server}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: null;
  };
  /** Its machine and engine */
  "GET /servers/{server}/info": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    query?: {
      /** also what is used on disk, which takes the engine a while */
      usage?: boolean;
    };
    answer: ServerInfo;
  };
  /** Try the way to its engine */
  "POST /servers/{server}/test": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: ServerTest;
  };
  /** Give it another name */
  "POST /servers/{server}/rename": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body: ServerName;
    answer: Server;
  };
  /** Log in with another key from now on */
  "POST /servers/{server}/rotate-key": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body?: KeyRotation;
    answer: RotatedKey;
  };
  /** Check its engine, the store and the registries' credentials */
  "POST /servers/{server}/diagnosis": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: {
      items: Finding[];
    };
  };
  /** Free a stack whose operation cannot end */
  "POST /stacks/{stack}/unlock": {
    path: {
      /** NAME, or NAME@SERVER where the name is on several servers */
      stack: string;
    };
    body: ProjectUnlock;
    answer: Unlocked;
  };
  /** Containers of a server */
  "GET /servers/{server}/containers": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      /** only of this stack */
      stack?: string;
      /** only of this service */
      service?: string;
      /** only in this state */
      status?: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    };
    answer: {
      items: Container[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** A container */
  "GET /servers/{server}/containers/{container}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    answer: ContainerDetail;
  };
  /** Remove it */
  "DELETE /servers/{server}/containers/{container}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    query?: {
      /** also when it runs: it is stopped first */
      force?: boolean;
      /** its anonymous volumes too, which needs the right to remove volumes */
      volumes?: boolean;
    };
    answer: Operation;
  };
  /** Its processes */
  "GET /servers/{server}/containers/{container}/top": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    answer: Processes;
  };
  /** What it uses */
  "GET /servers/{server}/containers/{container}/stats": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    answer: Stats;
  };
  /** Start it */
  "POST /servers/{server}/containers/{container}/start": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Stop it */
  "POST /servers/{server}/containers/{container}/stop": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Restart it */
  "POST /servers/{server}/containers/{container}/restart": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Send it a signal */
  "POST /servers/{server}/containers/{container}/kill": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Pause it */
  "POST /servers/{server}/containers/{container}/pause": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Let it go on */
  "POST /servers/{server}/containers/{container}/unpause": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: ContainerCommand;
    answer: Operation;
  };
  /** Change its limits in place */
  "PATCH /servers/{server}/containers/{container}/resources": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body: Resources;
    answer: ContainerDetail;
  };
  /** What stands at a path */
  "GET /servers/{server}/containers/{container}/path": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    query: {
      /** in the container, from its root */
      path: string;
    };
    answer: ContainerPath;
  };
  /** Files out of it */
  "GET /servers/{server}/containers/{container}/archive": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    query: {
      /** in the container, from its root */
      path: string;
    };
    answer: string;
  };
  /** Files into it */
  "PUT /servers/{server}/containers/{container}/archive": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    query: {
      /** in the container, from its root */
      path: string;
      /** a folder is not replaced by a file, nor the other way round */
      keep_kinds?: boolean;
      /** the owners of the archive stay */
      owners?: boolean;
    };
    body: Blob;
    answer: null;
  };
  /** Its whole file system */
  "GET /servers/{server}/containers/{container}/export": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    answer: string;
  };
  /** Make an image of what it has changed */
  "POST /servers/{server}/containers/{container}/commit": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      container: string;
    };
    body?: Commit;
    answer: CommittedImage;
  };
  /** Images of a server */
  "GET /servers/{server}/images": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      /** part of a tag */
      filter?: string;
    };
    answer: {
      items: Image[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Pull an image */
  "POST /servers/{server}/images/pull": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body: ImagePull;
    answer: Operation;
  };
  /** Remove what nobody needs */
  "POST /servers/{server}/images/prune": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body?: ImagePrune;
    answer: ImagePlan | Operation;
  };
  /** Remove an image */
  "DELETE /servers/{server}/images/{image}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id, or a reference with %2F for each slash */
      image: string;
    };
    query?: {
      /** also one that revisions need; never one that containers use */
      force?: boolean;
    };
    answer: ImageRemoval;
  };
  /** Networks of a server */
  "GET /servers/{server}/networks": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      /** only of this stack */
      stack?: string;
    };
    answer: {
      items: Network[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Make a network */
  "POST /servers/{server}/networks": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body: NewNetwork;
    answer: NetworkDetail;
  };
  /** A network */
  "GET /servers/{server}/networks/{network}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      network: string;
    };
    answer: NetworkDetail;
  };
  /** Remove a network */
  "DELETE /servers/{server}/networks/{network}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      network: string;
    };
    answer: null;
  };
  /** Join a container to it */
  "POST /servers/{server}/networks/{network}/connect": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      network: string;
    };
    body: Connection;
    answer: null;
  };
  /** Take a container out of it */
  "POST /servers/{server}/networks/{network}/disconnect": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      network: string;
    };
    body: Disconnection;
    answer: null;
  };
  /** Try whether one container reaches another */
  "POST /servers/{server}/networks/{network}/connectivity": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      network: string;
    };
    body: ConnectivityRequest;
    answer: Connectivity;
  };
  /** Make new keys for the secrets */
  "POST /admin/secrets/rotate": {
    body?: {
      values?: boolean | null;
    };
    answer: RotatedKeys;
  };
  /** Volumes of a server */
  "GET /servers/{server}/volumes": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
      /** only of this stack */
      stack?: string;
      /** only those that no container mounts and no known stack has */
      orphans?: boolean;
      /** with their sizes, which takes the engine a while */
      sizes?: boolean;
    };
    answer: {
      items: Volume[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** Make a volume */
  "POST /servers/{server}/volumes": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    body: NewVolume;
    answer: VolumeDetail;
  };
  /** What they take on disk */
  "GET /servers/{server}/volumes/usage": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
    };
    answer: VolumeUsage;
  };
  /** A volume */
  "GET /servers/{server}/volumes/{volume}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      volume: string;
    };
    answer: VolumeDetail;
  };
  /** Remove a volume with its data */
  "DELETE /servers/{server}/volumes/{volume}": {
    path: {
      /** a server's name; local is the engine of this machine */
      server: string;
      /** its id or name */
      volume: string;
    };
    answer: null;
  };
  /** All templates */
  "GET /templates": {
    query?: {
      /** how many at most; 100 when left out */
      limit?: number;
      /** the `next` of the page before */
      cursor?: string;
    };
    answer: {
      items: Template[];
      /** the cursor of the next page; null on the last */
      next: string | null;
      /** how many there are in all, where that is known */
      total: number | null;
    };
  };
  /** A template */
  "GET /templates/{template}": {
    path: {
      template: string;
    };
    answer: Template;
  };
  /** The files that it makes of values */
  "POST /templates/{template}/render": {
    path: {
      template: string;
    };
    body?: TemplateValues;
    answer: RenderedTemplate;
  };
  /** The server process */
  "GET /system": {
    answer: System;
  };
  /** All settings */
  "GET /settings": {
    answer: {
      items: Setting[];
    };
  };
  /** Change settings */
  "PATCH /settings": {
    body: SettingChanges;
    answer: {
      items: Setting[];
    };
  };
  /** This description */
  "GET /openapi.json": {
    answer: unknown;
  };
}
