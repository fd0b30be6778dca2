/** Another owner's text stands in the configuration, between single quotes: nothing in it may end them, or the line. */
export const isQuotable = (text: string): boolean =>
  Array.from(text).every((character) => character >= ' ' && character !== "'" && character !== '\u007f');
