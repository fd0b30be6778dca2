import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { configMaps, events, pods, secrets, services } from '../../src/api/resource.ts';
import type { KubeObject, Pod } from '../../src/api/types.ts';
import { createHandler } from '../../src/apiserver/handler.ts';
import { localClient } from '../../src/apiserver/local.ts';
import type { Client } from '../../src/client/contract.ts';
import type { ContainerRuntime, Image, ImageStore } from '../../src/kubelet/contract.ts';
import { type Kubelet, startKubelet } from '../../src/kubelet/index.ts';
import { findCgroups } from '../../src/kubelet/runtime/cgroup.ts';
import { conmonRuntime } from '../../src/kubelet/runtime/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { identify } from '../../src/lib/process.ts';
import type { Store } from '../../src/store/contract.ts';
import { openMemory } from '../../src/store/index.ts';
import { busyboxImage, inside, runInside, temporaryDirectory } from '../support/containers.ts';
import { testPodNetwork } from '../support/podNetwork.ts';

if (!inside) test('pods run on a node', () => runInside(import.meta.filename));
else
  describe('a node', { timeout: 160_000 }, () => {
    const directory = temporaryDirectory();
    const cgroupParent = `/switchboard-test-${process.pid}`;
    const network = testPodNetwork(directory);
    let store: Store;
    let client: Client;
    let images: ImageStore;
    let runtime: ContainerRuntime;
    let kubelet: Kubelet;
    let agent: AbortController;
    /** Every status of every pod, in the order in which the API had it. */
    const seen: Pod[] = [];
    const watching = new AbortController();

    before(async () => {
      store = openMemory({ clock: systemClock, history: { changes: 1000, characters: 1e7 } });
      const handler = createHandler({
        store,
        clock: systemClock,
        authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
      });
      client = localClient(handler, { name: 'admin', groups: ['system:masters'] });
      images = testImages(await busyboxImage(directory, { Cmd: ['sleep', '1000'] }));
      // The agent knows them from the beginning, as it must when their pods come.
      await apply(`
kind: Service
metadata: {name: backend}
spec: {clusterIP: 10.96.0.77, ports: [{name: web, port: 80}]}
---
kind: Service
metadata: {name: undeclared}
spec: {clusterIP: 10.96.0.78, selector: {app: undeclared}, ports: [{port: 80, targetPort: 8081}]}
`);
      startAgent();
      await kubelet.synced;
      void watch();
    });

    after(async () => {
      for (const { metadata } of (await client.list(pods)).items) await remove(metadata.name, 0);
      await eventually('the end of all pods', async () => kubelet.pods().length === 0).finally(() => {
        agent.abort();
        watching.abort();
        void store.close();
      });
      assert.deepEqual(readdirSync(`${directory}/state/containers`), []);
      assert.deepEqual(readdirSync(`${directory}/state/pods`), []);
      assert.deepEqual(readdirSync(`${directory}/logs`), []);
      assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), new RegExp(directory));
      rmSync(directory, { recursive: true, force: true });
      findCgroups()?.remove(cgroupParent);
    });

    function startAgent(): void {
      agent = new AbortController();
      const { signal } = agent;
      const [state, logs] = [`${directory}/state`, `${directory}/logs`];
      mkdirSync(logs, { recursive: true });
      const runDirectory = `${directory}/run`;
      const clock = systemClock;
      runtime = conmonRuntime({ stateDirectory: state, runDirectory, cgroupParent, clock, signal });
      kubelet = startKubelet({
        client,
        nodeName: 'node1',
        nodeIPs: ['172.30.0.2'],
        notReady: () => undefined,
        network,
        images,
        runtime,
        beforeStart: async () => {},
        clusterDNS: ['10.96.0.10'],
        clusterDomain: 'cluster.local',
        paths: { state, logs },
        clock,
        signal,
        quietMs: 50,
      });
    }

    async function watch(): Promise<void> {
      const query = { signal: watching.signal, resourceVersion: '0' };
      for await (const { object } of client.watch(pods, query)) seen.push(object as Pod);
    }

    async function apply(yaml: string): Promise<void> {
      const kinds = { Pod: pods, ConfigMap: configMaps, Secret: secrets, Service: services };
      for (const document of parseAllDocuments(yaml)) {
        const object = document.toJS() as KubeObject & { kind: keyof typeof kinds };
        object.metadata.namespace ??= 'default';
        if (object.kind === 'Pod') onNode(object as Pod);
        await client.create(kinds[object.kind] as never, object as never);
      }
    }

    function onNode({ spec }: Pod): void {
      if (!spec) return;
      spec.nodeName = 'node1';
      spec.terminationGracePeriodSeconds ??= 1;
    }

    const get = (name: string) => client.get(pods, name, 'default');

    async function remove(name: string, gracePeriodSeconds?: number): Promise<void> {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      await client.delete(pods, { name, namespace: 'default' }, options);
    }

    async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
      for (let i = 0; i < 6000; i++) {
        const found = await look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`${what} did not happen`);
    }

    const when = (name: string, what: string, is: (pod: Pod) => unknown): Promise<Pod> =>
      eventually(`${name}: ${what}`, async () => {
        const pod = await get(name);
        return is(pod) ? pod : undefined;
      }).catch(async (err: unknown) => {
        throw new Error(`${String(err)}: ${JSON.stringify((await get(name)).status, null, 1)}`);
      });

    const gone = (name: string) =>
      eventually(`${name} gone`, () =>
        get(name).then(
          () => false,
          () => true,
        ),
      );

    const condition = (pod: Pod, type: string) =>
      pod.status?.conditions?.find((c) => c.type === type)?.status;
    const isReady = (pod: Pod) => condition(pod, 'Ready') === 'True';
    const ready = (name: string) => when(name, 'Ready', isReady);
    const first = (pod: Pod) => pod.status?.containerStatuses?.[0];

    function logOf(name: string, container = 'main'): string {
      const record = kubelet.container('default', name, container);
      return readFileSync(record?.logPath ?? '', 'utf8').replace(/^\S+ \S+ F /gm, '');
    }

    async function inPod(name: string, script: string, container = 'main'): Promise<string> {
      const { id = '' } = kubelet.container('default', name, container) ?? {};
      const session = await kubelet.runtime.exec(id, ['sh', '-c', script], { tty: false, stdin: false });
      session.stderr?.resume();
      return (await text(session.stdout)).trim();
    }

    const eventsOf = async (name: string): Promise<string[]> =>
      (await client.list(events)).items
        .filter((e) => e.involvedObject.name === name)
        .map((e) => `${e.type} ${e.reason}: ${e.message}`);
    const told = (name: string, what: RegExp) =>
      eventually(`${name}: ${what.source}`, async () => (await eventsOf(name)).some((e) => what.test(e)));

    test('a pod comes up, Ready, with an address, a name and the files in /etc', async (t) => {
      const from = performance.now();
      await apply(`
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec:
  hostname: web-0
  subdomain: web
  hostAliases: [{ip: 10.1.1.1, hostnames: [far.example]}]
  containers:
  - name: main
    image: busybox
    env:
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: GREETING, value: "hello $(IP) $$(IP)"}
    resources: {limits: {memory: 64Mi, cpu: 500m}}
`);
      const pod = await ready('web-0');
      t.diagnostic(`create to Ready: ${(performance.now() - from).toFixed(0)} ms`);
      const ip = pod.status?.podIP;
      assert.match(ip ?? '', /^10\.244\.0\.\d+$/);
      assert.equal(pod.status?.phase, 'Running');
      assert.equal(pod.status?.hostIP, '172.30.0.2');
      assert.equal(first(pod)?.ready, true);
      assert.match(first(pod)?.containerID ?? '', /^crun:\/\/[0-9a-f]{64}$/);
      assert.equal(await inPod('web-0', 'hostname'), 'web-0');
      assert.match(
        await inPod('web-0', 'cat /etc/hosts'),
        new RegExp(`${ip}\tweb-0.web.default.svc.cluster.local\tweb-0`),
      );
      assert.match(await inPod('web-0', 'cat /etc/hosts'), /10.1.1.1\tfar.example/);
      assert.match(
        await inPod('web-0', 'cat /etc/resolv.conf'),
        /search default.svc.cluster.local svc.cluster.local cluster.local.*\nnameserver 10.96.0.10\noptions ndots:5/,
      );
      const env = await inPod('web-0', 'env');
      assert.match(env, new RegExp(`GREETING=hello ${ip} \\$\\(IP\\)`));
      assert.match(env, /BACKEND_SERVICE_HOST=10.96.0.77/);
      assert.match(env, /BACKEND_PORT_80_TCP=tcp:\/\/10.96.0.77:80/);
      const all = await eventually('Started', async () => {
        const list = await eventsOf('web-0');
        return list.length >= 3 && list;
      });
      assert.deepEqual(all.sort(), [
        'Normal Created: Created container: main',
        'Normal Pulled: Container image "busybox" already present on machine',
        'Normal Started: Started container main',
      ]);
    });

    test('init containers run in order before the others, a sidecar stays', async () => {
      await apply(`
kind: Pod
metadata: {name: steps}
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
  - {name: one, image: busybox, command: [sh, -c, echo one >> /shared/log], volumeMounts: [{name: shared, mountPath: /shared}]}
  - {name: side, image: busybox, restartPolicy: Always, command: [sh, -c, echo side >> /shared/log; touch /shared/side; sleep 100], volumeMounts: [{name: shared, mountPath: /shared}]}
  - {name: two, image: busybox, command: [sh, -c, 'until [ -e /shared/side ]; do sleep 0.05; done; echo two >> /shared/log'], volumeMounts: [{name: shared, mountPath: /shared}]}
  containers:
  - {name: main, image: busybox, command: [sh, -c, echo main >> /shared/log; sleep 100], volumeMounts: [{name: shared, mountPath: /shared}]}
`);
      const pod = await ready('steps');
      const said = await eventually('main', async () => {
        const log = await inPod('steps', 'cat /shared/log');
        return log.includes('main') && log;
      });
      assert.equal(said, 'one\nside\ntwo\nmain');
      assert.deepEqual(
        pod.status?.initContainerStatuses?.map((s) => Object.keys(s.state ?? {})[0]),
        ['terminated', 'running', 'terminated'],
      );
    });

    test('one that keeps failing is in CrashLoopBackOff after its first restart', async () => {
      await apply(`
kind: Pod
metadata: {name: crash}
spec: {containers: [{name: main, image: busybox, command: [sh, -c, 'echo why > /dev/termination-log; exit 3']}]}
`);
      const pod = await when(
        'crash',
        'back-off',
        (p) => first(p)?.state?.waiting?.reason === 'CrashLoopBackOff',
      );
      assert.equal(first(pod)?.restartCount, 1);
      assert.equal(first(pod)?.lastState?.terminated?.exitCode, 3);
      assert.equal(first(pod)?.lastState?.terminated?.message, 'why\n');
      assert.match(
        first(pod)?.state?.waiting?.message ?? '',
        /^back-off 10s restarting failed container=main/,
      );
      assert.equal(pod.status?.phase, 'Running');
    });

    test('restartPolicy Never ends in Succeeded or Failed', async () => {
      const job = (name: string, code: number) => `
kind: Pod
metadata: {name: ${name}}
spec: {restartPolicy: Never, containers: [{name: main, image: busybox, terminationMessagePolicy: FallbackToLogsOnError, command: [sh, -c, echo last words; exit ${code}]}]}
`;
      await apply(job('good', 0));
      await apply(job('bad', 2));
      const good = await when('good', 'the end', (p) => p.status?.phase === 'Succeeded');
      const bad = await when('bad', 'the end', (p) => p.status?.phase === 'Failed');
      assert.equal(first(good)?.state?.terminated?.reason, 'Completed');
      assert.equal(condition(good, 'Ready'), 'False');
      assert.equal(first(bad)?.state?.terminated?.message, 'last words');
      assert.equal(logOf('good'), 'last words\n');
    });

    test('readiness follows its probe, over HTTP from the node', async () => {
      await apply(`
kind: Pod
metadata: {name: probed}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, mkdir /www; touch /www/ok; exec httpd -f -p 8080 -h /www]
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {path: /ok, port: http}, periodSeconds: 1, failureThreshold: 1}
`);
      await ready('probed');
      await inPod('probed', 'mv /www/ok /www/gone 2>/dev/null || busybox mv /www/ok /www/gone');
      const pod = await when('probed', 'not ready', (p) => !isReady(p));
      assert.equal(pod.status?.phase, 'Running');
      assert.equal(pod.status?.conditions?.find((c) => c.type === 'Ready')?.reason, 'ContainersNotReady');
      await inPod('probed', 'busybox mv /www/gone /www/ok');
      await ready('probed');
      await told('probed', /Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404/);
    });

    test('without a readiness probe a pod is ready when something listens on its ports', async () => {
      await apply(`
kind: Pod
metadata: {name: serves}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, mkdir /www; echo hello > /www/page; sleep 0.3; exec httpd -f -p 8080 -h /www]
    ports: [{containerPort: 8080}]
`);
      await ready('serves');
      assert.equal(await inPod('serves', 'wget -q -O - http://127.0.0.1:8080/page'), 'hello');
    });

    test('and on the ports to which a Service sends its clients, which nobody declares', async () => {
      await apply(`
kind: Pod
metadata: {name: undeclared, labels: {app: undeclared}}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, mkdir /www; echo hello > /www/page; sleep 0.3; exec httpd -f -p 8081 -h /www]
`);
      await ready('undeclared');
      assert.equal(await inPod('undeclared', 'wget -q -O - http://127.0.0.1:8081/page'), 'hello');
    });

    test('a container that fails its liveness probe is restarted', async () => {
      await apply(`
kind: Pod
metadata: {name: alive}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: main, image: busybox, command: [sh, -c, touch /tmp/ok; sleep 1000], livenessProbe: {exec: {command: [cat, /tmp/ok]}, initialDelaySeconds: 1, timeoutSeconds: 10, periodSeconds: 1, failureThreshold: 1}}
`);
      await ready('alive');
      await inPod('alive', 'busybox rm /tmp/ok');
      const pod = await when('alive', 'restart', (p) => first(p)?.restartCount === 1 && first(p)?.ready);
      assert.equal(first(pod)?.lastState?.terminated?.exitCode, 137);
      await told('alive', /^Normal Killing: Container main failed liveness probe, will be restarted$/);
    });

    test('volumes: files of ConfigMaps and Secrets, kept up to date, subPath and downward API', async () => {
      await apply(`
kind: ConfigMap
metadata: {name: settings}
data: {color: red, shape: round}
---
kind: Secret
metadata: {name: keys}
data: {password: aHVzaA==}
---
kind: Pod
metadata: {name: files, labels: {tier: db}}
spec:
  securityContext: {fsGroup: 2000}
  volumes:
  - {name: settings, configMap: {name: settings, items: [{key: color, path: deep/color}]}}
  - {name: keys, secret: {secretName: keys, defaultMode: 256}}
  - {name: self, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
  containers:
  - name: main
    image: busybox
    env:
    - {name: SHAPE, valueFrom: {configMapKeyRef: {name: settings, key: shape}}}
    envFrom: [{prefix: K_, secretRef: {name: keys}}]
    volumeMounts:
    - {name: settings, mountPath: /settings}
    - {name: settings, mountPath: /color, subPath: deep/color}
    - {name: keys, mountPath: /keys, readOnly: true}
    - {name: self, mountPath: /self}
    - {name: scratch, mountPath: /scratch}
`);
      await ready('files');
      assert.equal(await inPod('files', 'cat /settings/deep/color /color'), 'redred');
      assert.equal(
        await inPod('files', 'cat /keys/password; stat -Lc " %a %g" /keys/password'),
        'hush 440 2000',
      );
      assert.equal(await inPod('files', 'cat /self/labels'), 'tier="db"');
      assert.equal(await inPod('files', 'echo $SHAPE $K_password'), 'round hush');
      assert.match(await inPod('files', 'mount'), /tmpfs on \/scratch .*size=1024k/);
      assert.equal(await inPod('files', 'stat -c "%a %g" /scratch'), '3777 2000');
      await client.patch(configMaps, { name: 'settings', namespace: 'default' }, { data: { color: 'blue' } });
      await eventually(
        'the new colour',
        async () => (await inPod('files', 'cat /settings/deep/color')) === 'blue',
      );
      assert.equal(await inPod('files', 'cat /color'), 'red');
    });

    test('containers of a pod share its network, its shared memory and its sysctls', async () => {
      await apply(`
kind: Pod
metadata: {name: shares}
spec:
  securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "7"}]}
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'mkdir -p /www; echo hello > /www/index.html; echo mine > /dev/shm/x; exec httpd -f -p 80 -h /www']
    lifecycle: {postStart: {exec: {command: [sh, -c, mkdir -p /www; echo started > /www/hook]}}}
  - {name: other, image: busybox}
`);
      await ready('shares');
      await eventually(
        'its server',
        async () => (await inPod('shares', 'wget -q -O - http://localhost/', 'other')) === 'hello',
      );
      assert.equal(await inPod('shares', 'wget -q -O - http://localhost/hook', 'other'), 'started');
      assert.equal(await inPod('shares', 'cat /dev/shm/x', 'other'), 'mine');
      assert.equal(await inPod('shares', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start', 'other'), '7');
      assert.doesNotMatch(await inPod('shares', 'ps', 'other'), /httpd/);
    });

    test("a pod on the node's network and among its processes", async () => {
      await apply(`
kind: Pod
metadata: {name: host}
spec:
  hostNetwork: true
  hostPID: true
  containers: [{name: main, image: busybox, securityContext: {privileged: true}, command: [sh, -c, 'sleep 1001 & sleep 1002']}]
`);
      const pod = await ready('host');
      assert.equal(pod.status?.podIP, '172.30.0.2');
      assert.equal(
        await inPod('host', 'busybox readlink /proc/self/ns/net'),
        readlinkSync('/proc/self/ns/net'),
      );
      assert.match(await inPod('host', 'ps'), /conmon/);
      const left = await eventually('its background', () => inPod('host', 'ps | grep "sleep 100[1]"'));
      await remove('host', 0);
      await eventually('its end', async () => kubelet.pod('default', 'host') === undefined);
      const pid = Number(/^ *(\d+) .*sleep 1001/m.exec(left)?.[1]);
      assert.ok(pid > 0 && identify(pid) === undefined, 'what it left in the background has ended too');
    });

    test('what is not supported is refused, with the reason', async () => {
      await apply(
        '{kind: Pod, metadata: {name: remote}, spec: {volumes: [{name: data, nfs: {server: s, path: /}}], containers: [{name: main, image: busybox}]}}',
      );
      await apply(
        '{kind: Pod, metadata: {name: mapped}, spec: {hostUsers: false, containers: [{name: main, image: busybox}]}}',
      );
      await apply(
        '{kind: Pod, metadata: {name: porter}, spec: {containers: [{name: main, image: busybox, ports: [{containerPort: 80, hostPort: 8080, hostIP: "::1"}]}]}}',
      );
      await apply(
        '{kind: Pod, metadata: {name: claiming}, spec: {resourceClaims: [{name: gpu, resourceClaimName: gpu}], containers: [{name: main, image: busybox}]}}',
      );
      await told(
        'remote',
        /Warning FailedMount: MountVolume.SetUp failed for volume "data" : volumes of type nfs are not supported/,
      );
      await told(
        'mapped',
        /Warning FailedCreatePodSandBox: Failed to create pod sandbox: can't set `spec\.hostUsers: false`, runtime does not support user namespaces/,
      );
      await told('claiming', /resourceClaims are not supported/);
      await told('porter', /hostIP ::1 is not supported/);
      assert.equal((await get('remote')).status?.phase, 'Pending');
    });

    const kill = (command: string) =>
      `busybox kill -9 $(busybox ps -o pid,args | busybox awk '$0 ~ / ${command}$/ { print $1 }')`;

    test('containers may share their processes, which end with the pod', async () => {
      await apply(`
kind: Pod
metadata: {name: together}
spec:
  shareProcessNamespace: true
  containers:
  - {name: main, image: busybox, command: [sh, -c, sleep 2001 & exec sleep 2002]}
  - {name: side, image: busybox, command: [sleep, '2003']}
`);
      await ready('together');
      const processes = await eventually('its processes', async () => {
        const listed = await inPod('together', 'busybox ps -o pid,args', 'side');
        return ['2001', '2002'].every((n) => new RegExp(` sleep ${n}$`, 'm').test(listed)) && listed;
      });
      assert.match(processes, /^ +1 catatonit -P$/m);
      for (const command of ['sleep 2001', 'sleep 2002', 'sleep 2003'])
        assert.match(processes, new RegExp(`^ *\\d+ ${command}$`, 'm'));
      const { pid: before } = kubelet.container('default', 'together', 'main') ?? {};
      await inPod('together', kill('sleep 2002'), 'side');
      await when(
        'together',
        'restart of one',
        (p) => p.status?.containerStatuses?.find((c) => c.name === 'main')?.restartCount === 1,
      );
      const after = kubelet.container('default', 'together', 'main');
      assert.notEqual(after?.pid, before);
      const holder = JSON.parse(
        readFileSync(
          `${directory}/state/pods/${(await get('together')).metadata.uid}/processes.json`,
          'utf8',
        ),
      ) as { pid: number };
      await remove('together');
      await gone('together');
      assert.equal(identify(holder.pid), undefined);
    });

    const addEphemeral = (name: string, container: string) =>
      client.patch(
        pods,
        { name, namespace: 'default' },
        { spec: { ephemeralContainers: [parse(container)] } },
        { type: 'strategic', subresource: 'ephemeralcontainers' },
      );
    const ephemeral = (pod: Pod, name: string) =>
      pod.status?.ephemeralContainerStatuses?.find((status) => status.name === name);

    test('an ephemeral container looks into a pod that runs, and sees the processes of its target', async () => {
      await apply(
        '{kind: Pod, metadata: {name: watched}, spec: {hostname: seen, containers: [{name: main, image: busybox, command: [sleep, "3001"]}]}}',
      );
      const before = await ready('watched');
      await addEphemeral(
        'watched',
        '{name: look, image: busybox, targetContainerName: main, command: [sh, -c, "busybox ps -o args; busybox hostname; busybox ip -o -4 addr show eth0; exec sleep 3002"]}',
      );
      const pod = await when('watched', 'debugger', (p) => ephemeral(p, 'look')?.state?.running);
      assert.deepEqual(pod.status?.containerStatuses, before.status?.containerStatuses);
      assert.equal(ephemeral(pod, 'look')?.ready, false);
      const log = await eventually('its log', async () => {
        const said = logOf('watched', 'look');
        return said.includes(`${pod.status?.podIP}/`) && said;
      });
      assert.match(log, /^sleep 3001$/m);
      assert.match(log, /^seen$/m);
      assert.match(await inPod('watched', 'busybox ps -o args', 'look'), /^sleep 3001$/m);
      await told('watched', /^Normal Started: Started container look$/);
      await inPod('watched', kill('sleep 3002'), 'look');
      await when('watched', 'its end', (p) => ephemeral(p, 'look')?.state?.terminated);
      assert.equal(isReady(await get('watched')), true);
    });

    test('an ephemeral container runs once, and does not keep a pod that is over', async () => {
      await apply(
        '{kind: Pod, metadata: {name: brief}, spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sh, -c, "until [ -e /tmp/go ]; do sleep 0.05; done"]}]}}',
      );
      await ready('brief');
      await addEphemeral('brief', '{name: once, image: busybox, command: [sh, -c, exit 5]}');
      await addEphemeral('brief', '{name: stays, image: busybox, command: [sleep, "1000"]}');
      await addEphemeral('brief', '{name: lost, image: registry.invalid/none, command: [sleep, "1000"]}');
      const pod = await when(
        'brief',
        'both',
        (p) =>
          ephemeral(p, 'once')?.state?.terminated &&
          ephemeral(p, 'stays')?.state?.running &&
          /Err|Back/.test(ephemeral(p, 'lost')?.state?.waiting?.reason ?? ''),
      );
      assert.equal(ephemeral(pod, 'once')?.state?.terminated?.exitCode, 5);
      assert.equal(isReady(pod), true);
      await inPod('brief', 'busybox touch /tmp/go');
      const over = await when('brief', 'the end', (p) => p.status?.phase === 'Succeeded');
      assert.equal(ephemeral(over, 'once')?.restartCount, 0);
      await when('brief', 'the end of what stayed', (p) => ephemeral(p, 'stays')?.state?.terminated);
    });

    test('what cannot be configured says so, and starts once it can', async () => {
      await apply(`
kind: Pod
metadata: {name: waits}
spec:
  containers:
  - {name: main, image: busybox, env: [{name: A, valueFrom: {configMapKeyRef: {name: later, key: a}}}]}
`);
      const pod = await when(
        'waits',
        'an error',
        (p) => first(p)?.state?.waiting?.reason === 'CreateContainerConfigError',
      );
      assert.equal(first(pod)?.state?.waiting?.message, 'configmap "later" not found');
      await apply('{kind: ConfigMap, metadata: {name: later}, data: {a: "1"}}');
      await ready('waits');
    });

    test('an image that cannot be pulled: ErrImagePull, then ImagePullBackOff, with the reason', async () => {
      await apply('{kind: Pod, metadata: {name: nope}, spec: {containers: [{name: main, image: nope}]}}');
      const reasons = () =>
        seen.filter((p) => p.metadata.name === 'nope').map((p) => first(p)?.state?.waiting?.reason);
      await when('nope', 'back-off', (p) => first(p)?.state?.waiting?.reason === 'ImagePullBackOff');
      await eventually('ErrImagePull', async () => reasons().includes('ErrImagePull'));
      await told('nope', /^Warning Failed: Failed to pull image "nope": manifest unknown$/);
    });

    test('a deleted pod stays Ready as its probes say, runs its preStop hook, hears its signal, and is gone', async () => {
      await apply(`
kind: Pod
metadata: {name: leaving}
spec:
  terminationGracePeriodSeconds: 30
  volumes: [{name: out, hostPath: {path: ${directory}/out, type: DirectoryOrCreate}}]
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'trap "echo term >> /out/log; exit 0" TERM; touch /out/set; while true; do sleep 0.05; done']
    lifecycle: {preStop: {exec: {command: [sh, -c, echo hook >> /out/log]}}}
    volumeMounts: [{name: out, mountPath: /out}]
`);
      const { metadata } = await ready('leaving');
      await eventually('the trap', async () => existsSync(`${directory}/out/set`));
      await remove('leaving');
      await gone('leaving');
      assert.equal(readFileSync(`${directory}/out/log`, 'utf8'), 'hook\nterm\n');
      const last = await eventually('its last status', async () => {
        const all = seen.filter((p) => p.metadata.uid === metadata.uid);
        return all.at(-1)?.status?.phase === 'Succeeded' && all;
      });
      const ending = last.filter((p) => p.metadata.deletionTimestamp && first(p)?.state?.running);
      // That it ends takes it out of the endpoints; that it still serves is for those who have nothing else.
      assert.ok(ending.length > 0 && ending.every(isReady), 'Ready while it still runs');
      await eventually('removal', async () => !existsSync(`${directory}/state/pods/${metadata.uid}`));
    });

    test('a deleted pod that still runs is no longer Ready when its readiness probe says so', async () => {
      await apply(`
kind: Pod
metadata: {name: draining}
spec:
  terminationGracePeriodSeconds: 60
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'trap "rm /serves" TERM; touch /serves; while true; do sleep 0.05; done']
    readinessProbe: {exec: {command: [test, -f, /serves]}, periodSeconds: 1, failureThreshold: 1}
`);
      const { metadata } = await ready('draining');
      await remove('draining');
      await eventually('that it is not Ready, and runs', async () =>
        seen.some(
          (p) =>
            p.metadata.uid === metadata.uid &&
            first(p)?.state?.running &&
            !isReady(p) &&
            p.metadata.deletionTimestamp,
        ),
      );
      await remove('draining', 1);
      await gone('draining');
    });

    test('one that does not listen is killed after its grace period', async () => {
      await apply(`
kind: Pod
metadata: {name: stubborn}
spec:
  terminationGracePeriodSeconds: 60
  containers: [{name: main, image: busybox, command: [sh, -c, 'trap "" TERM; while true; do sleep 1; done']}]
`);
      await ready('stubborn');
      await remove('stubborn');
      const from = performance.now();
      await remove('stubborn', 1);
      await gone('stubborn');
      assert.ok(performance.now() - from < 30_000, 'not after the 60 s that it first had');
    });

    test('a new agent leaves running pods as they are and takes deleted ones away', async () => {
      await apply(
        '{kind: Pod, metadata: {name: lasting}, spec: {containers: [{name: main, image: busybox, readinessProbe: {exec: {command: ["true"]}}}]}}',
      );
      await apply(
        '{kind: Pod, metadata: {name: doomed}, spec: {containers: [{name: main, image: busybox}]}}',
      );
      const before = await ready('lasting');
      await ready('doomed');
      agent.abort();
      await remove('doomed', 0);
      const from = seen.length;
      startAgent();
      await kubelet.synced;
      await eventually(
        'removal of doomed',
        async () => !(await runtime.list()).some((r) => r.podName === 'doomed'),
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      const now = await ready('lasting');
      assert.equal(first(now)?.containerID, first(before)?.containerID);
      assert.equal(now.status?.podIP, before.status?.podIP);
      const told = seen.slice(from).filter((p) => p.metadata.name === 'lasting');
      assert.deepEqual(
        told.filter((p) => !isReady(p)),
        [],
      );
    });

    test('ten pods at once', async (t) => {
      const from = performance.now();
      const names = Array.from({ length: 10 }, (_, i) => `many-${i}`);
      for (const name of names)
        await apply(
          `{kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: main, image: busybox}]}}`,
        );
      for (const name of names) await ready(name);
      t.diagnostic(`10 pods in ${(performance.now() - from).toFixed(0)} ms`);
      for (const name of names) await remove(name, 1);
      for (const name of names) await gone(name);
    });
  });

function testImages(image: Image): ImageStore {
  return {
    find: async (reference) => (reference === 'busybox' ? image : undefined),
    pull: async () => {
      throw new Error('manifest unknown');
    },
    list: async () => [image],
  };
}
