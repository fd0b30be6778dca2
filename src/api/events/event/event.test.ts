import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { event } from '../../core/event/kind.ts';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate } from '../../validate.ts';
import { fromCore, toCore } from './convert.ts';
import { eventsV1Event } from './kind.ts';

const told = (more = '') =>
  fromYaml(
    eventsV1Event,
    `{ eventTime: '2026-01-01T00:00:00.000000Z', type: Normal, reason: Done, action: Do, note: it is done,
       reportingController: example.com/doer, reportingInstance: doer-1,
       regarding: { kind: Pod, namespace: default, name: web } ${more} }`,
  );

describe('an event of events.k8s.io', () => {
  test('is the same event under other names, there and back', () => {
    const core = toCore(told());
    assert.equal(core.message, 'it is done');
    assert.equal(core.involvedObject.name, 'web');
    assert.equal(core.reportingComponent, 'example.com/doer');
    assert.deepEqual(fromCore(core), told());
  });

  test('shows an older one with its deprecated fields', () => {
    const old = fromYaml(
      event,
      `{ involvedObject: { kind: Pod, namespace: default, name: web }, message: m, count: 3,
         source: { component: kubelet }, firstTimestamp: '2026-01-01T00:00:00Z' }`,
    );
    const shown = fromCore(old);
    assert.equal(shown.eventTime, null);
    assert.deepEqual(shown.deprecatedSource, { component: 'kubelet' });
    assert.equal(shown.deprecatedCount, 3);
    assert.equal(shown.note, 'm');
    assert.deepEqual(toCore(shown), { ...old, eventTime: null });
  });

  test('says who tells it, what, why and when', () => {
    assert.deepEqual(said(validateCreate(eventsV1Event, told())), []);
    const bare = fromYaml(eventsV1Event, '{ type: Normal, regarding: { namespace: default } }');
    assert.deepEqual(said(validateCreate(eventsV1Event, bare)), [
      'eventTime: Required value',
      'reportingController: Required value',
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
    ]);
  });

  test('has no deprecated fields when it is new, and stands where its object does', () => {
    assert.deepEqual(said(validateCreate(eventsV1Event, told(', deprecatedCount: 2'))), [
      'deprecatedCount: Invalid value: 2: needs to be unset',
    ]);
    const elsewhere = { ...told(), regarding: { kind: 'Pod', namespace: 'other', name: 'web' } };
    assert.deepEqual(said(validateCreate(eventsV1Event, elsewhere)), [
      'regarding.namespace: Invalid value: "other": does not match event.namespace',
    ]);
  });
});
