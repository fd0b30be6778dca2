/**
 * Objects in another version of their kind, by a webhook.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
 */
import { randomUUID } from 'node:crypto';
import { internal } from '../../api/errors.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import type { AskWebhook, WebhookClient } from '../webhooks/client.ts';
import { type Convert, onlyRenamed } from './kinds.ts';

interface ConversionResponse {
  uid?: string;
  convertedObjects?: KubeObject[];
  result?: { status?: string; message?: string };
}

export function converterOf({ spec }: CustomResourceDefinition, ask: AskWebhook): Convert {
  const { conversion } = spec;
  const client = conversion?.webhook?.clientConfig;
  if (conversion?.strategy !== 'Webhook' || !client) return onlyRenamed;
  return (objects, apiVersion) =>
    askedFor(objects, apiVersion, client as WebhookClient, ask, spec.names.kind);
}

async function askedFor(
  objects: readonly KubeObject[],
  desiredAPIVersion: string,
  client: WebhookClient,
  ask: AskWebhook,
  kind: string,
): Promise<readonly KubeObject[]> {
  const uid = randomUUID();
  const from = objects[0]?.apiVersion ?? '';
  const failed = (why: string) => internal(`conversion webhook for ${from}, Kind=${kind} failed: ${why}`);
  let answer: unknown;
  try {
    answer = await ask(client, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'ConversionReview',
      request: { uid, desiredAPIVersion, objects },
    });
  } catch (err) {
    throw failed((err as Error).message);
  }
  const { response } = (answer ?? {}) as { response?: ConversionResponse };
  if (!response) throw failed('the answer has no response');
  if (response.uid !== uid)
    throw failed(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  if (response.result?.status !== 'Success') throw failed(response.result?.message ?? 'it did not say why');
  const converted = response.convertedObjects ?? [];
  if (converted.length !== objects.length)
    throw failed(`returned ${converted.length} objects, expected ${objects.length}`);
  return converted.map((object, i) => accepted(object, objects[i] as KubeObject, desiredAPIVersion, failed));
}

/** A webhook may change everything but what an object is; of its metadata only labels and annotations. */
function accepted(
  object: KubeObject,
  { metadata }: KubeObject,
  apiVersion: string,
  failed: (why: string) => Error,
): KubeObject {
  if (object.apiVersion !== apiVersion)
    throw failed(`returned an object of ${object.apiVersion}, expected ${apiVersion}`);
  if (object.metadata?.name !== metadata.name || (object.metadata.uid ?? '') !== (metadata.uid ?? ''))
    throw failed('returned an object with another name or uid');
  const { labels, annotations } = object.metadata;
  const { labels: _, annotations: __, ...kept } = metadata;
  return { ...object, metadata: { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) } };
}
