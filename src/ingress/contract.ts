/** What the proxy should do, between the API's objects and the proxy's own language. */
import type { EndpointSlice, Ingress, IngressClass, Secret, Service } from '../api/types.ts';
import type { Options } from './annotations.ts';

export interface Endpoint {
  address: string;
  port: number;
}

/** `{host}{path}` leads to a backend; host `*` stands for every host that no other route names. */
export interface Route {
  host: string;
  /** `prefix` goes by whole elements of the path, `start` by its characters. */
  match: 'exact' | 'prefix' | 'start' | 'regex';
  path: string;
  backend: string;
}

export interface Backend {
  name: string;
  endpoints: readonly Endpoint[];
  options: Options;
  /** The path is replaced: wholly, or by the groups of a pattern. */
  rewrite?: { pattern?: string; target: string };
  /** Who comes without TLS is sent on to https. */
  redirectsToTls: boolean;
}

export interface Certificate {
  name: string;
  hosts: readonly string[];
  /** Chain and private key. */
  pem: string;
}

export interface Site {
  routes: readonly Route[];
  backends: readonly Backend[];
  certificates: readonly Certificate[];
  /** Those that are ours to carry out. */
  ingresses: readonly Ingress[];
  problems: readonly Problem[];
  /** `Service/namespace/name`, `Secret/namespace/name`: a change of anything else changes nothing here. */
  refersTo: ReadonlySet<string>;
}

/** What is told to the owner of an Ingress, as an event. */
export interface Problem {
  ingress: Ingress;
  reason: string;
  message: string;
}

/** What is read of the cluster. */
export interface World {
  ingresses: Iterable<Ingress>;
  class(name: string): IngressClass | undefined;
  /** By `namespace/name`. */
  service(key: string): Service | undefined;
  slices(serviceKey: string): readonly EndpointSlice[];
  secret(key: string): Secret | undefined;
}
