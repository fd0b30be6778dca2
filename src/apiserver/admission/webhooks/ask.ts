/** One webhook asked about one operation, if it is to be asked. */
import { internal } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kind.ts';
import type { KindRegistry } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { logger } from '../../../lib/log.ts';
import type { Authorizer } from '../../authz/contract.ts';
import type { AskWebhook, WebhookClient } from '../../webhooks/client.ts';
import type { Operation } from '../contract.ts';
import type { Asked } from '../dynamic/asked.ts';
import type { Hook, Webhook } from '../dynamic/configurations.ts';
import { askedAs } from '../dynamic/forms.ts';
import { inSelectedNamespace, isSelected, matchingKind } from '../dynamic/match.ts';
import { refuse } from '../operation.ts';
import { denial, reviewOf, type Verdict, verdictOf } from './review.ts';

const log = logger('webhooks');

export interface AskDeps {
  askWebhook: AskWebhook;
  kinds: Pick<KindRegistry, 'list'>;
  authorizer: Authorizer;
  namespace(name: string): Promise<KubeObject | undefined>;
  uuid: () => string;
}

/** Undefined when the webhook is not about the operation, or may fail and did. Throws when it refuses. */
export async function askHook(
  { webhook }: Hook,
  asked: Asked,
  operation: Operation,
  deps: AskDeps,
): Promise<{ verdict: Verdict; form: Asked } | undefined> {
  const kind = await kindFor(webhook, asked, deps);
  if (!kind) return undefined;
  const form = await askedAs(asked, kind);
  if (!(await meetsConditions(webhook, asked, form, operation, deps))) return undefined;
  const verdict = await verdictFrom(webhook, asked, form, deps);
  if (!verdict) return undefined;
  for (const warning of verdict.warnings) operation.notes?.warnings.add(warning);
  for (const [key, value] of Object.entries(verdict.auditAnnotations))
    operation.notes?.auditAnnotations.set(`${webhook.name}/${key}`, value);
  if (!verdict.allowed) throw denial(webhook.name, verdict.status);
  return { verdict, form };
}

async function kindFor(webhook: Webhook, asked: Asked, deps: AskDeps): Promise<Kind | undefined> {
  const constraints = { rules: webhook.rules ?? [], matchPolicy: webhook.matchPolicy };
  const kind = matchingKind(constraints, asked, () => deps.kinds.list());
  if (!kind || !isSelected(webhook.objectSelector, asked)) return undefined;
  const namespaceOf = () => deps.namespace(asked.namespace ?? '');
  return (await inSelectedNamespace(webhook.namespaceSelector, asked, namespaceOf)) ? kind : undefined;
}

async function meetsConditions(
  webhook: Webhook,
  asked: Asked,
  form: Asked,
  operation: Operation,
  { authorizer }: AskDeps,
): Promise<boolean> {
  const { matchConditions = [], failurePolicy } = webhook;
  if (matchConditions.length === 0) return true;
  // CEL is loaded by the first expression.
  const { conditionsHold } = await import('../dynamic/conditions.ts');
  const { holds, error } = conditionsHold(matchConditions, { asked, form, operation, authorizer });
  if (error === undefined) return holds;
  if (failurePolicy === 'Ignore') return false;
  throw refuse(operation, error);
}

async function verdictFrom(
  webhook: Webhook,
  asked: Asked,
  form: Asked,
  { askWebhook, uuid }: AskDeps,
): Promise<Verdict | undefined> {
  const uid = uuid();
  const client = webhook.clientConfig as WebhookClient;
  const timeoutMs = (webhook.timeoutSeconds ?? 10) * 1000;
  let answer: unknown;
  try {
    answer = await askWebhook(client, reviewOf(uid, asked, form), timeoutMs);
  } catch (err) {
    return failed(webhook, `failed to call webhook: ${(err as Error).message}`);
  }
  try {
    return verdictOf(answer, uid);
  } catch (err) {
    return failed(webhook, `received invalid webhook response: ${(err as Error).message}`);
  }
}

function failed({ name, failurePolicy }: Webhook, why: string): undefined {
  const message = `failed calling webhook ${JSON.stringify(name)}: ${why}`;
  if (failurePolicy !== 'Ignore') throw internal(message);
  log.warn({ webhook: name, why }, 'a webhook failed and is ignored');
}
