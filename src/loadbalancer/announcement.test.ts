import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcementOf } from './announcement.ts';

const hex = (text: string): string => text.replaceAll(/\s/g, '');

test('an IPv4 address is announced by a gratuitous ARP request to everybody', () =>
  assert.equal(
    announcementOf('172.30.15.1', '02:53:ac:1e:00:02').toString('hex'),
    hex(`
      ffffffffffff 0253ac1e0002 0806
      0001 0800 06 04 0001
      0253ac1e0002 ac1e0f01
      000000000000 ac1e0f01`),
  ));

test('an IPv6 address by an unsolicited advertisement that overrides what was known', () =>
  assert.equal(
    announcementOf('fd30::f:1', '02:53:ac:1e:00:02').toString('hex'),
    hex(`
      333300000001 0253ac1e0002 86dd
      60000000 0020 3a ff
      fd3000000000000000000000000f0001
      ff020000000000000000000000000001
      88 00 2daa a0000000
      fd3000000000000000000000000f0001
      02 01 0253ac1e0002`),
  ));
