import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../table.ts';
import { fromYaml, said } from '../testObjects.ts';
import { validateCreate } from '../validate.ts';
import { horizontalPodAutoscaler as v2 } from './horizontalpodautoscaler/kind.ts';
import { toServed, toStored } from './horizontalpodautoscalerv1/convert.ts';
import { horizontalPodAutoscalerV1 as v1 } from './horizontalpodautoscalerv1/kind.ts';

const target = 'scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }';
const newer = (spec: string) => fromYaml(v2, `{ spec: { ${target}, ${spec} } }`);
const wrong = (spec: string) => said(validateCreate(v2, newer(spec)));

describe('a HorizontalPodAutoscaler', () => {
  test('wants 80 % of the requested processor time unless it says otherwise', () => {
    const { spec } = newer('maxReplicas: 3');
    assert.equal(spec?.minReplicas, 1);
    assert.equal(spec.metrics?.[0]?.resource?.target.averageUtilization, 80);
    assert.deepEqual(wrong('maxReplicas: 3'), []);
  });

  test('gets the rest of a behavior that it began', () => {
    const { behavior } =
      newer('maxReplicas: 3, behavior: { scaleDown: { selectPolicy: Disabled } }').spec ?? {};
    assert.equal(behavior?.scaleDown?.policies?.[0]?.value, 100);
    assert.equal(behavior.scaleUp?.policies?.length, 2);
  });

  test('is refused when it cannot be met', () => {
    assert.deepEqual(wrong('maxReplicas: 0'), [
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    ]);
    assert.deepEqual(wrong('maxReplicas: 3, metrics: [{ type: Resource }]'), [
      'spec.metrics[0].resource: Required value: must populate information for the given metric source',
    ]);
    assert.deepEqual(
      wrong(
        'maxReplicas: 3, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization } } }]',
      ),
      [
        'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
      ],
    );
  });

  test('is listed with what was measured', () => {
    const hpa = newer('maxReplicas: 3');
    const cells = () => tableOf(v2, [hpa], 0).rows?.[0]?.cells.slice(1, 6);
    assert.deepEqual(cells(), ['Deployment/web', 'cpu: <unknown>/80%', '1', 3, 0]);
    const resource = { name: 'cpu', current: { averageUtilization: 12 } };
    hpa.status = { desiredReplicas: 2, currentReplicas: 2, currentMetrics: [{ type: 'Resource', resource }] };
    assert.deepEqual(cells(), ['Deployment/web', 'cpu: 12%/80%', '1', 3, 2]);
  });
});

describe('autoscaling/v1', () => {
  test('says the percentage of processor time as a number', () => {
    const old = fromYaml(v1, `{ spec: { ${target}, maxReplicas: 3, targetCPUUtilizationPercentage: 50 } }`);
    assert.deepEqual(said(validateCreate(v1, old)), []);
    assert.equal(toStored(old).spec?.metrics?.[0]?.resource?.target.averageUtilization, 50);
    assert.equal(toServed(toStored(old)).spec?.targetCPUUtilizationPercentage, 50);
  });

  test('loses nothing of what v2 says', () => {
    const memory =
      '{ type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 1Gi } } }';
    const hpa = newer(`maxReplicas: 3, metrics: [${memory}], behavior: { scaleUp: {} }`);
    const back = toStored(toServed(hpa));
    assert.deepEqual(back.spec, hpa.spec);
    assert.equal(back.metadata.annotations, undefined);
  });
});
