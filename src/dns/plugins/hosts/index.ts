import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Gauge } from 'prom-client';
import { canonical as canonicalAddress } from '../../../lib/ip.ts';
import type { Query, SetUp } from '../../contract.ts';
import { addressOfReverse } from '../../wire/address.ts';
import { addressRecord, type Message, ptrRecord, type ResourceRecord, replyTo } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { rcode, recordType } from '../../wire/types.ts';
import { optionsOf } from './options.ts';
import { type Table, tableOf } from './table.ts';

/** Answers from a hosts file and from entries in the Corefile. */
export const hosts: SetUp = (directive, context) => {
  const { zones: serverZones, pathOf, log, metrics, clock } = context;
  const options = optionsOf(directive, serverZones);
  const { inline, ttl, noReverse, fallthrough } = options;
  const file = pathOf(options.file);
  const stopped = new AbortController();
  const { entries, reloaded } = metrics('hosts', (to) => ({
    entries: new Gauge({
      name: 'coredns_hosts_entries',
      help: 'Names and addresses of hosts.',
      registers: [to],
    }),
    reloaded: new Gauge({
      name: 'coredns_hosts_reload_timestamp_seconds',
      help: 'When the file of hosts was read, in seconds since 1970.',
      registers: [to],
    }),
  }));
  let table: Table = tableOf(inline);

  function read(): void {
    try {
      table = tableOf([...inline, ...readFileSync(file, 'utf8').split('\n')]);
      reloaded.set(clock.now() / 1000);
    } catch (err) {
      log.warn({ plugin: 'hosts', err: String(err) }, 'the file of hosts cannot be read');
    }
    entries.set([...table.addresses.values()].reduce((sum, { length }) => sum + length, 0));
  }
  read();

  return {
    name: 'hosts',
    handle(query, next) {
      const isPtr = query.question.type === recordType.PTR;
      if (!isPtr && !options.zones.some((zone) => isWithin(query.name, zone))) return next(query);
      const answers = isPtr && !noReverse ? reverse(table, query, ttl) : forward(table, query, ttl);
      if (answers.length > 0 || (!isPtr && table.addresses.has(query.name)))
        return authoritative(query, answers);
      // Who has a name for an address may well be somebody else.
      if (isPtr || fallthrough.some((zone) => isWithin(query.name, zone))) return next(query);
      // A denial needs the zone's SOA record, which a file of hosts does not have.
      return replyTo(query.message, rcode.SERVFAIL);
    },
    again: () => undefined,
    start() {
      if (!options.reloads) return;
      try {
        watch(dirname(file), { signal: stopped.signal }, (_event, name) => {
          if (name === null || name === basename(file) || name.startsWith('..')) read();
        }).on('error', () => {});
      } catch (err) {
        log.warn({ plugin: 'hosts', err: String(err) }, 'the file of hosts cannot be watched');
      }
    },
    stop: () => stopped.abort(),
  };
};

const authoritative = ({ message }: Query, answers: ResourceRecord[]): Message => ({
  ...replyTo(message),
  authoritative: true,
  answers,
  notes: { by: 'hosts' },
});

function forward({ addresses }: Table, { name, question }: Query, ttl: number): ResourceRecord[] {
  const family = question.type === recordType.A ? 4 : question.type === recordType.AAAA ? 6 : 0;
  return (addresses.get(name) ?? [])
    .filter((address) => (address.includes(':') ? 6 : 4) === family)
    .map((address) => addressRecord(question.name, ttl, address));
}

function reverse({ names }: Table, { name, question }: Query, ttl: number): ResourceRecord[] {
  const address = addressOfReverse(name);
  const found = address === undefined ? [] : (names.get(canonicalAddress(address)) ?? []);
  return found.map((host) => ptrRecord(question.name, ttl, host));
}
