/** The entry of the project's own image: the components that run in pods. */
import { Command } from 'commander';
import { dnsCommand } from './dns.ts';
import { fail } from './fail.ts';

const program = new Command('switchboard').showHelpAfterError();

program
  .command('dns')
  .description('a DNS server for any cluster')
  .requiredOption('--conf <corefile>', 'the Corefile')
  .option('--kubeconfig <file>', "which cluster; the pod's own service account by default")
  .action(dnsCommand);

program
  .command('ingress')
  .description('an Ingress controller for any cluster, by HAProxy')
  .option('--kubeconfig <file>', "which cluster; the pod's own service account by default")
  .option(
    '--publish-service <namespace/name>',
    'the Service in front of it',
    'ingress-nginx/ingress-nginx-controller',
  )
  .option('--directory <directory>', "where the proxy's configuration is written", '/run/ingress')
  .action(async (options) => (await import('./ingress.ts')).ingressCommand(options));

await program.parseAsync().catch(fail);
