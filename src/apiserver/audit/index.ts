/**
 * Writes down who did what: a handler around the handler.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
import type { Clock } from '../../lib/clock.ts';
import { attributesOf } from '../authorize.ts';
import type { Authorizer } from '../authz/contract.ts';
import type { Answer, ApiRequest, Handler, User } from '../contract.ts';
import { type Head, requestOf } from '../http/request.ts';
import type { UpgradeHandler } from '../http/upgrade.ts';
import { parsePath } from '../request/path.ts';
import { decodeBody } from '../wire/index.ts';
import { type Decision, decide } from './decide.ts';
import { type Begun, beginningOf, type Ended, lineOf, objectOf, withoutManagedFields } from './event.ts';
import type { AuditPolicy } from './policy.ts';

export interface AuditDeps {
  policy: AuditPolicy;
  authorizer: Authorizer;
  /** Takes a line of JSON, without its end. */
  write: (line: string) => void;
  clock: Clock;
  uuid: () => string;
}

export interface Audit {
  handler(handler: Handler): Handler;
  /** Streams that are taken over: they last until their connection is closed. */
  upgrade(upgrade: UpgradeHandler): UpgradeHandler;
  /** Somebody whose credentials do not hold. */
  unauthorized(head: Head): void;
}

const nobody: User = { name: '', groups: [] };

export function audit(deps: AuditDeps): Audit {
  return {
    unauthorized: (head) =>
      recordOf(deps, requestOf(head, nobody))?.({ stage: 'ResponseStarted', code: 401 }),
    handler: (handler) => async (request) => {
      const record = recordOf(deps, request);
      if (!record) return handler(request);
      record({ stage: 'RequestReceived' });
      try {
        return followed(await handler(request), record);
      } catch (err) {
        record({ stage: 'Panic', code: 500 });
        throw err;
      }
    },
    upgrade: (upgrade) => async (request, socket, head, incoming) => {
      const record = recordOf(deps, request);
      record?.({ stage: 'RequestReceived' });
      record?.({ stage: 'ResponseStarted', code: 101 });
      socket.once('close', () => record?.({ stage: 'ResponseComplete', code: 101 }));
      await upgrade(request, socket, head, incoming);
    },
  };
}

type Told = Pick<Ended, 'stage' | 'code'> & { answer?: Answer };
type RecordStage = (told: Told) => void;

/** Undefined for a request of which nothing is written down. */
function recordOf(deps: AuditDeps, request: ApiRequest): RecordStage | undefined {
  const { policy, authorizer, write, clock, uuid } = deps;
  const attributes = attributesOf(request, parsePath(request.path));
  const decision = decide(policy, attributes);
  const { level, omitStages } = decision;
  if (level === 'None') return undefined;
  const receivedMs = clock.now();
  const auditID = request.headers['audit-id'] || uuid();
  const authorized = authorizer.authorize(attributes);
  const beginning = beginningOf({ auditID, level, request, attributes, authorized, receivedMs });
  return ({ stage, code, answer }) => {
    if (omitStages.has(stage)) return;
    const isOver = stage !== 'RequestReceived';
    const objects = isOver ? objectsOf(decision, request, answer) : {};
    write(
      lineOf(withNotes(beginning, answer), {
        stage,
        atMs: clock.now(),
        ...(code !== undefined && { code }),
        ...objects,
      }),
    );
  };
}

/** With what admission has to say for the log. */
const withNotes = (beginning: Begun, answer: Answer | undefined): object =>
  answer && 'auditAnnotations' in answer && answer.auditAnnotations
    ? { ...beginning, annotations: { ...beginning.annotations, ...answer.auditAnnotations } }
    : beginning;

function objectsOf(
  { level, omitManagedFields }: Decision,
  request: ApiRequest,
  answer: Answer | undefined,
): Pick<Ended, 'requestObject' | 'responseObject'> {
  if (level === 'Metadata') return {};
  const shown = (value: unknown) => (omitManagedFields ? withoutManagedFields(value) : value);
  const requestObject = sentObject(request);
  const responseObject = level === 'RequestResponse' && answer ? objectOf(answer) : undefined;
  return {
    ...(requestObject !== undefined && { requestObject: shown(requestObject) }),
    ...(responseObject !== undefined && { responseObject: shown(responseObject) }),
  };
}

/** What cannot be read was refused, and is not written down. */
function sentObject({ object, body, headers }: ApiRequest): unknown {
  if (object !== undefined) return object;
  if (body.length === 0) return undefined;
  try {
    return decodeBody({ contentType: headers['content-type'], body }).object;
  } catch {
    return undefined;
  }
}

/** The answer, which says when it is over if that is later. */
function followed(answer: Answer, record: RecordStage): Answer {
  const { code } = answer;
  const ended = () => record({ stage: 'ResponseComplete', code, answer });
  const through = <T>(parts: AsyncIterable<T>): AsyncIterable<T> => {
    record({ stage: 'ResponseStarted', code });
    return untilEnd(parts, ended);
  };
  if ('events' in answer) return { ...answer, events: through(answer.events) };
  if ('passed' in answer) return { ...answer, passed: through(answer.passed) };
  if ('body' in answer && typeof answer.body === 'object' && !(answer.body instanceof Uint8Array))
    return { ...answer, body: through(answer.body) };
  ended();
  return answer;
}

async function* untilEnd<T>(parts: AsyncIterable<T>, ended: () => void): AsyncGenerator<T, void> {
  try {
    yield* parts;
  } finally {
    ended();
  }
}
