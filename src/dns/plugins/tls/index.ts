import { readFileSync } from 'node:fs';
import type { SetUp, TlsOptions } from '../../contract.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';

/** What a client must show, by the words of `client_auth`. */
const clientAuth: Readonly<Record<string, TlsOptions>> = {
  nocert: { requestCert: false },
  request: { requestCert: true, rejectUnauthorized: false },
  require: { requestCert: true, rejectUnauthorized: false, clientMust: 'show one' },
  verify_if_given: { requestCert: true, rejectUnauthorized: false, clientMust: 'show a true one or none' },
  require_and_verify: { requestCert: true, rejectUnauthorized: true },
};

/** The certificate of a server block with `tls://` (RFC 7858). */
export const tls: SetUp = (directive, { serveTls, pathOf }) => {
  const { args, block, line } = directive;
  const [cert, key, ca] = args;
  expectNoMore({ ...directive, block: [] }, 3);
  if (cert === undefined || key === undefined)
    throw new CorefileError(line, 'tls: write `tls CERT KEY [CA]`');
  const read = (file: string) => readFileSync(pathOf(file));
  serveTls({
    cert: read(cert),
    key: read(key),
    ...(ca !== undefined && { ca: read(ca) }),
    ...block.map(optionOf).at(-1),
  });
  return { name: 'tls' };
};

function optionOf(option: Directive): TlsOptions {
  if (option.name !== 'client_auth') throw unknownOption('tls', option);
  expectNoMore(option, 1);
  const [word = ''] = option.args;
  const found = Object.hasOwn(clientAuth, word) ? clientAuth[word] : undefined;
  if (found) return found;
  throw new CorefileError(
    option.line,
    `tls: client_auth is one of ${Object.keys(clientAuth).join(', ')}, not "${word}"`,
  );
}
