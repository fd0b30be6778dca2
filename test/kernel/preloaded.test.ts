import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { recipes } from '../../images/recipes.ts';
import { imagesDir } from '../../src/cluster/paths.ts';
import type { Image } from '../../src/kubelet/contract.ts';
import { imageStore } from '../../src/kubelet/images/store.ts';
import { execute, run } from '../../src/lib/exec.ts';
import { inImage } from '../support/chroot.ts';

const store = imageStore({ dir: imagesDir });

async function find(reference: string): Promise<Image> {
  const image = await store.find(reference);
  assert.ok(image, `${reference} is not there: run make setup`);
  return image;
}

async function says(reference: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await inImage(await find(reference), command);
  assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
  return stdout;
}

describe('preloaded images', { timeout: 60_000 }, () => {
  for (const { repository } of recipes) {
    test(`${repository} is there for any tag, and holds nothing of the host`, async () => {
      const image = await find(`${repository}:1.2.3`);
      assert.equal(image.pinned, true);
      assert.equal(image.reference, `${repository}:1.2.3`);
      assert.equal(await store.find(`${repository}@sha256:${'0'.repeat(64)}`), undefined);
      assert.deepEqual(readdirSync(`${image.rootfs}/root`), []);
      for (const name of ['hostname', 'hosts', 'resolv.conf', 'shadow', 'machine-id']) {
        assert.equal(statSync(`${image.rootfs}/etc/${name}`, { throwIfNoEntry: false }), undefined, name);
      }
    });
  }

  test('each is an ordinary OCI image: other tools unpack it to the same files', async () => {
    const image = await find('busybox');
    const inspected = JSON.parse(
      await run('skopeo', ['inspect', '--config', `oci:${image.rootfs.replace('/rootfs/', '/oci/')}:image`]),
    );
    assert.deepEqual(inspected.config.Cmd, ['sh']);
    const layout = image.rootfs.replace('/rootfs/', '/oci/');
    const script = `mount -t tmpfs t /mnt && umoci raw unpack --image ${layout}:image /mnt/root >/dev/null 2>&1 &&
      diff -r --no-dereference /mnt/root ${image.rootfs}`;
    const { code, stdout } = await execute('unshare', ['--mount', 'sh', '-c', script]);
    assert.equal(code, 0, stdout);
  });
});

