import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideApplets } from './applets.ts';

const applets = ['ls', 'nc', 'nslookup', 'nuke', 'wget', 'which'];
const program = Buffer.from(`code\0wget: usage\0ls\0nc\0nslookup\0nuke\0wget\0which\0more`);

test('the shell no longer knows a hidden applet, and all else of the program stays as it is', () =>
  assert.equal(
    hideApplets(program, applets, ['nslookup', 'wget']).toString(),
    'code\0wget: usage\0ls\0nc\0nslookuq\0nuke\0wgeu\0which\0more',
  ));

test('a program without the table is refused', () =>
  assert.throws(() => hideApplets(Buffer.from('code'), applets, ['nc']), /no table/));

test('a name that another applet has already is refused', () =>
  assert.throws(() => hideApplets(Buffer.from('na\0nb\0'), ['na', 'nb'], ['na']), /out of order/));
