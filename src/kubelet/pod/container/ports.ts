import type { Container } from '../../../api/types.ts';

/** A number stays what it is; a name is one of the container's own ports. */
export function portNumber(container: Container, port: string | number): number {
  if (typeof port === 'number' || /^\d+$/.test(port)) return Number(port);
  const found = container.ports?.find((p) => p.name === port);
  if (!found) throw new Error(`couldn't find port: ${port} in container ${container.name}`);
  return found.containerPort;
}
