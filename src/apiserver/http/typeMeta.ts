/** What an object says that it is; empty where it does not. */
export function apiVersionAndKind(object: object): { apiVersion: string; kind: string } {
  const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string };
  return { apiVersion, kind };
}
