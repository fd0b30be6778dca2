/**
 * What the kubelet needs of its neighbours. They are handed in by `src/agent`, so that the kubelet
 * knows nothing of links, nft or policies, and its tests need no root.
 */
import type { Readable, Writable } from 'node:stream';
import type { Pod } from '../api/types.ts';

/** The namespaces that the containers of a pod share, as files that hold them open. */
export interface Sandbox {
  /** Absent for `hostNetwork`: the node's own is used. */
  netns?: string;
  utsns?: string;
  ipcns?: string;
  /** The pod's addresses, the primary family's first; the node's own for `hostNetwork`. */
  podIPs: string[];
}

/** Implemented by `src/network`. All calls are idempotent by the pod's uid and survive an agent restart. */
export interface PodNetwork {
  setUp(pod: Pod, hostname: string): Promise<Sandbox>;
  tearDown(uid: string): Promise<void>;
  /** What stands on this node, also from before a restart of the agent. */
  list(): Promise<{ uid: string; podIPs: string[] }[]>;
}

/** An image that is here, unpacked. Implemented by `src/kubelet/images`. */
export interface Image {
  /** What the user wrote, normalised: `docker.io/library/nginx:latest`. */
  reference: string;
  /** `sha256:…` of the config: `imageID` in a status. */
  id: string;
  /** Directory that serves as the lowest layer of a container's root; never written to. */
  rootfs: string;
  sizeBytes: number;
  /** Preloaded or loaded by the user: satisfies `imagePullPolicy: Always` too. */
  pinned: boolean;
  config: ImageConfig;
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  ExposedPorts?: Record<string, object>;
  Volumes?: Record<string, object>;
}

export interface ImageStore {
  /** The image if it is here. */
  find(reference: string): Promise<Image | undefined>;
  /** Brings the image from its registry; rejects with the registry's reason. One pull a reference at a time. */
  pull(reference: string, credentials?: { username: string; password: string }): Promise<Image>;
  list(): Promise<Image[]>;
}

/** One container to be made; everything in it is decided, the runtime only carries it out. */
export interface ContainerConfig {
  /** Unique on the node: 64 hex digits. */
  id: string;
  podUid: string;
  podName: string;
  podNamespace: string;
  name: string;
  /** 0, 1, … : which start of this container it is. */
  attempt: number;
  image: Image;
  argv: string[];
  env: Record<string, string>;
  workingDir: string;
  sandbox: Sandbox;
  hostPID: boolean;
  hostIPC: boolean;
  /** A process namespace to join, in the place of one of its own. */
  pidns?: string;
  mounts: { source: string; target: string; readOnly: boolean; propagation?: string }[];
  tty: boolean;
  stdin: boolean;
  stdinOnce: boolean;
  /** Of the container's root. */
  readOnlyRoot: boolean;
  user: { uid: number; gid: number; additionalGids: number[] };
  capabilities: string[];
  privileged: boolean;
  noNewPrivileges: boolean;
  sysctls: Record<string, string>;
  resources: { cpuShares?: number; cpuQuotaUs?: number; memoryBytes?: number; pidsLimit?: number };
  oomScoreAdj: number;
  stopSignal: string;
  logPath: string;
}

export interface ContainerRecord {
  id: string;
  podUid: string;
  podName: string;
  podNamespace: string;
  name: string;
  attempt: number;
  imageReference: string;
  imageId: string;
  logPath: string;
  tty: boolean;
  stdin: boolean;
  stopSignal: string;
  /** What its image says it serves: `80/tcp`. */
  exposedPorts?: string[];
  state: 'created' | 'running' | 'exited';
  /** On the node, while it runs. */
  pid?: number;
  createdAtMs: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  exitCode?: number;
  /** `OOMKilled`, `Completed`, `Error`, `ContainerCannotRun`. */
  reason?: string;
  message?: string;
}

export interface Session {
  /** Absent when no stdin was asked for. */
  stdin?: Writable;
  stdout: Readable;
  /** Absent with a terminal. */
  stderr?: Readable;
  resize(columns: number, rows: number): void;
  /** The exit code of the process; for an attach, of the container when it ends while attached. */
  exit: Promise<number>;
  /** Ends an exec's process; leaves an attached container running. */
  close(): void;
}

/** Implemented by `src/kubelet/runtime` with crun under conmon. State is on disk: a new agent finds all of it. */
export interface ContainerRuntime {
  create(config: ContainerConfig): Promise<ContainerRecord>;
  start(id: string): Promise<ContainerRecord>;
  /** Sends a signal by name (`SIGTERM`) to the container's first process; nothing if it has ended. */
  signal(id: string, signal: string): Promise<void>;
  /** Removes an exited container's root and state; its log stays until the pod goes. */
  remove(id: string): Promise<void>;
  list(): Promise<ContainerRecord[]>;
  /** Called when a container ended, also for those that ended while no agent was there. */
  onExit(listener: (record: ContainerRecord) => void): void;
  exec(id: string, argv: string[], options: { tty: boolean; stdin: boolean }): Promise<Session>;
  attach(id: string, options: { stdin: boolean }): Promise<Session>;
  /** Its log was moved: what is written from now on goes to a new file under the old name. */
  reopenLog(id: string): Promise<void>;
  /** For metrics: what the container's cgroup counts; nothing where there is none. */
  stats(id: string): Promise<Used | undefined>;
  /** The same of the whole node, with all that runs on it beside pods. */
  nodeStats(): Promise<Used | undefined>;
}

export interface Used {
  /** Since it began. */
  cpuNanoseconds: number;
  /** Of the working set: without files that nobody has looked at for a while. */
  memoryBytes: number;
}

/** Called before the containers of a pod start; the policies of the pod are in the kernel when it resolves. */
export type BeforeStart = (pod: Pod) => Promise<void>;

/** Called when a pod that was Ready has to end; no proxy sends anybody there any more when it resolves. */
export type BeforeStop = (pod: Pod) => Promise<void>;
