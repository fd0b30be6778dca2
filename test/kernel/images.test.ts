import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { describeImage } from '../../images/build/oci.ts';
import { blobPath } from '../../src/kubelet/images/layout.ts';
import { ifFree } from '../../src/kubelet/images/lock.ts';
import { imageStore, type LocalImageStore } from '../../src/kubelet/images/store.ts';
import { run } from '../../src/lib/exec.ts';
import { type Registry, registryProgram, startRegistry } from '../support/registry.ts';

const lockModule = new URL('../../src/kubelet/images/lock.ts', import.meta.url).href;
const backend = new URL('../support/backend.ts', import.meta.url).pathname;
/** Of the password `opensesame`. */
const htpasswd = 'reader:$2b$04$pPBdFzcjZ2fAI1qUDccpneZd8nJr/gXXGm.kKVjoN2BQ.sZJy3k1O';

describe('images come from registries and archives', { timeout: 90_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'images-'));
  let open: Registry;
  let guarded: Registry;
  let dir: string;
  let store: LocalImageStore;

  before(async () => {
    const program = await registryProgram(directory);
    open = await startRegistry(program, join(directory, 'open'));
    guarded = await startRegistry(program, join(directory, 'guarded'), htpasswd);
    await writeTestImage(join(directory, 'image'));
    await push(`${open.host}/team/app:v1`);
    await push(`${guarded.host}/secret:v1`, '--dest-creds', 'reader:opensesame');
  });

  after(async () => {
    await open.stop();
    await guarded.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    dir = mkdtempSync(join(directory, 'store-'));
    store = imageStore({ dir });
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const push = (reference: string, ...options: string[]) => {
    const source = `oci:${join(directory, 'image')}:image`;
    const copy = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'];
    return run('skopeo', [...copy, ...options, source, `docker://${reference}`]);
  };

  test('a pulled image is unpacked with its owners and modes, layer over layer', async () => {
    const image = await store.pull(`${open.host}/team/app:v1`);
    const owner = statSync(join(image.rootfs, 'etc/owner'));
    assert.deepEqual([owner.uid, owner.gid], [1000, 2000]);
    assert.equal(statSync(join(image.rootfs, 'bin/su')).mode & 0o7777, 0o4755);
    assert.deepEqual(
      readdirSync(image.rootfs).sort(),
      ['bin', 'etc', 'new'],
      'the upper layer removed /gone',
    );
    assert.deepEqual(image.config, { Cmd: ['/bin/su'], User: '1000', StopSignal: 'SIGQUIT' });
    assert.equal(image.reference, `${open.host}/team/app:v1`);
    assert.match(image.id, /^sha256:[0-9a-f]{64}$/);
    assert.ok(image.sizeBytes > 0);
    assert.equal(image.pinned, false);
  });

  test('what one node pulled every node finds', async () => {
    const other = imageStore({ dir });
    assert.equal(await other.find(`${open.host}/team/app:v1`), undefined);
    const pulled = await store.pull(`${open.host}/team/app:v1`);
    assert.deepEqual(await other.find(`${open.host}/team/app:v1`), pulled);
    assert.equal(await other.find(`${open.host}/team/app:v2`), undefined);
  });

  test('an image is pulled by its digest', async () => {
    const inspected = JSON.parse(
      await run('skopeo', ['inspect', '--tls-verify=false', `docker://${open.host}/team/app:v1`]),
    );
    const reference = `${open.host}/team/app@${inspected.Digest}`;
    const image = await store.pull(reference);
    assert.equal(image.reference, reference);
    assert.equal((await store.find(reference))?.id, image.id);
  });

  test('an image whose layers are zstd is unpacked too', async () => {
    await push(`${open.host}/team/app:zstd`, '--dest-compress-format', 'zstd');
    const image = await store.pull(`${open.host}/team/app:zstd`);
    assert.equal(statSync(join(image.rootfs, 'etc/owner')).uid, 1000);
  });

  test('two tags of one image share all of it', async () => {
    await push(`${open.host}/team/app:again`);
    const [one, two] = await Promise.all(
      ['v1', 'again'].map((tag) => store.pull(`${open.host}/team/app:${tag}`)),
    );
    assert.equal(one?.rootfs, two?.rootfs);
    assert.equal(readdirSync(join(dir, 'rootfs')).length, 1);
    assert.equal(readdirSync(join(dir, 'blobs/sha256')).length, 4, 'two layers, a config, a manifest');
  });

  test('nodes that pull the same reference at once all get it', async () => {
    const stores = Array.from({ length: 4 }, () => imageStore({ dir }));
    const images = await Promise.all(stores.map((each) => each.pull(`${open.host}/team/app:v1`)));
    assert.equal(new Set(images.map(({ id }) => id)).size, 1);
    assert.deepEqual(readdirSync(join(dir, 'tmp')), [], 'nothing is left half done');
  });

  test('a moved tag is a new image, and the old one goes when nothing names it', async () => {
    const old = await store.pull(`${open.host}/team/app:v1`);
    await writeTestImage(join(directory, 'image'), 'changed');
    await push(`${open.host}/team/app:v1`);
    const moved = await store.pull(`${open.host}/team/app:v1`);
    assert.notEqual(moved.id, old.id);
    assert.equal(readFileSync(join(moved.rootfs, 'new'), 'utf8'), 'changed');
    await store.sweep();
    assert.deepEqual(readdirSync(join(dir, 'rootfs')), [moved.id.slice('sha256:'.length)]);
    await store.pull(`${open.host}/team/app:v1`);
  });

  test('credentials open a registry, and nothing of them stays on disk', async () => {
    const reference = `${guarded.host}/secret:v1`;
    await assert.rejects(store.pull(reference), { message: 'unauthorized: authentication required' });
    await assert.rejects(store.pull(reference, { username: 'reader', password: 'wrong' }), {
      message: 'unauthorized: authentication required',
    });
    assert.equal(await store.find(reference), undefined);
    const image = await store.pull(reference, { username: 'reader', password: 'opensesame' });
    assert.equal(image.reference, reference);
    assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
  });

  describe('a pull that fails says why', () => {
    test('no such tag, no such repository', async () => {
      await assert.rejects(store.pull(`${open.host}/team/app:none`), { message: 'manifest unknown' });
      await assert.rejects(store.pull(`${open.host}/none:v1`), {
        message: /^(manifest unknown|repository name not known to registry)$/,
      });
      assert.deepEqual(await store.list(), []);
      assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
    });

    test('no registry', () =>
      assert.rejects(store.pull('127.0.0.1:1/app'), { message: 'dial tcp 127.0.0.1:1: connection refused' }));

    test('no such host, asked where the registry is to be reached from', async () => {
      const script = `ip link set lo up; mkfifo ${dir}/ready; echo nameserver 127.0.0.1 > ${dir}/resolv.conf
        mount --bind ${dir}/resolv.conf /etc/resolv.conf
        ${process.execPath} ${backend} > ${dir}/ready & read -r _ < ${dir}/ready; "$@"`;
      const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
      const away = imageStore({ dir, enter: ['unshare', ...flags, 'sh', '-c', script, 'sh'] });
      await assert.rejects(away.pull('registry.example/app'), {
        message: 'lookup registry.example: no such host',
      });
    });

    test('a hermetic cluster asks no registry but those on the loopback', async () => {
      const hermetic = imageStore({ dir, hermetic: true });
      await assert.rejects(hermetic.pull('quay.io/app'), /^Error: quay\.io is not asked/);
      assert.equal((await hermetic.pull(`${open.host}/team/app:v1`)).reference, `${open.host}/team/app:v1`);
    });

    test('no reference', () => assert.rejects(store.pull('No Image'), /Cannot parse image reference/));
  });

  describe('archives', () => {
    const archive = async (format: string, name: string): Promise<string> => {
      const file = join(dir, 'image.tar');
      const source = `oci:${join(directory, 'image')}:image`;
      await run('skopeo', ['--insecure-policy', 'copy', '--quiet', source, `${format}:${file}:${name}`]);
      return file;
    };

    for (const format of ['docker-archive', 'oci-archive']) {
      test(`a ${format} is loaded under its name, and pinned`, async () => {
        const [image] = await store.load(await archive(format, 'team/tool:v9'));
        assert.equal(image?.reference, 'docker.io/team/tool:v9');
        const found = await store.find('team/tool:v9');
        assert.equal(found?.pinned, true);
        assert.equal(statSync(join(found.rootfs, 'etc/owner')).uid, 1000);
        assert.equal(await store.find('team/tool:v8'), undefined);
        assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
      });

      test(`a ${format} is loaded whose layers are here already, uncompressed`, async () => {
        const entry = { reference: 'docker.io/team/plain:latest', pinned: true, anyTag: true };
        await store.add(entry, async (layout) => {
          const built = join(directory, 'image');
          cpSync(join(built, 'blobs/sha256'), join(layout, 'blobs/sha256'), { recursive: true });
          cpSync(join(built, 'index.json'), join(layout, 'index.json'));
        });
        const file = await archive(format, 'team/tool:v9');
        // What was unpacked before would hide what the layers are.
        rmSync(join(dir, 'rootfs'), { recursive: true });
        const [image] = await store.load(file);
        assert.equal(statSync(join(image?.rootfs ?? '', 'etc/owner')).uid, 1000);
      });
    }
  });

  describe('removing', () => {
    test('takes everything of the image with it', async () => {
      await store.pull(`${open.host}/team/app:v1`);
      await store.remove(`${open.host}/team/app:v1`);
      assert.deepEqual(await store.list(), []);
      for (const folder of ['rootfs', 'oci', 'blobs/sha256', 'refs']) {
        assert.deepEqual(readdirSync(join(dir, folder)), [], folder);
      }
      await assert.rejects(store.remove(`${open.host}/team/app:v1`), /it is not here/);
    });

    test('waits for the container that stands on it, in whatever namespace that is, unless it has another name', async () => {
      const { rootfs } = await store.pull(`${open.host}/team/app:v1`);
      const script = `mount -t tmpfs t /mnt && cd /mnt && mkdir u w r &&
        mount -t overlay -o lowerdir=${rootfs},upperdir=u,workdir=w image r && echo up && exec sleep 60`;
      const container = spawn('unshare', ['--mount', 'sh', '-c', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await once(container.stdout, 'data');
        await assert.rejects(store.remove(`${open.host}/team/app:v1`), /a container is using it/);
        assert.ok(await store.find(`${open.host}/team/app:v1`));
        await push(`${open.host}/team/app:alias`);
        assert.equal((await store.pull(`${open.host}/team/app:alias`)).rootfs, rootfs);
        await store.remove(`${open.host}/team/app:alias`);
        assert.equal(await store.find(`${open.host}/team/app:alias`), undefined);
        assert.ok(await store.find(`${open.host}/team/app:v1`), 'only the name went');
      } finally {
        container.kill('SIGKILL');
        await once(container, 'exit');
      }
      await store.remove(`${open.host}/team/app:v1`);
    });
  });

  test('a killed process lets go of its lock, and what it left is swept', async () => {
    const locks = join(dir, 'locks');
    const script = `const { withLock } = await import('${lockModule}');
      await withLock('${locks}', 'content', 'shared', () => { console.log('held'); return new Promise((r) => setTimeout(r, 60000)); });`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      mkdirSync(join(dir, 'tmp/half'), { recursive: true });
      await store.sweep();
      assert.deepEqual(readdirSync(join(dir, 'tmp')), ['half'], 'it may still be needed');
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    assert.equal(await ifFree(locks, 'content', 'exclusive', async () => {}), true);
    await store.sweep();
    assert.ok(!readdirSync(dir).includes('tmp'));
  });
});

/** Two layers: owners and modes in the lower, a removal and a new file in the upper. */
async function writeTestImage(layout: string, text = 'first'): Promise<void> {
  rmSync(layout, { recursive: true, force: true });
  const root = `${layout}.root`;
  const file = (path: string, content: string, mode = 0o644) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
  };
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const layers: { digest: string; size: number }[] = [];
  const pack = async (...owner: string[]) => {
    await run('tar', ['-cf', `${root}.tar`, ...owner, '--mtime=@0', '--sort=name', '-C', root, '.']);
    const tar = readFileSync(`${root}.tar`);
    const digest = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
    writeFileSync(blobPath(layout, digest), tar);
    layers.push({ digest, size: tar.length });
    rmSync(root, { recursive: true });
  };
  file('etc/owner', 'x');
  file('gone', 'x');
  file('bin/su', 'x');
  await run('chmod', ['4755', join(root, 'bin/su')]);
  await pack('--owner=app:1000', '--group=app:2000');
  file('.wh.gone', '');
  file('new', text);
  await pack();
  const config = { Cmd: ['/bin/su'], User: '1000', StopSignal: 'SIGQUIT' };
  const image = describeImage(layers, config, process.arch);
  for (const blob of [image.config, image.manifest]) writeFileSync(blobPath(layout, blob.digest), blob.text);
  writeFileSync(join(layout, 'index.json'), image.index);
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}
