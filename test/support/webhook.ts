/**
 * A program: an admission webhook on port 8443 of wherever it runs. `/mutate` labels what it sees and warns;
 * `/validate` denies what is called forbidden. Its certificate and key are the files that it is given.
 * Prints a line when it listens.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

interface Review {
  request: {
    uid: string;
    operation: string;
    name?: string;
    object: { metadata: { labels?: object } } | null;
  };
}

const answers: Record<string, (request: Review['request']) => object> = {
  '/mutate': ({ object }) => {
    const patch = [
      ...(object?.metadata.labels ? [] : [{ op: 'add', path: '/metadata/labels', value: {} }]),
      { op: 'add', path: '/metadata/labels/injected', value: 'yes' },
    ];
    return {
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      warnings: ['labels were added'],
    };
  },
  '/validate': ({ name, operation }) => {
    const allowed = name !== 'forbidden';
    return { allowed, ...(!allowed && { status: { message: `nobody may ${operation} that`, code: 403 } }) };
  },
};

const [, , certificate = '', key = ''] = process.argv;
const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key) },
  async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { request: asked } = JSON.parse(Buffer.concat(parts).toString()) as Review;
    const answer = answers[new URL(request.url ?? '', 'https://webhook').pathname];
    if (!answer) return response.writeHead(404).end();
    response.setHeader('content-type', 'application/json');
    return response.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: asked.uid, ...answer(asked) },
      }),
    );
  },
);
server.listen(8443, '0.0.0.0');
await once(server, 'listening');
process.stdout.write('up\n');
