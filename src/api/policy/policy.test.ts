import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromYaml, said } from '../testObjects.ts';
import { validateCreate } from '../validate.ts';
import { podDisruptionBudget } from './poddisruptionbudget/kind.ts';

const budget = (spec: string) => fromYaml(podDisruptionBudget, `spec: ${spec}`);
const wrong = (spec: string) => said(validateCreate(podDisruptionBudget, budget(spec)));

describe('a PodDisruptionBudget', () => {
  const table: [string, string, string[]][] = [
    ['of a number', '{minAvailable: 1, selector: {matchLabels: {app: web}}}', []],
    ['of a share', '{maxUnavailable: 50%, selector: {}}', []],
    [
      'of more than everything',
      '{minAvailable: 101%}',
      ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      'of fewer than none',
      '{maxUnavailable: -1}',
      ['spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'of an unknown policy',
      '{unhealthyPodEvictionPolicy: Never}',
      [
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
  ];
  for (const [what, spec, expected] of table)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'good'}`, () =>
      assert.deepEqual(wrong(spec), expected));

  test('says one of two things', () => {
    const [first] = wrong('{minAvailable: 1, maxUnavailable: 1}');
    assert.match(
      first ?? '',
      /^spec: Invalid value: .*: minAvailable and maxUnavailable cannot be both set$/,
    );
  });

  test('shows what it says, and how many may go', () => {
    const object = budget('{minAvailable: 50%}');
    const row = podDisruptionBudget.columns.slice(1, 4).map((column) => column.value(object, 0));
    assert.deepEqual(row, ['50%', 'N/A', 0]);
  });
});
