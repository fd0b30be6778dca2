import { CorefileError, type Directive } from './parse.ts';

/** Refuses arguments beyond so many, and a block: what is not understood is not ignored. */
export function expectNoMore({ name, args, block, line }: Directive, than: number): void {
  const [first] = block;
  if (first) throw new CorefileError(first.line, `${name}: option "${first.name}" is not supported`);
  const surplus = args[than];
  if (surplus !== undefined) throw new CorefileError(line, `${name}: "${surplus}" is not supported`);
}

/** For an option that a plugin does not have. */
export const unknownOption = (plugin: string, { name, line }: Directive): CorefileError =>
  new CorefileError(line, `${plugin}: option "${name}" is not supported`);
