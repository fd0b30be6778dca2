/** Arranged as the official image is: https://github.com/nginxinc/docker-nginx */
import { libc, path, shell } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';

const here = (name: string): string => new URL(name, import.meta.url).pathname;

export const nginx: Recipe = {
  repository: 'docker.io/library/nginx',
  layers: [
    libc,
    shell,
    {
      name: 'nginx',
      packages: ['nginx'],
      without: ['iproute2'],
      files: [
        { path: '/etc/nginx/nginx.conf', from: here('nginx.conf') },
        { path: '/etc/nginx/conf.d/default.conf', from: here('default.conf') },
        { path: '/usr/share/nginx/html/index.html', from: here('index.html') },
        { path: '/usr/share/nginx/html/50x.html', from: here('50x.html') },
        { path: '/var/log/nginx/access.log', link: '../../../dev/stdout' },
        { path: '/var/log/nginx/error.log', link: '../../../dev/stderr' },
        { path: '/var/cache/nginx', directory: true },
      ],
    },
  ],
  config: {
    Cmd: ['nginx', '-g', 'daemon off;'],
    Env: [path],
    StopSignal: 'SIGQUIT',
    ExposedPorts: { '80/tcp': {} },
  },
};
