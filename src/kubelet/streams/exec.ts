/** `/exec/{namespace}/{pod}/{container}`: a command in a running container. */
import { podNamed, runningContainer } from './containers.ts';
import type { Deps } from './contract.ts';
import { serveProcess } from './process.ts';
import { Refusal } from './refusal.ts';
import { type Remote, wantedOf } from './remote.ts';
import type { Place } from './routes.ts';

/** What is wrong with the request is said before the connection is upgraded. */
export function exec(place: Place, query: URLSearchParams, { pods, runtime }: Deps) {
  const wanted = wantedOf(query);
  const argv = query.getAll('command');
  if (argv.length === 0) throw new Refusal(400, 'you must specify at least one command for the container');
  podNamed(pods, place.namespace, place.pod);
  const { id } = runningContainer(pods.containers(place.namespace, place.pod), place.container);
  return {
    wanted,
    serve: (remote: Remote) =>
      serveProcess(() => runtime.exec(id, argv, { tty: wanted.tty, stdin: wanted.stdin }), remote),
  };
}
