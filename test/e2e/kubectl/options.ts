/** Options that every command takes, and commands that only look or only write files. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rowsOf } from '../../support/columns.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { first } from './app.ts';
import { placeOf, programs, refuses } from './cluster.ts';

const known = [...new Set([programs[0], programs.at(-1)])].filter((program) => program !== undefined);

for (const { version, path } of known)
  describe(`kubectl ${version} and its options`, () => {
    const own = `options-${version.replace('.', '-')}`;
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-options-'));
    before(async () => {
      const place = await placeOf(own);
      kubectl = kubectlWith(place.kubeconfig, path);
      await kubectl.input(first, 'apply', '-f', '-');
      await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await kubectl('delete', 'namespace', own, '--wait=false');
    });

    test('--v=8 shows each request and its answer', async () => {
      const { stderr } = await kubectl.attempt('get', 'configmaps', '--v=8');
      assert.match(stderr, new RegExp(`GET.*/api/v1/namespaces/${own}/configmaps`));
      assert.match(stderr, /200 OK/);
      assert.match(stderr, /Content-Type: application\/json/);
      assert.match(stderr, /Response Body.*ConfigMapList|Response Body.*Table/);
    });

    test('--context, --namespace, --as and --request-timeout', async () => {
      const context = (await kubectl('config', 'current-context')).trim();
      const all = ['--context', context, '--namespace', own, '--as=admin', '--as-group=system:masters'];
      assert.equal(
        await kubectl(...all, '--request-timeout=10s', 'get', 'configmap', 'settings', '-o', 'name'),
        'configmap/settings\n',
      );
      await refuses(
        kubectl.attempt('--context', 'nobody', 'get', 'pods'),
        /context.* nobody|context "nobody" does not exist/,
      );
      await refuses(
        kubectl.attempt('get', 'pods', '--as=stranger', '-n', 'kube-system'),
        /User "stranger" cannot list resource "pods" in API group "" in the namespace "kube-system"/,
      );
      // A watch ends when its time is over.
      const watched = await kubectl.attempt('get', 'configmaps', '-w', '-o', 'name', '--request-timeout=3s');
      assert.match(watched.stdout, /configmap\/settings/);
    });

    test('config: contexts, users and clusters of a file of one’s own', async () => {
      assert.match(await kubectl('config', 'get-contexts', '-o', 'name'), /^switchboard-e2e-kubectl$/m);
      await kubectl('config', 'set-context', 'mine', '--cluster=switchboard-e2e-kubectl', '--user=nobody');
      assert.match(await kubectl('config', 'get-contexts'), /mine +switchboard-e2e-kubectl +nobody/);
      await kubectl('config', 'rename-context', 'mine', 'yours');
      await kubectl('config', 'delete-context', 'yours');
      assert.doesNotMatch(await kubectl('config', 'get-contexts', '-o', 'name'), /mine|yours/);
      assert.match(
        await kubectl('config', 'view', '--minify', '--flatten'),
        /client-certificate-data: \S{50}/,
      );
    });

    test('cluster-info dump writes objects and logs', async () => {
      const dump = join(directory, 'dump');
      await kubectl('cluster-info', 'dump', `--namespaces=${own}`, `--output-directory=${dump}`);
      const pod = (
        await kubectl('get', 'pods', '-l', 'app=app', '-o', 'jsonpath={.items[0].metadata.name}')
      ).trim();
      for (const name of [
        'nodes.json',
        `${own}/deployments.json`,
        `${own}/events.json`,
        `${own}/${pod}/logs.txt`,
      ])
        assert.ok(existsSync(join(dump, name)), name);
    });

    test('kustomize prints what apply -k sends, and get, diff and delete take -k too', async () => {
      const base = join(directory, 'base');
      mkdirSync(base);
      writeFileSync(join(base, 'first.yaml'), first);
      writeFileSync(
        join(base, 'kustomization.yaml'),
        'namePrefix: k-\ncommonLabels: {made: by-kustomize}\nresources: [first.yaml]\nimages: [{name: nginx, newTag: "1.26"}]\n',
      );
      const printed = await kubectl('kustomize', base);
      assert.match(printed, /name: k-app/);
      assert.match(printed, /image: nginx:1\.26/);
      assert.equal(await kubectl('apply', '-k', base), await afterEach(base, 'created'));
      assert.equal((await kubectl.attempt('diff', '-k', base)).code, 0);
      assert.match(await kubectl('get', '-k', base, '-o', 'name'), /deployment\.apps\/k-app/);
      assert.match(await kubectl('delete', '-k', base), /deployment\.apps "k-app" deleted/);
    });
    const afterEach = async (base: string, word: string) =>
      (await kubectl('get', '-k', base, '-o', 'name')).replaceAll('\n', ` ${word}\n`);

    test('version and api-resources in their forms', async () => {
      const version = JSON.parse(await kubectl('version', '-o', 'json')) as object;
      assert.partialDeepStrictEqual(version, { serverVersion: { major: '1', minor: '36' } });
      const rows = rowsOf(await kubectl('api-resources', '-o', 'wide', '--api-group=apps'));
      const deployments = rows.find(({ NAME }) => NAME === 'deployments');
      for (const verb of ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'])
        assert.match(deployments?.['VERBS'] ?? '', new RegExp(`\\b${verb}\\b`));
      const wide = await kubectl('api-resources', '--namespaced=false', '--verbs=list,watch', '-o', 'name');
      assert.match(wide, /^nodes$/m);
      assert.match(wide, /^ingressclasses\.networking\.k8s\.io$/m);
      assert.doesNotMatch(wide, /^(pods|tokenreviews.*)$/m);
      assert.doesNotMatch(await kubectl('api-resources', '--no-headers'), /SHORTNAMES/);
    });

    test('explain knows every kind that is served', async () => {
      for (const [what, said] of [
        ['ingress.spec.rules.http.paths', /pathType\s+<string>/],
        ['networkpolicy.spec', /podSelector\s+<\w+>/],
        ['cronjob.spec.jobTemplate.spec.template.spec.containers', /image\s+<string>/],
        ['pdb.spec', /minAvailable\s+<(string|IntOrString)>/],
        ['crd.spec.versions', /served\s+<boolean>/],
        ['clusterrole.rules', /verbs\s+<\[\]string>/],
      ] as const)
        assert.match(await kubectl('explain', what), said);
      const everything = await kubectl('explain', 'networkpolicies', '--recursive');
      assert.match(everything, /ipBlock\s+<\w+>\n\s+cidr\s+<string>/);
      await refuses(kubectl.attempt('explain', 'pod.spec.colour'), /field "colour" does not exist/);
    });
  });
