/**
 * Containers by crun under conmon. Each has a directory with all that is known of it; conmon writes exit
 * codes into one more, which is watched. Nothing here is a child of the agent, so nothing ends with it.
 */
import { mkdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { readIfThere } from '../../lib/files.ts';
import { logger } from '../../lib/log.ts';
import { ended, identify, isAlive, type ProcessId, signalProcess } from '../../lib/process.ts';
import type { ContainerConfig, ContainerRecord, ContainerRuntime } from '../contract.ts';
import { attach } from './attach.ts';
import { type Cgroups, findCgroups } from './cgroup.ts';
import { createUnderConmon } from './conmon.ts';
import { reopenLog } from './control.ts';
import { type Crun, crunIn } from './crun.ts';
import { exec } from './exec.ts';
import { limit } from './limit.ts';
import { ociConfig } from './oci.ts';
import { ownPrivileges } from './privileges.ts';
import { loadAll, newRecord, type StoredContainer, save } from './record.ts';
import { mountRoot, nodeDevices, unmountRoot } from './rootfs.ts';

const log = logger('runtime');

export interface RuntimeOptions {
  /** Survives a restart of the agent and of the node: `/var/lib/switchboard`. */
  stateDirectory: string;
  /** Lives as long as the node runs: `/run/switchboard`. */
  runDirectory: string;
  /** The cgroup that holds those of the containers: `/switchboard/dev/node1`. */
  cgroupParent: string;
  clock: Clock;
  signal: AbortSignal;
}

/** So many containers are made at a time; more only get into each other's way. */
const concurrency = 4;
const sweepMs = 10_000;
const killPatienceMs = 10_000;
const monitorPatienceMs = 500;
const cannotRun = 128;
const unknownExit = 137;

export function conmonRuntime(options: RuntimeOptions): ContainerRuntime {
  return new ConmonRuntime(options);
}

class ConmonRuntime implements ContainerRuntime {
  readonly #containers: string;
  readonly #exits: string;
  readonly #run: string;
  readonly #cgroupParent: string;
  readonly #clock: Clock;
  readonly #cgroups: Cgroups | undefined = findCgroups();
  readonly #crun: Crun;
  readonly #privileges = ownPrivileges();
  readonly #inTurn = limit(concurrency);
  readonly #known = new Map<string, StoredContainer>();
  readonly #listeners: ((record: ContainerRecord) => void)[] = [];
  readonly #releases = new Map<string, Promise<void>>();
  readonly #ends = new Map<string, PromiseWithResolvers<number>>();
  /** Ended while no agent was there: told to everyone who begins to listen. */
  readonly #missed: ContainerRecord[] = [];

  constructor({ stateDirectory, runDirectory, cgroupParent, clock, signal }: RuntimeOptions) {
    this.#containers = join(stateDirectory, 'containers');
    this.#exits = join(stateDirectory, 'exits');
    this.#run = join(runDirectory, 'exec');
    this.#cgroupParent = cgroupParent;
    this.#clock = clock;
    this.#crun = crunIn(join(runDirectory, 'crun'), this.#cgroups !== undefined);
    for (const directory of [this.#containers, this.#exits, this.#run])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Watched before it is read, so that nothing falls between.
    const watcher = watch(this.#exits, (_, name) => name && this.#noticeExit(name));
    signal.addEventListener('abort', () => watcher.close());
    this.#load();
    void this.#sweep(signal);
  }

  async create(config: ContainerConfig): Promise<ContainerRecord> {
    return this.#inTurn(async () => {
      const bundle = join(this.#containers, config.id);
      const cgroupPath = this.#cgroups && `${this.#cgroupParent}/${config.id}`;
      const stored: StoredContainer = {
        record: newRecord(config, this.#clock.now()),
        ...(cgroupPath && { cgroupPath }),
        sharesProcesses: config.hostPID || config.pidns !== undefined,
        released: false,
      };
      mkdirSync(bundle);
      mkdirSync(dirname(config.logPath), { recursive: true });
      try {
        const rootPath = mountRoot(bundle, config.image.rootfs);
        const devices = config.privileged ? nodeDevices() : [];
        const oci = ociConfig(config, {
          rootPath,
          ...(cgroupPath && { cgroupPath }),
          devices,
          privileges: this.#privileges,
        });
        writeFileSync(join(bundle, 'config.json'), JSON.stringify(oci));
        this.#keep(stored);
        setProcess(stored, await createUnderConmon(config, { bundle, exits: this.#exits }, this.#crun));
        this.#keep(stored);
        return stored.record;
      } catch (err) {
        this.#finish(stored, cannotRun, this.#clock.now(), {
          reason: 'ContainerCannotRun',
          message: err instanceof Error ? err.message : String(err),
        });
        throw err;
      }
    });
  }

  async start(id: string): Promise<ContainerRecord> {
    const stored = this.#get(id);
    await this.#inTurn(() => this.#crun.start(id));
    // One that ended at once may be known to have ended already.
    const startedAtMs = stored.record.finishedAtMs ?? this.#clock.now();
    stored.record = { ...stored.record, startedAtMs };
    if (stored.record.state === 'created') stored.record = { ...stored.record, state: 'running' };
    this.#keep(stored);
    return stored.record;
  }

  async signal(id: string, signal: string): Promise<void> {
    const stored = this.#known.get(id);
    if (stored?.process) signalProcess(stored.process, signal as NodeJS.Signals);
  }

  async remove(id: string): Promise<void> {
    const stored = this.#known.get(id);
    if (!stored) return;
    if (stored.record.state !== 'exited') await this.#kill(stored);
    await (this.#releases.get(id) ?? this.#release(stored));
    this.#known.delete(id);
    this.#ends.delete(id);
    rmSync(join(this.#containers, id), { recursive: true, force: true });
    rmSync(join(this.#exits, id), { force: true });
  }

  async list(): Promise<ContainerRecord[]> {
    return [...this.#known.values()].map((stored) => stored.record);
  }

  onExit(listener: (record: ContainerRecord) => void): void {
    this.#listeners.push(listener);
    for (const record of this.#missed) listener(record);
  }

  async exec(id: string, argv: string[], options: { tty: boolean; stdin: boolean }) {
    if (this.#get(id).record.state !== 'running')
      throw new Error(`Cannot run a command in container ${id}: it is not running`);
    return exec(
      { crun: this.#crun, bundle: join(this.#containers, id), directory: this.#run },
      id,
      argv,
      options,
    );
  }

  async attach(id: string, options: { stdin: boolean }) {
    const { record } = this.#get(id);
    if (record.state !== 'running') throw new Error(`Cannot attach to container ${id}: it is not running`);
    return attach(join(this.#containers, id), record, options, this.#endOf(id).promise);
  }

  async reopenLog(id: string) {
    if (this.#get(id).record.state === 'running') reopenLog(join(this.#containers, id));
  }

  async stats(id: string) {
    const path = this.#known.get(id)?.cgroupPath;
    return path === undefined ? undefined : this.#cgroups?.stats(path);
  }

  /** A node's own cgroup is the root of all that it sees. */
  async nodeStats() {
    return this.#cgroups?.stats('/');
  }

  #get(id: string): StoredContainer {
    const stored = this.#known.get(id);
    if (!stored) throw new Error(`Cannot find container ${id}: it is not on this node`);
    return stored;
  }

  #keep(stored: StoredContainer): void {
    this.#known.set(stored.record.id, stored);
    save(this.#containers, stored);
  }

  #endOf(id: string): PromiseWithResolvers<number> {
    const end = this.#ends.get(id) ?? Promise.withResolvers<number>();
    this.#ends.set(id, end);
    return end;
  }

  #load(): void {
    const { known, broken } = loadAll(this.#containers);
    for (const id of broken) {
      unmountRoot(join(this.#containers, id));
      rmSync(join(this.#containers, id), { recursive: true, force: true });
    }
    for (const stored of known) {
      this.#known.set(stored.record.id, stored);
      // The agent may have died between making the container and writing its pid down.
      if (stored.record.state === 'created' && !stored.process)
        setProcess(stored, Number(readIfThere(join(this.#containers, stored.record.id, 'pid'))));
      if (stored.record.state !== 'exited') this.#check(stored);
      else if (!stored.released) void this.#releaseInBackground(stored);
    }
  }

  /** A monitor that was killed tells no exit code: its container is found dead here, some time later. */
  async #sweep(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(sweepMs, signal);
      if (signal.aborted) return;
      for (const stored of this.#known.values())
        if (stored.record.state !== 'exited' && stored.process && !runs(stored)) this.#check(stored);
    }
  }

  #noticeExit(name: string): void {
    const stored = this.#known.get(name);
    if (stored && stored.record.state !== 'exited' && stored.record.pid !== undefined) this.#check(stored);
  }

  #check(stored: StoredContainer, waits = true): void {
    const { id } = stored.record;
    // Asked before the file is read: a monitor that is gone has said by then what it had to say.
    const isToCome = runs(stored) || (waits && stored.process && isMonitored(join(this.#containers, id), id));
    const exit = readExit(join(this.#exits, id));
    if (exit) this.#finish(stored, exit.code, exit.atMs);
    else if (!isToCome) {
      const message = 'The container ended while nothing was there to see its exit code';
      this.#finish(stored, unknownExit, this.#clock.now(), { reason: 'Error', message });
    }
  }

  #finish(
    stored: StoredContainer,
    exitCode: number,
    atMs: number,
    why?: { reason: string; message: string },
  ): void {
    const { record, cgroupPath } = stored;
    const killed = exitCode !== 0 && cgroupPath !== undefined && this.#cgroups?.wasOomKilled(cgroupPath);
    const reason = killed ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    const finishedAtMs = Math.max(Math.round(atMs), record.startedAtMs ?? record.createdAtMs);
    stored.record = { ...record, state: 'exited', exitCode, finishedAtMs, reason, ...why };
    delete stored.record.pid;
    delete stored.process;
    this.#keep(stored);
    this.#endOf(record.id).resolve(exitCode);
    void this.#releaseInBackground(stored);
    if (this.#listeners.length === 0) this.#missed.push(stored.record);
    for (const listener of this.#listeners) listener(stored.record);
  }

  #releaseInBackground(stored: StoredContainer): Promise<void> {
    const { id } = stored.record;
    const release = this.#inTurn(() => this.#release(stored)).catch((err: unknown) =>
      log.warn({ id, err: String(err) }, 'the container could not be cleaned up'),
    );
    this.#releases.set(id, release);
    return release.finally(() => this.#releases.delete(id));
  }

  /** Gives the root and the cgroup back; the record stays. */
  async #release(stored: StoredContainer): Promise<void> {
    if (stored.released) return;
    const { cgroupPath, record } = stored;
    // Without a pid namespace of its own, what the container started lives on.
    if (stored.sharesProcesses && cgroupPath)
      for (const pid of this.#cgroups?.pids(cgroupPath) ?? []) {
        const left = identify(pid);
        if (left) signalProcess(left, 'SIGKILL');
      }
    if (record.startedAtMs === undefined) await this.#abandon(stored);
    else await this.#crun.delete(record.id);
    if (cgroupPath) this.#cgroups?.remove(cgroupPath);
    unmountRoot(join(this.#containers, record.id));
    stored.released = true;
    if (this.#known.has(record.id)) save(this.#containers, stored);
  }

  async #kill(stored: StoredContainer): Promise<void> {
    const { record, process } = stored;
    if (process) {
      signalProcess(process, 'SIGKILL');
      await Promise.race([this.#endOf(record.id).promise, this.#goneWithoutAWord(process)]);
    }
    if (stored.record.state !== 'exited') this.#check(stored, false);
    if (stored.record.state !== 'exited') throw new Error(`Cannot end container ${record.id}: it goes on`);
  }

  /** The monitor tells the exit code soon after the end. One that was killed, too, tells nothing. */
  async #goneWithoutAWord(process: ProcessId): Promise<void> {
    await ended(process, killPatienceMs);
    await this.#clock.sleep(monitorPatienceMs);
  }

  /** What an agent that was killed was just making may still be under way: its monitor ends first. */
  async #abandon({ record: { id } }: StoredContainer): Promise<void> {
    const monitor = identify(Number(readIfThere(join(this.#containers, id, 'conmon.pid'))));
    if (monitor) signalProcess(monitor, 'SIGKILL');
    await this.#crun.delete(id, true);
  }
}

const runs = ({ process }: StoredContainer): boolean => process !== undefined && isAlive(process);

/** Its monitor is there still: it writes the exit code down a moment after the end. */
const isMonitored = (bundle: string, id: string): boolean =>
  readIfThere(`/proc/${readIfThere(join(bundle, 'conmon.pid')).trim() || 'none'}/cmdline`).includes(id);

function setProcess(stored: StoredContainer, pid: number): void {
  const process = identify(pid);
  stored.record = { ...stored.record, pid };
  if (process) stored.process = process;
}

function readExit(file: string): { code: number; atMs: number } | undefined {
  const text = readIfThere(file);
  return text === '' ? undefined : { code: Number(text), atMs: statSync(file).mtimeMs };
}
