/** Every field of a Service with real packets: from a pod, a node, the host and the LAN, over both families. */
import { after } from 'node:test';
import { endWorld } from './services/world.ts';
import './services/changes.ts';
import './services/endpoints.ts';
import './services/external.ts';
import './services/hostPorts.ts';
import './services/policies.ts';
import './services/reach.ts';
import './services/restart.ts';
import './services/types.ts';

after(endWorld);
