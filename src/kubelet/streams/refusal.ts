/** Requests that are not granted. A kubelet tells its errors as plain text. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export class Refusal extends Error {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

const contentType = 'text/plain; charset=utf-8';

const refusalOf = (err: unknown): Refusal =>
  err instanceof Refusal ? err : new Refusal(500, err instanceof Error ? err.message : String(err));

export function refuse(response: ServerResponse, err: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { code, message, headers } = refusalOf(err);
  response.writeHead(code, { 'content-type': contentType, ...headers }).end(`${message}\n`);
}

/** An upgrade that does not come about is answered like any other request, and the connection ends with it. */
export function refuseUpgrade(socket: Duplex, err: unknown): void {
  const { code, message, headers } = refusalOf(err);
  const body = `${message}\n`;
  const lines = {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    ...headers,
  };
  socket.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${Object.entries(lines)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${body}`,
  );
}
