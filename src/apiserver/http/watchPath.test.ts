import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { todaysWatch } from './watchPath.ts';

const today = (url: string) => {
  const [path = '', search] = url.split('?');
  const asked = todaysWatch({ path, query: new URLSearchParams(search) });
  const text = decodeURIComponent(asked.query.toString());
  return text === '' ? asked.path : `${asked.path}?${text}`;
};

describe('the path of a watch', () => {
  for (const [url, expected] of [
    ['/api/v1/watch/pods', '/api/v1/pods?watch=true'],
    ['/api/v1/watch/pods?resourceVersion=7', '/api/v1/pods?resourceVersion=7&watch=true'],
    ['/api/v1/watch/namespaces/a/pods', '/api/v1/namespaces/a/pods?watch=true'],
    [
      '/api/v1/watch/namespaces/a/pods/b',
      '/api/v1/namespaces/a/pods?watch=true&fieldSelector=metadata.name=b',
    ],
    ['/api/v1/watch/namespaces', '/api/v1/namespaces?watch=true'],
    ['/api/v1/watch/namespaces/a', '/api/v1/namespaces?watch=true&fieldSelector=metadata.name=a'],
    ['/api/v1/watch/nodes/a', '/api/v1/nodes?watch=true&fieldSelector=metadata.name=a'],
    [
      '/apis/apps/v1/watch/namespaces/a/deployments/b?fieldSelector=metadata.namespace=a',
      '/apis/apps/v1/namespaces/a/deployments?fieldSelector=metadata.name=b,metadata.namespace=a&watch=true',
    ],
    ['/api/v1/namespaces/watch/pods', '/api/v1/namespaces/watch/pods'],
    ['/api/v1/namespaces/a/services/watch', '/api/v1/namespaces/a/services/watch'],
    ['/api/v1/watch', '/api/v1/watch'],
    ['/healthz', '/healthz'],
  ] as const)
    test(`${url} asks for ${expected}`, () => assert.equal(today(url), expected));
});
