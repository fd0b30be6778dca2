/**
 * A cluster without Ingresses need not run who carries them out. The Deployment of the controller stands at no replicas
 * and sleeps; the first Ingress of its class wakes it. Whoever scales it afterwards has the last word.
 */
import { isNotFound } from '../../api/errors.ts';
import { deployments, ingressClasses, ingresses } from '../../api/resource.ts';
import type { Deployment, Ingress, IngressClass } from '../../api/types.ts';
import { type Controller, itself } from '../loop.ts';

/** On an IngressClass: `namespace/name` of the Deployment that carries it out. */
export const carriedOutBy = 'switchboard.dev/carried-out-by';
/** On a Deployment that waits for something to do. */
export const sleeps = 'switchboard.dev/sleeps';

/** The Deployment that this Ingress wakes. */
export function wakes(
  { spec, metadata }: Ingress,
  classOf: (name: string) => IngressClass | undefined,
  deploymentOf: (key: string) => Deployment | undefined,
): Deployment | undefined {
  const name = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
  const key = name === undefined ? undefined : classOf(name)?.metadata.annotations?.[carriedOutBy];
  const found = key === undefined ? undefined : deploymentOf(key);
  return found?.metadata.annotations?.[sleeps] === 'true' ? found : undefined;
}

export const ingressStart: Controller = {
  name: 'ingress-start-controller',
  start(context) {
    const known = context.watch(ingresses, itself);
    const allKeys = () => [...known.list()].flatMap((ingress) => itself(ingress, undefined));
    const classes = context.watch(ingressClasses, allKeys);
    const all = context.watch(deployments, (now, before) =>
      now && !before && now.metadata.annotations?.[sleeps] ? allKeys() : [],
    );
    return async (key) => {
      const ingress = known.get(key);
      const asleep =
        ingress &&
        wakes(
          ingress,
          (name) => classes.get(name),
          (deployment) => all.get(deployment),
        );
      if (!asleep) return;
      const { name, namespace = '' } = asleep.metadata;
      const awake = { metadata: { annotations: { [sleeps]: null } }, spec: { replicas: 1 } };
      await context.client.patch(deployments, { name, namespace }, awake).catch((err: unknown) => {
        if (!isNotFound(err)) throw err;
      });
    };
  },
};
