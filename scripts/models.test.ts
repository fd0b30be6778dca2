import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeModel, modelNames } from './models.ts';

test('a model is looked for under the name of its group first', () => {
  assert.deepEqual(modelNames('discovery/v1.EndpointPort'), ['DiscoveryV1EndpointPort', 'V1EndpointPort']);
});

test('a model’s comments are the descriptions of its fields', () => {
  const model = `
/**
 * Kubernetes
 */
import { IntOrString } from '../../types.js';
/**
* ServicePort contains information on service\\'s port.
*/
export declare class V1ServicePort {
    /**
    * The port. Supports \\"TCP\\".
    */
    'port': number;
    /**
    * Where from.
    */
    '_from'?: Array<V1Peer>;
    static readonly discriminator: string | undefined;
}`;
  assert.deepEqual(describeModel(model, ['port', 'from']), {
    '': "ServicePort contains information on service's port.",
    port: 'The port. Supports "TCP".',
    from: 'Where from.',
  });
});
