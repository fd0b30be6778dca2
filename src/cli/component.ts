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

await program.parseAsync().catch(fail);
