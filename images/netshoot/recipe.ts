/** A tool for each layer of the network: https://github.com/nicolaka/netshoot */
import { libc, path, shell } from '../base/recipe.ts';
import { dnsTools } from '../dnsutils/recipe.ts';
import type { Recipe } from '../recipe.ts';

export const netshoot: Recipe = {
  repository: 'docker.io/nicolaka/netshoot',
  layers: [
    libc,
    shell,
    dnsTools,
    {
      name: 'netshoot',
      packages: [
        'mtr-tiny traceroute ethtool iproute2 net-tools nftables conntrack',
        'netcat-openbsd socat tcpdump iperf3 wget openssl jq procps strace vim-tiny',
      ].flatMap((line) => line.split(' ')),
      without: [],
      files: [
        { path: '/usr/bin/nc', link: 'nc.openbsd' },
        { path: '/usr/bin/netcat', link: 'nc.openbsd' },
        { path: '/usr/bin/traceroute', link: 'traceroute.db' },
        { path: '/usr/bin/traceroute6', link: 'traceroute6.db' },
        { path: '/usr/bin/vi', link: 'vim.tiny' },
        { path: '/usr/bin/vim', link: 'vim.tiny' },
      ],
    },
  ],
  config: { Cmd: ['bash'], Env: [path], WorkingDir: '/root' },
};
