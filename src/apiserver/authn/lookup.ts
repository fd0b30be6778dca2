import type { Node, Pod, Secret, ServiceAccount } from '../../api/types.ts';

/** What tokens refer to, as it is now. */
export interface TokenLookup {
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  pod(namespace: string, name: string): Promise<Pod | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  node(name: string): Promise<Node | undefined>;
}
