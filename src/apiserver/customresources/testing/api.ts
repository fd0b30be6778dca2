/** An API server for tests that follows its definitions. */
import { setImmediate } from 'node:timers/promises';
import { builtinKinds } from '../../../api/kinds.ts';
import { kindRegistry } from '../../../api/registry.ts';
import type { Store } from '../../../store/contract.ts';
import { localClient } from '../../local.ts';
import { admin, type TestApi, testApi } from '../../testing/testApi.ts';
import type { AskWebhook } from '../../webhooks/client.ts';
import { customResourceRules } from '../admission.ts';
import { followCustomResources } from '../follow.ts';

export const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export interface CustomApi extends TestApi {
  /** Creates a definition and waits until it is established. */
  define(yaml: string): Promise<void>;
  /** Waits until the definition says so. */
  until(name: string, says: (crd: Definition | undefined) => boolean): Promise<void>;
}

interface Definition {
  metadata: { resourceVersion: string; generation: number };
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
}

export async function customApi(
  options: { askWebhook?: AskWebhook; store?: Store } = {},
): Promise<CustomApi> {
  const kinds = kindRegistry(builtinKinds.list());
  const api = testApi({
    kinds,
    admission: [customResourceRules],
    ...(options.store && { store: options.store }),
  });
  const stop = new AbortController();
  const { store, clock } = api;
  const noWebhook: AskWebhook = () => Promise.reject(new Error('there is no webhook'));
  const custom = followCustomResources({
    ...{ store, kinds, clock, signal: stop.signal },
    client: localClient(api.handler, admin),
    askWebhook: options.askWebhook ?? noWebhook,
  });
  await custom.ready;
  const until: CustomApi['until'] = async (name, says) => {
    for (let i = 0; i < 10_000; i++) {
      const { code, object } = await api.get(`${crdPath}/${name}`);
      if (says(code === 200 ? (object as Definition) : undefined)) return;
      await setImmediate();
    }
    throw new Error(`${name} never said so`);
  };
  return {
    ...api,
    until,
    async define(yaml) {
      const { code, object } = await api.post(crdPath, yaml);
      if (code !== 201) throw new Error(String(object['message']));
      await until(String((object['metadata'] as { name: string }).name), isEstablished);
    },
    async close() {
      stop.abort();
      await custom.ended;
      await api.close();
    },
  };
}

export const isEstablished = (crd: Definition | undefined): boolean =>
  crd?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;

/** The example of Kubernetes' documentation, with a bit of everything. */
export const cronTabs = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.labelSelector}
    additionalPrinterColumns:
    - {name: Spec, type: string, description: When it runs., jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    selectableFields: [{jsonPath: .spec.image}]
    schema:
      openAPIV3Schema:
        type: object
        description: Something that runs now and then.
        required: [spec]
        properties:
          spec:
            type: object
            description: When and what.
            properties:
              cronSpec: {type: string, description: In the format of cron., pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'}
              image: {type: string, default: busybox}
              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
              port: {x-kubernetes-int-or-string: true}
              anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
              labels: {type: object, additionalProperties: {type: string}}
              tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}
              steps:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties: {name: {type: string}, run: {type: string, nullable: true}}
          status:
            type: object
            properties: {replicas: {type: integer}, labelSelector: {type: string}}
`;

export const tabsPath = '/apis/stable.example.com/v1/namespaces/default/crontabs';

export const cronTab = (name: string, spec: string): string =>
  `{apiVersion: stable.example.com/v1, kind: CronTab, metadata: {name: ${name}}, spec: ${spec}}`;
