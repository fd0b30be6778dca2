/** Asks the admission plugins, and tells them how it ended. */
import type { AdmissionPlugin, Operation, Undo } from './admission/contract.ts';

export interface Outcome<T> {
  value: T;
  /** Whether the operation is complete: a delete that only marks its object is not. */
  done: boolean;
}

/** Runs `work` between the plugins' `admit` and their `committed`; gives back what they took when it fails. */
export async function withAdmission<T>(
  plugins: readonly AdmissionPlugin[],
  operation: Operation,
  work: () => Promise<Outcome<T>>,
): Promise<T> {
  const undos: Undo[] = [];
  const giveBack = () => {
    for (const undo of undos.toReversed()) undo();
  };
  const asked = plugins.filter((plugin) => plugin.handles(operation));
  let outcome: Outcome<T>;
  try {
    for (const [i, plugin] of asked.entries()) {
      await ask([plugin], operation, undos);
      // A container that a webhook adds needs its token too.
      if (plugin.changed?.(operation)) await ask(asked.slice(0, i + 1), operation, undos);
    }
    outcome = await work();
  } catch (err) {
    giveBack();
    throw err;
  }
  if (operation.dryRun) giveBack();
  else if (outcome.done) for (const plugin of asked) plugin.committed?.(operation);
  return outcome.value;
}

async function ask(plugins: readonly AdmissionPlugin[], operation: Operation, undos: Undo[]): Promise<void> {
  for (const plugin of plugins) {
    const undo = await plugin.admit(operation);
    if (undo) undos.push(undo);
  }
}

/** Asks those who only refuse; to be called when the object is complete and valid, before it is stored. */
export async function approve(plugins: readonly AdmissionPlugin[], operation: Operation): Promise<void> {
  for (const plugin of plugins)
    if (plugin.validate && plugin.handles(operation)) await plugin.validate(operation);
}

/** Tells the plugins that an object is gone which an update let go of. */
export function tellGone(plugins: readonly AdmissionPlugin[], operation: Operation): void {
  for (const plugin of plugins) if (plugin.handles(operation)) plugin.committed?.(operation);
}
