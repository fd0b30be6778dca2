/** The bytes are no DNS message: answered with FORMERR where at least an id could be read. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}
