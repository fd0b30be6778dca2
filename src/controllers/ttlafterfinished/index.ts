/**
 * Deletes Jobs some time after they have finished.
 * https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
 */
import { isConflict, isNotFound } from '../../api/errors.ts';
import { jobs } from '../../api/resource.ts';
import { type Controller, itself } from '../loop.ts';
import { ttlLeftMs } from './desired.ts';

export const ttlAfterFinished: Controller = {
  name: 'ttl-after-finished-controller',
  start(context) {
    const { client, clock, again } = context;
    const known = context.watch(jobs, itself);
    return async (key) => {
      const job = known.get(key);
      const leftMs = job && ttlLeftMs(job, clock.now());
      if (!job || leftMs === undefined) return;
      if (leftMs > 0) return again(key, leftMs);
      const { name, namespace = '', uid = '', resourceVersion = '' } = job.metadata;
      // Who has just given it more time wins.
      const preconditions = { uid, resourceVersion };
      try {
        await client.delete(jobs, { name, namespace }, { propagationPolicy: 'Foreground', preconditions });
      } catch (err) {
        if (!isNotFound(err) && !isConflict(err)) throw err;
      }
    };
  },
};
