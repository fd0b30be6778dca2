/** What every verb gets: one request, what it is about, and what the API server was built from. */
import type { Kind } from '../api/kind.ts';
import type { KindRegistry } from '../api/registry.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract.ts';
import type { AdmissionPlugin, Notes } from './admission/contract.ts';
import type { MintToken } from './authn/tokenRequest.ts';
import type { Authorizer } from './authz/contract.ts';
import type { Answer, ApiRequest, Handler } from './contract.ts';
import type { Ids } from './object/ids.ts';
import type { Metrics } from './observe/metrics.ts';
import type { AskUsage } from './usage/contract.ts';

export interface HandlerDeps {
  store: Store;
  /** The kinds that are served; without it the built-in ones. */
  kinds?: KindRegistry;
  authorizer: Authorizer;
  clock: Clock;
  /** In the order in which they are asked. */
  admission?: readonly AdmissionPlugin[];
  /** Tried in order after authorization and before the kinds: reviews, and other answers without objects. */
  extra?: readonly ((request: ApiRequest) => Promise<Answer | undefined>)[];
  /** Answers `serviceaccounts/token`; without it there is no such subresource. */
  mintToken?: MintToken;
  /** Answers `pods/log` and `…/proxy` by asking the node; without it there are no such subresources. */
  proxy?: Handler;
  /** Answers `metrics.k8s.io` by asking the nodes; without it those of no node are known. */
  askUsage?: AskUsage;
  ids?: Ids;
  metrics?: Metrics;
  /** What keeps `/readyz` from being ok, if anything does. */
  notReady?: () => string | undefined;
}

/** {@link HandlerDeps} with nothing left out. */
export type Parts = HandlerDeps & { admission: readonly AdmissionPlugin[]; ids: Ids; kinds: KindRegistry };

export interface Call {
  readonly parts: Parts;
  readonly request: ApiRequest;
  readonly kind: Kind;
  /** The store, with objects in the version of the kind. */
  readonly store: Store;
  /** Absent for a kind without namespaces, and for a list over all of them. */
  readonly namespace?: string;
  /** Empty for a request about a collection. */
  readonly name: string;
  readonly subresource?: string;
  /** What admission says beside yes and no. */
  readonly notes: Notes;
}
