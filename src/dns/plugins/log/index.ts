import type { SetUp } from '../../contract.ts';
import { isWithin } from '../../wire/name.ts';
import { classOf } from './classes.ts';
import { writerOf } from './format.ts';
import { optionsOf } from './options.ts';

/** Writes a line for each question, as CoreDNS does: who asked what, and what came of it. */
export const log: SetUp = (directive, { clock, log: out }) => {
  const { names, format, classes } = optionsOf(directive);
  const lineOf = writerOf(format);
  return {
    name: 'log',
    handle(query, next) {
      if (!names.some((name) => isWithin(query.name, name))) return next(query);
      const startMs = clock.now();
      query.whenSent.push((reply, bytes) => {
        if (!classes.has('all') && !classes.has(classOf(reply))) return;
        out.info({}, lineOf({ query, reply, bytes, tookMs: clock.now() - startMs }));
      });
      return next(query);
    },
  };
};
