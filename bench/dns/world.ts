/** An API server as far as a DNS server asks for it, in a process of its own: it lists the objects, and nothing ever changes. */
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueServerCertificate } from '../../src/lib/pki/certificate.ts';
import { objects } from './objects.ts';

export interface Ready {
  server: string;
  ca: string;
}

const nowMs = Date.now();
const authority = await createAuthority({ commonName: 'bench-ca', nowMs });
const own = { commonName: 'bench', ipAddresses: ['127.0.0.1'], nowMs };
const { certificate: cert, privateKey: key } = await issueServerCertificate(authority, own);
const all = new Map(Object.entries(objects).map(([plural, make]) => [plural, make()]));

// Upstream's client speaks HTTP/2 over TLS as ours does.
const server = http2.createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'https://127.0.0.1');
  const found = all.get(pathname.split('/').at(-1) ?? '');
  if (!found) return void response.writeHead(404).end('{"kind":"Status","apiVersion":"v1","code":404}');
  response.writeHead(200, { 'content-type': 'application/json' });
  // A watch tells nothing, and does not end.
  if (searchParams.get('watch')) return void response.write('');
  const from = Number(searchParams.get('continue') ?? 0);
  const to = from + Number(searchParams.get('limit') ?? found.length);
  const metadata = { resourceVersion: '1', ...(to < found.length && { continue: String(to) }) };
  const [{ apiVersion, kind } = { apiVersion: '', kind: '' }] = found as {
    apiVersion: string;
    kind: string;
  }[];
  response.end(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata, items: found.slice(from, to) }));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ server: `https://127.0.0.1:${port}`, ca: authority.certificate } satisfies Ready);
});
process.on('disconnect', () => process.exit());
