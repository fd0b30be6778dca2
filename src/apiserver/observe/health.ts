/**
 * `/healthz`, `/livez` and `/readyz`: named checks, all at once or one by its path.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import { text } from '../answer/answers.ts';
import type { Answer, ApiRequest } from '../contract.ts';

export interface HealthCheck {
  name: string;
  /** Why it fails, if it does. */
  failure(): Promise<string | undefined> | string | undefined;
}

/** Undefined when the path is none of these, or names no check. */
export async function healthAnswer(
  { path, query }: Pick<ApiRequest, 'path' | 'query'>,
  checksOf: Readonly<Record<string, readonly HealthCheck[]>>,
): Promise<Answer | undefined> {
  const [, endpoint = '', name = ''] = /^\/([a-z]+)(?:\/(.*))?$/.exec(path) ?? [];
  const checks = Object.hasOwn(checksOf, endpoint) ? checksOf[endpoint] : undefined;
  if (!checks) return undefined;
  return name === '' ? all(endpoint, checks, query) : one(checks, name);
}

async function one(checks: readonly HealthCheck[], name: string): Promise<Answer | undefined> {
  const check = checks.find((candidate) => candidate.name === name);
  if (!check) return undefined;
  const why = await failureOf(check);
  return why === undefined ? text(200, 'ok') : text(500, `internal server error: ${why}\n`);
}

async function all(
  endpoint: string,
  checks: readonly HealthCheck[],
  query: URLSearchParams,
): Promise<Answer> {
  const excluded = new Set(query.getAll('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const check of checks) {
    if (excluded.delete(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
      continue;
    }
    const why = await failureOf(check);
    failed ||= why !== undefined;
    lines.push(why === undefined ? `[+]${check.name} ok` : `[-]${check.name} failed: ${why}`);
  }
  if (excluded.size > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((name) => JSON.stringify(name)).join(', ')}`,
    );
  if (failed) return text(500, `${lines.join('\n')}\n${endpoint} check failed\n`);
  return text(200, query.has('verbose') ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok');
}

/** A check that throws has failed. */
async function failureOf(check: HealthCheck): Promise<string | undefined> {
  try {
    return await check.failure();
  } catch (err) {
    return (err as Error).message;
  }
}
