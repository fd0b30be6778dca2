/** What of a Debian package goes into an image, and where. Pure. */
import type { Place } from './tree.ts';

const left = [
  /^usr\/share\/doc\/.*(?<!\/copyright)$/,
  /^usr\/share\/(apport|bash-completion|bug|doc-base|gdb|initramfs-tools|info|lintian|locale|man|menu|zsh)\//,
  /^usr\/lib\/(systemd|python3)\//,
  /^usr\/lib\/[^/]+\/(gconv|perl|perl-base)\//,
  /^etc\/(cron\.[a-z]+|default|init\.d|logrotate\.d|systemd|ufw|init)\//,
];
const emptied = new Set([
  'usr/share/apport',
  'usr/share/bug',
  'usr/share/doc-base',
  'usr/share/info',
  'usr/share/initramfs-tools',
  'usr/share/lintian',
  'usr/share/locale',
  'usr/share/man',
  'usr/share/menu',
  'usr/lib/systemd',
  'etc/init.d',
  'etc/logrotate.d',
  'etc/systemd',
  'etc/ufw',
]);

/** Debian's merged /usr: packages of Debian 12 may still name /bin and /lib. */
const merged = /^(bin|sbin|lib|lib32|lib64|libx32)(?=\/|$)/;

/** Everything but documentation (copyright stays), translations and what starts services. */
export const placeInImage: Place = (path) => {
  const target = path.replace(merged, 'usr/$1');
  if (emptied.has(target) || left.some((pattern) => pattern.test(target))) return undefined;
  return target;
};
