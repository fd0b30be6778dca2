/** Which applets the shell runs itself. Pure. */

/** The same length, and the same place in the order by which BusyBox finds names. */
const otherName = (applet: string): string =>
  applet.slice(0, -1) + String.fromCharCode(applet.charCodeAt(applet.length - 1) + 1);

/**
 * BusyBox's shell, as Debian builds it, takes a command that is one of its applets before it looks in PATH, so it
 * would never find a script of the same name. Answers the program with these applets under another name.
 */
export function hideApplets(program: Uint8Array, applets: string[], hidden: string[]): Buffer {
  const table = (names: string[]) => Buffer.from(`${names.join('\0')}\0`, 'latin1');
  const renamed = applets.map((applet) => (hidden.includes(applet) ? otherName(applet) : applet));
  if (renamed.join() !== [...new Set(renamed)].sort().join()) {
    throw new Error(`Cannot hide applets ${hidden.join(', ')}: the table of names would be out of order`);
  }
  const changed = Buffer.from(program);
  const at = changed.indexOf(table(applets));
  if (at === -1) throw new Error('Cannot hide applets: the program has no table of their names');
  changed.set(table(renamed), at);
  return changed;
}
