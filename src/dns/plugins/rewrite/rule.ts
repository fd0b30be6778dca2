/** A rule of `rewrite`: what it makes of a question, and of the reply to it. */
import type { Query, Reply } from '../../contract.ts';
import { CorefileError, type Line } from '../../corefile/parse.ts';
import type { Message } from '../../wire/message.ts';

export interface Rewritten {
  query: Query;
  /** Of the reply to that query; the question in it is the asker's again. */
  reply?: (message: Message) => Reply;
}

/** `undefined` where the rule does not fit. */
export type Rule = (query: Query) => Rewritten | undefined;

/** From the words behind the field; throws when they are not understood. `extra` are further lines of a block. */
export type MakeRule = (
  words: readonly string[],
  extra: readonly (readonly string[])[],
  line: Line,
  resolve: (query: Query) => Reply,
) => Rule;

/** Refuses words beyond so many. */
export function expectEnd(words: readonly string[], than: number, line: Line): void {
  const surplus = words[than];
  if (surplus !== undefined) throw new CorefileError(line, `rewrite: "${surplus}" is not supported`);
}
