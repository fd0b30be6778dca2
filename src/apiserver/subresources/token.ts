/** `serviceaccounts/token`: a token for an account, made by whoever has the key. */
import { badRequest } from '../../api/errors.ts';
import type { MintToken, TokenRequest } from '../authn/tokenRequest.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { type Readable, readBody } from '../request/input.ts';

const tokenRequestKind = {
  resource: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  message: 'authentication/v1.TokenRequest',
} satisfies Readable;

export async function token(call: Call, mint: MintToken): Promise<ObjectAnswer> {
  const { request, name, namespace = '' } = call;
  const { object } = readBody(request, tokenRequestKind);
  const { metadata, spec = {} } = object as typeof object & { spec?: TokenRequest['spec'] };
  if (metadata.name !== '' && metadata.name !== name)
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  const made = await mint({ namespace, name }, { ...object, spec }, request.user);
  return { code: 201, object: made };
}
