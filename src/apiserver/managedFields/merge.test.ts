import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import '../../api/core/pod/fields.ts';
import { messageStructure, set } from '../../api/schema/structure.ts';
import { merge } from './merge.ts';

const pod = messageStructure('core/v1.Pod');
const merged = (live: string, config: string) => merge(parse(live), parse(config), pod);

describe('a configuration put into an object', () => {
  test('replaces what it names and leaves the rest', () => {
    assert.deepEqual(
      merged(
        'spec: {restartPolicy: Always, nodeName: a, containers: [{name: web, image: nginx, tty: true}]}',
        'spec: {restartPolicy: Never, containers: [{name: web, image: httpd}]}',
      ),
      parse('spec: {restartPolicy: Never, nodeName: a, containers: [{name: web, image: httpd, tty: true}]}'),
    );
  });
  test('writes lists that have no keys as a whole', () => {
    assert.deepEqual(
      merged(
        'spec: {containers: [{name: web, command: [a, b, c]}]}',
        'spec: {containers: [{name: web, command: [d]}]}',
      ),
      parse('spec: {containers: [{name: web, command: [d]}]}'),
    );
  });
  test('finds the item that leaves out a key with a default', () => {
    const ports = (text: string) => `spec: {containers: [{name: web, ports: [${text}]}]}`;
    assert.deepEqual(
      merged(ports('{containerPort: 80, protocol: TCP, name: web}'), ports('{containerPort: 80}')),
      parse(ports('{containerPort: 80, protocol: TCP, name: web}')),
    );
  });
  test('changes neither of the two', () => {
    const live = { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] } };
    const config = { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '2' }] }] } };
    const [liveBefore, configBefore] = [structuredClone(live), structuredClone(config)];
    merge(live, config, pod);
    assert.deepEqual([live, config], [liveBefore, configBefore]);
  });
});

describe('the order of a merged list', () => {
  for (const [live, config, expected] of [
    ['abc', '', 'abc'],
    ['', 'abc', 'abc'],
    ['abc', 'abc', 'abc'],
    ['abc', 'ca', 'bca'],
    ['ab', 'xba', 'xba'],
    ['alb', 'xab', 'xalb'],
    ['ab', 'cd', 'abcd'],
    ['lab', 'bxa', 'lbxa'],
  ] as const)
    test(`${live || 'nothing'} and ${config || 'nothing'} make ${expected}`, () => {
      assert.equal((merge([...live], [...config], set) as string[]).join(''), expected);
    });
});
