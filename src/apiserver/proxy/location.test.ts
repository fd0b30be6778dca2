import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { StatusError } from '../../api/errors.ts';
import type { Pod } from '../../api/types.ts';
import { logLocation, type Stream, streamLocation } from './location.ts';

const pod = (spec: string): Pod => ({ metadata: { name: 'web', namespace: 'shop' }, spec: parse(spec) });
const one = pod('{nodeName: a, containers: [{name: nginx}]}');
const two = pod('{nodeName: a, containers: [{name: nginx}, {name: log}], initContainers: [{name: setup}]}');

const log = (p: Pod, query = '') => logLocation(p, new URLSearchParams(query))?.path;
const stream = (p: Pod, kind: Stream, query = '') => streamLocation(p, kind, new URLSearchParams(query)).path;
const says = (message: string) => (err: unknown) => {
  assert.ok(err instanceof StatusError);
  assert.deepEqual([err.status.code, err.message], [400, message]);
  return true;
};

describe('logs are found', () => {
  test('under the only container when none is named', () => {
    assert.equal(log(one), '/containerLogs/shop/web/nginx');
    assert.equal(logLocation(one, new URLSearchParams())?.nodeName, 'a');
  });

  test('under the named one, init containers too', () => {
    assert.equal(log(two, 'container=log'), '/containerLogs/shop/web/log');
    assert.equal(log(two, 'container=setup'), '/containerLogs/shop/web/setup');
  });

  test('with what was asked about them, and nothing else', () => {
    assert.equal(
      log(one, 'follow=true&tailLines=10&sinceTime=2026-01-01T00%3A00%3A00Z&pretty=true&container=nginx'),
      '/containerLogs/shop/web/nginx?follow=true&tailLines=10&sinceTime=2026-01-01T00%3A00%3A00Z',
    );
  });

  test('nowhere as long as the pod is on no node', () => {
    assert.equal(log(pod('{containers: [{name: nginx}]}')), undefined);
  });

  test('only with a name where there are several containers', () => {
    assert.throws(
      () => log(two),
      says(
        'a container name must be specified for pod web, choose one of: [nginx log] or one of the init containers: [setup]',
      ),
    );
    assert.throws(
      () => log(pod('{nodeName: a, containers: [{name: a}, {name: b}]}')),
      says('a container name must be specified for pod web, choose one of: [a b]'),
    );
    assert.throws(() => log(one, 'container=nope'), says('container nope is not valid for pod web'));
  });
});

describe('streams are found', () => {
  test('for exec with the command word for word and the kubelet’s names of the streams', () => {
    assert.equal(
      stream(
        one,
        'exec',
        'command=sh&command=-c&command=echo+%22a%26b%22&stdin=true&stdout=true&stderr=true&tty=true',
      ),
      '/exec/shop/web/nginx?command=sh&command=-c&command=echo+%22a%26b%22&input=1&output=1&error=1&tty=1',
    );
    assert.equal(
      stream(one, 'exec', 'command=ls&stdin=false&stdout=1'),
      '/exec/shop/web/nginx?command=ls&output=1',
    );
  });

  test('for attach without a command', () => {
    assert.equal(
      stream(two, 'attach', 'container=log&stdout=true&command=x'),
      '/attach/shop/web/log?output=1',
    );
  });

  test('for port-forward at the pod as a whole', () => {
    assert.equal(stream(two, 'portforward'), '/portForward/shop/web');
    assert.equal(
      stream(two, 'portforward', 'ports=80,81&ports=82'),
      '/portForward/shop/web?port=80&port=81&port=82',
    );
  });

  test('only on a node', () => {
    assert.throws(
      () => stream(pod('{containers: [{name: nginx}]}'), 'exec'),
      says('pod web does not have a host assigned'),
    );
  });
});