describe('busybox does what tutorials expect', { timeout: 60_000 }, () => {
  const addresses = (text: string) =>
    [...text.matchAll(/^Address(?: \d)?:\s+(127\.0\.0\.[56])$/gm)].map(([, address]) => address);
  for (const name of [
    'backend',
    'backend.default',
    'backend.default.svc',
    'backend.default.svc.cluster.local',
    'backend.default.svc.cluster.local.',
    '-type=a backend',
  ]) {
    test(`nslookup ${name} finds both addresses`, async () =>
      assert.deepEqual(addresses(await says('busybox:1.28', `nslookup ${name}`)), [
        '127.0.0.5',
        '127.0.0.6',
      ]));
  }

  test('nslookup of a name that is not there fails and says so', async () => {
    const { code, stdout } = await inImage(await find('busybox'), 'nslookup nope');
    assert.equal(code, 1);
    assert.match(stdout, /can't find nope: NXDOMAIN/);
  });

  for (const options of ['-qO-', '-qO- -T 5', '-T5 -qO-', '-q --timeout=5 -O -', '-qT5 -O-', '-qO- -t 1']) {
    test(`wget ${options} fetches a page`, async () =>
      assert.equal(await says('busybox', `wget ${options} http://backend`), 'hello\n'));
  }

  test('wget gives up after its time', async () => {
    const { code, stderr } = await inImage(
      await find('busybox'),
      'wget -qO- --timeout=1 http://backend/slow',
    );
    assert.deepEqual([code, stderr], [1, 'wget: download timed out\n']);
  });

  test('wget says why in its own name', async () => {
    const { stderr } = await inImage(await find('busybox'), 'wget -qO- -T 2 http://127.0.0.9:81');
    assert.equal(stderr, "wget: can't connect to remote host (127.0.0.9): Connection refused\n");
  });

  test('nc tells whether a port is open, sends, and serves a program', async () => {
    await says('busybox', 'nc -zv -w 1 backend 80');
    assert.equal((await inImage(await find('busybox'), 'nc -z -w 1 backend 81')).code, 1);
    const serve = '(nc -l -p 5000 -e echo hi &); until nc -w 1 127.0.0.1 5000; do sleep 0.1; done';
    assert.equal(await says('busybox', serve), 'hi\n');
  });

  test('httpd, ping, and the usual small tools are there', async () => {
    assert.match(
      await says('busybox', 'httpd -p 8080 -h /etc; wget -qO- localhost:8080/group'),
      /^root:x:0:/,
    );
    assert.match(await says('busybox', 'ping -c 1 backend'), /1 packets received/);
    assert.equal(await says('busybox', 'busybox true && [ -x /bin/sh ] && whoami'), 'root\n');
  });
});

describe('nginx', { timeout: 60_000 }, () => {
  test('serves its page on port 80 of both families, logs to the container, and ends gracefully', async () => {
    const image = await find('nginx:1.27');
    assert.equal(image.config.StopSignal, 'SIGQUIT');
    assert.deepEqual(image.config.Cmd, ['nginx', '-g', 'daemon off;']);
    assert.deepEqual(image.config.ExposedPorts, { '80/tcp': {} });
    // Pipes, as conmon gives them: a socket cannot be opened by its name in /dev.
    const command = `{ nginx -g 'daemon off;' & until curl -s http://127.0.0.1 >/tmp/page; do sleep 0.05; done
      grep -o 'Welcome to nginx!' /tmp/page | head -1
      curl -g -s -o /dev/null -w '%{http_code}\\n' 'http://[::1]/missing'
      kill -QUIT $!; wait $!; echo "ended $?"; } 2>&1 | cat`;
    const { stdout } = await inImage(image, command, 'dns');
    const lines = stdout.trim().split('\n');
    assert.match(
      lines.find((line) => line.includes('GET / ')) ?? '',
      /"GET \/ HTTP\/1\.1" 200 \d+ "-" "curl/,
    );
    assert.deepEqual(
      lines.filter((line) => !/GET|\[notice\]|\[error\]/.test(line)),
      ['Welcome to nginx!', '404', 'ended 0'],
    );
  });

  test('has a shell, curl and its configuration where the official image has it', async () =>
    assert.equal(
      await says('nginx', 'ls /etc/nginx/conf.d /usr/share/nginx/html; which sh bash curl'),
      '/etc/nginx/conf.d:\ndefault.conf\n\n/usr/share/nginx/html:\n50x.html\nindex.html\n/usr/bin/sh\n/usr/bin/bash\n/usr/bin/curl\n',
    ));
});

describe('the images for looking into the network', { timeout: 60_000 }, () => {
  for (const image of ['nicolaka/netshoot', 'tutum/dnsutils']) {
    test(`${image} asks for names and reaches what they name`, async () => {
      assert.equal(await says(image, 'dig +short +search backend'), '127.0.0.5\n127.0.0.6\n');
      assert.match(await says(image, 'nslookup backend'), /Name:\tbackend\.default\.svc\.cluster\.local/);
      assert.equal(await says(image, 'curl -s backend'), 'hello\n');
      assert.match(await says(image, 'ping -c 1 backend'), /1 received/);
    });
  }

  test('netshoot has a tool for each layer, and all of them start', async () => {
    const tools =
      'bash conntrack curl ethtool ip iperf3 jq mtr nc netstat nft openssl socat ss strace tcpdump top traceroute vi wget';
    const script = `for tool in ${tools}; do $tool --version </dev/null 2>&1 | grep -E 'not found|shared libraries' && echo $tool; done; true`;
    assert.equal(await says('nicolaka/netshoot', script), '');
    assert.match(
      await says(
        'nicolaka/netshoot',
        'ping -i 0.2 -c 80 127.0.0.1 >/dev/null & timeout 15 tcpdump -c 1 -i lo icmp 2>&1; kill $!',
      ),
      /ICMP echo request/,
    );
    assert.match(await says('nicolaka/netshoot', 'nft add table t; nft list tables'), /table ip t/);
  });
});

describe("Switchboard's own image", { timeout: 60_000 }, () => {
  test('starts its components with the Node that the package brings', async () => {
    assert.equal(await says('switchboard/switchboard', 'node --version'), `${process.version}\n`);
    assert.match(await says('switchboard/switchboard', 'switchboard --help'), /Usage: switchboard[\s\S]*dns/);
  });

  test('carries that program whole', async () => {
    // By a hard link to the one of the package that built it, so that both share their memory; or a copy of it.
    const image = await find('switchboard/switchboard');
    assert.equal(statSync(`${image.rootfs}/usr/bin/node`).size, statSync(process.execPath).size);
  });
});
