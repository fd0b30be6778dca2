/** A tool for each layer of the network: https://github.com/nicolaka/netshoot */
import { libc, path, shell } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';

export const netshoot: Recipe = {
  repository: 'docker.io/nicolaka/netshoot',
  layers: [
    libc,
    shell,
    {
      name: 'netshoot',
      packages: [
        ...['bind9-dnsutils', 'conntrack', 'ethtool', 'iperf3', 'iproute2', 'iputils-ping', 'jq', 'mtr-tiny'],
        ...['net-tools', 'netcat-openbsd', 'nftables', 'openssl', 'procps', 'socat', 'strace', 'tcpdump'],
        ...['traceroute', 'vim-tiny', 'wget'],
      ],
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
