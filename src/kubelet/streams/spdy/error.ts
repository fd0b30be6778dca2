/** The other side does not speak SPDY as it should: the session ends. */
export class SpdyError extends Error {}
