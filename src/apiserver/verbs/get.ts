import { answerOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { current } from '../object/write.ts';
import { checkReadVersion, parseResourceVersion } from '../request/resourceVersion.ts';

/** The newest object; a `resourceVersion` in the query only says that it must not be older than that. */
export function get(call: Call): Promise<ObjectAnswer> {
  const asked = parseResourceVersion(call.request.query.get('resourceVersion'));
  checkReadVersion(asked, call.store.revision());
  return current(call).then((entry) => answerOne(call, 200, entry));
}
