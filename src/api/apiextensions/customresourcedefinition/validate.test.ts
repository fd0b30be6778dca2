import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setDefaults } from '../../schema/defaults.ts';
import type { CustomResourceDefinition } from '../../types.ts';
import { validateCreate, validateUpdate } from '../../validate.ts';
import { customResourceDefinition } from './kind.ts';

type Spec = CustomResourceDefinition['spec'];
type Version = Spec['versions'][number];

const version: Version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object' } },
};

const definition = (spec: Partial<Spec> = {}, metadata: object = {}): CustomResourceDefinition =>
  setDefaults(customResourceDefinition, {
    metadata: { name: 'boats.sea.example.com', ...metadata },
    spec: {
      group: 'sea.example.com',
      scope: 'Namespaced',
      names: { plural: 'boats', kind: 'Boat' },
      versions: [version],
      ...spec,
    },
  });

const said = (crd: CustomResourceDefinition) =>
  validateCreate(customResourceDefinition, crd).map(({ field, message }) => `${field}: ${message}`);

describe('a definition', () => {
  test('gets the names that it leaves out', () =>
    assert.deepEqual(definition().spec.names, {
      plural: 'boats',
      kind: 'Boat',
      singular: 'boat',
      listKind: 'BoatList',
    }));

  test('that says what it must is good', () => assert.deepEqual(said(definition()), []));

  const refused: readonly [string, CustomResourceDefinition, RegExp][] = [
    [
      'has the name of its plural and group',
      definition({}, { name: 'ships.sea.example.com' }),
      /^metadata\.name: Invalid value: "ships\.sea\.example\.com": must be spec\.names\.plural\+"\."\+spec\.group$/,
    ],
    [
      'has a group with a dot',
      definition({ group: 'sea' }, { name: 'boats.sea' }),
      /^spec\.group: .*should be a domain with at least one dot/,
    ],
    [
      'has a scope',
      definition({ scope: 'Everywhere' }),
      /^spec\.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"/,
    ],
    [
      'has a schema',
      definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
      /^spec\.versions\[0\]\.schema\.openAPIV3Schema: Required value: schemas are required/,
    ],
    [
      'has one version for storage',
      definition({ versions: [{ ...version, storage: false }] }),
      /must have exactly one version marked as storage version/,
    ],
    [
      'has no version twice',
      definition({ versions: [version, { ...version, storage: false }] }),
      /^spec\.versions\[1\]\.name: Duplicate value: "v1"/,
    ],
    [
      'has structural schemas',
      definition({ versions: [{ ...version, schema: { openAPIV3Schema: { type: 'string' } } }] }),
      /^spec\.validation\.openAPIV3Schema\.type: Invalid value: "string": must be object at the root/,
    ],
    [
      'has two kinds of names',
      definition({ names: { plural: 'boats', kind: 'Boat', listKind: 'Boat' } }),
      /kind and listKind may not be the same/,
    ],
    [
      'needs approval in a group of Kubernetes',
      definition({ group: 'sea.k8s.io' }, { name: 'boats.sea.k8s.io' }),
      /^metadata\.annotations\[api-approved\.kubernetes\.io\]: Required value: protected groups must have approval annotation/,
    ],
    [
      'prints columns of known types',
      definition({
        versions: [{ ...version, additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '.a' }] }],
      }),
      /additionalPrinterColumns\[0\]\.type: Unsupported value: "text"/,
    ],
    [
      'scales by paths in spec and status',
      definition({
        versions: [
          {
            ...version,
            subresources: { scale: { specReplicasPath: '.n', statusReplicasPath: '.status.n' } },
          },
        ],
      }),
      /specReplicasPath: Invalid value: "\.n": should be a json path under/,
    ],
    [
      'says where its webhook is',
      definition({ conversion: { strategy: 'Webhook' } }),
      /^spec\.conversion\.webhook\.clientConfig: Required value/,
    ],
    [
      'asks its webhook over TLS',
      definition({
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'http://x' } },
        },
      }),
      /'https' is the only allowed URL scheme/,
    ],
  ];
  for (const [name, crd, message] of refused) test(name, () => assert.match(said(crd).join('\n'), message));

  test('may be approved', () => {
    const annotations = { 'api-approved.kubernetes.io': 'unapproved, for a test' };
    assert.deepEqual(
      said(definition({ group: 'sea.k8s.io' }, { name: 'boats.sea.k8s.io', annotations })),
      [],
    );
  });

  test('keeps its scope and kind once it is established', () => {
    const old = definition();
    old.status = {
      acceptedNames: { plural: 'boats', kind: 'Boat' },
      conditions: [{ type: 'Established', status: 'True' }],
      storedVersions: ['v1'],
    };
    const next = {
      ...old,
      spec: { ...old.spec, scope: 'Cluster', names: { ...old.spec.names, kind: 'Ship' } },
    };
    assert.deepEqual(
      validateUpdate(customResourceDefinition, next, old).map(({ field, message }) => `${field}: ${message}`),
      [
        'spec.scope: Invalid value: "Cluster": field is immutable',
        'spec.names.kind: Invalid value: "Ship": field is immutable',
      ],
    );
  });
});
