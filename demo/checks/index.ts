/** The claims of the demo, in the order in which they are proved. */
import { clusterIP } from './clusterIP.ts';
import type { Check } from './contract.ts';
import { environment } from './environment.ts';
import { headless } from './headless.ts';
import { nodePorts } from './nodePort.ts';
import { podNetwork } from './podNetwork.ts';
import { readiness } from './readiness.ts';
import { replacement } from './replacement.ts';
import { scaling } from './scaling.ts';

export const checks: readonly Check[] = [
  podNetwork,
  clusterIP,
  nodePorts,
  headless,
  environment,
  scaling,
  readiness,
  replacement,
];
