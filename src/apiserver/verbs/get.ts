import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { checkReadVersion, parseResourceVersion } from '../resourceVersion.ts';
import { answerOne } from '../views.ts';
import { current } from '../write.ts';

/** The newest object; a `resourceVersion` in the query only says that it must not be older than that. */
export function get(call: Call): Promise<ObjectAnswer> {
  const asked = parseResourceVersion(call.request.query.get('resourceVersion'));
  checkReadVersion(asked, call.store.revision());
  return current(call).then((entry) => answerOne(call, 200, entry));
}
