/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { internal, StatusError } from '../../../api/errors.ts';
import type { JsonObject } from '../../../api/jsonValue.ts';
import { applyJsonPatch } from '../../patch/json.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { askedOf } from '../dynamic/asked.ts';
import { become } from '../dynamic/become.ts';
import type { Configurations, Hook } from '../dynamic/configurations.ts';
import { isDueAgain, type Progress, progresses } from '../dynamic/progress.ts';
import { type AskDeps, askHook } from './ask.ts';

export interface WebhookDeps extends AskDeps {
  configurations: Pick<Configurations, 'mutating' | 'validating'>;
}

export function mutatingWebhooks(deps: WebhookDeps): AdmissionPlugin {
  const { of, changed } = progresses();
  return {
    name: 'MutatingAdmissionWebhook',
    connects: true,
    handles: (operation) => deps.configurations.mutating.mayConcern(operation),
    async admit(operation) {
      const { progress, isAgain } = of(operation);
      for (const hook of deps.configurations.mutating.all) {
        const { key, webhook } = hook;
        if (isAgain && !isDueAgain(key, webhook.reinvocationPolicy, progress, operation)) continue;
        await mutate(hook, operation, progress, deps);
      }
      return undefined;
    },
    changed,
  };
}

async function mutate(hook: Hook, operation: Operation, state: Progress, deps: AskDeps): Promise<void> {
  const answer = await askHook(hook, askedOf(operation), operation, deps);
  if (!answer) return;
  const { verdict, form } = answer;
  if (Array.isArray(verdict.patch) && verdict.patch.length > 0) {
    if (!form.isWhole || !form.object)
      throw internal(
        `admission webhook ${JSON.stringify(hook.webhook.name)} attempted to modify the object, which is not supported for this operation`,
      );
    const patched = patchedObject(structuredClone(form.object), verdict.patch);
    if (await become(operation, patched, form.kind)) state.changed = true;
  }
  state.seen.set(hook.key, JSON.stringify(operation.object));
}

function patchedObject(object: object, patch: unknown): JsonObject {
  try {
    return applyJsonPatch(object as JsonObject, patch);
  } catch (err) {
    throw err instanceof StatusError ? internal(err.message) : err;
  }
}

export function validatingWebhooks(deps: WebhookDeps): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    connects: true,
    handles: (operation) => deps.configurations.validating.mayConcern(operation),
    admit: () => undefined,
    async validate(operation) {
      const asked = askedOf(operation);
      const answers = await Promise.allSettled(
        deps.configurations.validating.all.map((hook) => askHook(hook, asked, operation, deps)),
      );
      for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    },
  };
}
