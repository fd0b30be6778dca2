/**
 * What every namespace has: the ServiceAccount `default`, and the certificate by which its pods know the
 * API server.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 */
import { isAlreadyExists, isForbidden, isNotFound } from '../../api/errors.ts';
import { configMaps, namespaces, serviceAccounts } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';

const rootCertificate = 'kube-root-ca.crt';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export const serviceAccount: Controller = {
  name: 'serviceaccount-controller',
  concurrency: 2,
  start(context) {
    const known = context.watch(namespaces, itself);
    const accounts = context.watch(serviceAccounts, (now, before) =>
      now ? [] : namespaceOf(before, 'default'),
    );
    const maps = context.watch(configMaps, (now, before) => namespaceOf(now ?? before, rootCertificate));
    const data = { 'ca.crt': context.config.caCertificate };

    return async (name) => {
      const namespace = known.get(name);
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      if (!accounts.get(`${name}/default`))
        await unlessEnding(() =>
          context.client.create(serviceAccounts, { metadata: { name: 'default', namespace: name } }),
        );
      await keepCertificate(context, name, maps.get(`${name}/${rootCertificate}`)?.data, data);
    };
  },
};

const namespaceOf = (object: KubeObject | undefined, name: string): string[] =>
  object?.metadata.name === name ? [object.metadata.namespace ?? ''] : [];

async function keepCertificate(
  { client }: Context,
  namespace: string,
  found: Record<string, string> | undefined,
  data: { 'ca.crt': string },
): Promise<void> {
  if (found?.['ca.crt'] === data['ca.crt']) return;
  const metadata = {
    name: rootCertificate,
    namespace,
    annotations: { 'kubernetes.io/description': description },
  };
  await unlessEnding(() =>
    found
      ? client.patch(configMaps, { name: rootCertificate, namespace }, { data }, { type: 'merge' })
      : client.create(configMaps, { metadata, data }),
  );
}

/** In a namespace that ends nothing can be made, and somebody else may have been first. */
async function unlessEnding(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (err) {
    if (!isAlreadyExists(err) && !isForbidden(err) && !isNotFound(err)) throw err;
  }
}
