/** `/attach/{namespace}/{pod}/{container}`: the streams of a container's first process. */
import { podNamed, runningContainer } from './containers.ts';
import type { Deps } from './contract.ts';
import { serveProcess } from './process.ts';
import { type Remote, wantedOf } from './remote.ts';
import type { Place } from './routes.ts';

export function attach(place: Place, query: URLSearchParams, { pods, runtime }: Deps) {
  const wanted = wantedOf(query);
  podNamed(pods, place.namespace, place.pod);
  const { id } = runningContainer(pods.containers(place.namespace, place.pod), place.container);
  return {
    wanted,
    // How the container ended stands in the pod's status; the streams just end.
    serve: (remote: Remote) =>
      serveProcess(
        () => runtime.attach(id, { stdin: wanted.stdin }),
        remote,
        () => ({ exitCode: 0 }),
      ),
  };
}
