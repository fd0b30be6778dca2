import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isLocalRegistry, normalise, parseReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a reference means what it means to Docker', () => {
  const meanings: [string, string][] = [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['nicolaka/netshoot', 'docker.io/nicolaka/netshoot:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
    ['registry:5000/team/app', 'registry:5000/team/app:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['registry.k8s.io/e2e-test-images/agnhost:2.39', 'registry.k8s.io/e2e-test-images/agnhost:2.39'],
    ['ghcr.io/a/b_c.d--e', 'ghcr.io/a/b_c.d--e:latest'],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx:1.27@${digest}`, `docker.io/library/nginx@${digest}`],
  ];
  for (const [text, meaning] of meanings) {
    test(`${text} is ${meaning}`, () => assert.equal(normalise(text), meaning));
  }
});

describe('what is no reference is refused with the reason', () => {
  const refusals: [string, RegExp][] = [
    ['', /Cannot parse image reference "": it is empty/],
    ['Nginx', /repository name must be lowercase/],
    ['nginx:', /invalid tag/],
    ['nginx:a b', /invalid tag/],
    ['nginx@sha256:12', /invalid digest/],
    ['a@b@c', /more than one "@"/],
    ['app//x', /invalid repository name/],
    ['-x.io/app', /invalid registry name/],
    ['../etc', /invalid/],
  ];
  for (const [text, reason] of refusals) {
    test(`"${text}"`, () => assert.throws(() => parseReference(text), reason));
  }
});

test('only a registry on this machine may speak plain HTTP', () => {
  const local = ['localhost:5000/a', '127.0.0.1:5000/a', '127.1.2.3/a', '[::1]:5000/a'];
  for (const text of local) assert.equal(isLocalRegistry(parseReference(text)), true, text);
  const far = ['nginx', 'localhost.example:5000/a', '127.0.0.1.example/a'];
  for (const text of far) assert.equal(isLocalRegistry(parseReference(text)), false, text);
});
