/** Paths that are about the server itself. */

import { text } from './answers.ts';
import type { Parts } from './call.ts';
import type { Answer, ApiRequest } from './contract.ts';

/** Undefined when the path is none of these. */
export async function systemAnswer(parts: Parts, { path }: ApiRequest): Promise<Answer | undefined> {
  switch (path.replace(/(.)\/$/, '$1')) {
    case '/healthz':
    case '/livez':
    case '/livez/ping':
    case '/healthz/ping':
      return text(200, 'ok');
    case '/readyz': {
      const why = parts.notReady?.();
      return why === undefined ? text(200, 'ok') : text(500, `readyz check failed: ${why}\n`);
    }
    case '/metrics':
      return (
        parts.metrics && {
          code: 200,
          contentType: parts.metrics.contentType,
          body: await parts.metrics.text(),
        }
      );
    default:
      return undefined;
  }
}
