import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { containerOf, podOf } from '../../testing/pod.ts';
import { processNamespace } from './processNamespace.ts';

const directories = { of: (uid: string) => `/nowhere/${uid}` };
const running = [{ name: 'web', pid: 77 }];
const look = containerOf('{name: look, targetContainerName: web}');

describe('a container sees the processes', () => {
  test('of its own, unless it says otherwise', async () => {
    assert.equal(
      await processNamespace(podOf('{}'), containerOf('{name: web}'), running, directories),
      undefined,
    );
  });

  test('of the container that it looks into', async () => {
    assert.equal(await processNamespace(podOf('{}'), look, running, directories), '/proc/77/ns/pid');
  });

  test('of nobody, if that one does not run', async () => {
    await assert.rejects(processNamespace(podOf('{}'), look, [], directories), {
      message: 'unable to find target container "web"',
    });
  });

  test('of the node with hostPID, whatever else it says', async () => {
    const pod = podOf('{spec: {hostPID: true, containers: [{name: web}]}}');
    assert.equal(await processNamespace(pod, look, running, directories), undefined);
  });
});
