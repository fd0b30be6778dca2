/** One control plane: the store, the API server, the controllers and the scheduler, in one process. */
import { mkdirSync } from 'node:fs';
import { secrets } from '../../api/resource.ts';
import { prefixOf } from '../../apiserver/index.ts';
import { sharedInformers } from '../../client/shared.ts';
import { startControllers } from '../../controllers/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { startScheduler } from '../../scheduler/index.ts';
import { openSqlite } from '../../store/index.ts';
import type { ControlPlaneConfig } from '../config.ts';
import { packageRoot } from '../paths.ts';
import { applyAddons, readAddons } from './addons.ts';
import { addonValues } from './addonValues.ts';
import { startApiServer } from './apiServer.ts';
import { controllerConfig } from './controllers.ts';

/** Runs until the signal. */
export async function runControlPlane(config: ControlPlaneConfig, signal: AbortSignal): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true });
  const clock = systemClock;
  const store = await openSqlite(`${config.dataDir}/store.db`, {
    encryption: { keys: config.storeKeys, prefixes: [prefixOf(secrets)] },
  });
  const { clientOf, close } = await startApiServer({ config, store, clock, signal });
  const client = clientOf('switchboard');
  const around = { informers: sharedInformers(client, { clock, signal }), clock, signal };
  await Promise.all([
    startControllers({
      ...around,
      client: clientOf('kube-controller-manager'),
      config: controllerConfig(config),
    }),
    startScheduler({ ...around, client: clientOf('kube-scheduler'), identity: config.nodeName }),
    applyAddons(client, readAddons(`${packageRoot}/addons`, addonValues(config)), clock, signal),
  ]);
  await close();
  await store.close();
}
