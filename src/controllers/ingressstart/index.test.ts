import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, Ingress, IngressClass } from '../../api/types.ts';
import { carriedOutBy, sleeps, wakes } from './index.ts';

const annotated = <T>(name: string, annotations: Record<string, string>, spec: object = {}) =>
  ({ metadata: { name, annotations }, spec }) as T;
const classes: Record<string, IngressClass> = {
  nginx: annotated('nginx', { [carriedOutBy]: 'ingress-nginx/controller' }),
  other: annotated('other', {}),
};
const wokenBy = (ingress: Ingress, deployment: Deployment) =>
  wakes(
    ingress,
    (name) => classes[name],
    (key) => (key === 'ingress-nginx/controller' ? deployment : undefined),
  )?.metadata.name;
const asleep = annotated<Deployment>('controller', { [sleeps]: 'true' });

test('an Ingress wakes who carries its class out', () => {
  assert.equal(wokenBy(annotated('web', {}, { ingressClassName: 'nginx' }), asleep), 'controller');
  assert.equal(wokenBy(annotated('web', { 'kubernetes.io/ingress.class': 'nginx' }), asleep), 'controller');
});

test('an Ingress of another class, or of none, wakes nobody', () => {
  assert.equal(wokenBy(annotated('web', {}, { ingressClassName: 'other' }), asleep), undefined);
  assert.equal(wokenBy(annotated('web', {}, { ingressClassName: 'missing' }), asleep), undefined);
  assert.equal(wokenBy(annotated('web', {}), asleep), undefined);
});

test('a Deployment that somebody scaled down after it was awake stays down', () => {
  const awake = annotated<Deployment>('controller', {});
  assert.equal(wokenBy(annotated('web', {}, { ingressClassName: 'nginx' }), awake), undefined);
});
