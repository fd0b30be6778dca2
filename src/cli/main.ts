/** The command line. Each command's code is loaded only when the command is given. */
import { Command, Option } from 'commander';
import { fail } from './fail.ts';

const program = new Command('switchboard')
  .description('A Kubernetes cluster whose network is the main thing')
  .version('0.1.0')
  .showHelpAfterError()
  .enablePositionalOptions();

/** A command that works on one cluster. */
const onCluster = (name: string, description: string) =>
  program.command(name).description(description).option('--name <name>', 'which cluster', 'dev');

onCluster('up', 'bring a cluster up; does nothing when it is up already')
  .option('--nodes <count>', 'how many nodes', positive)
  .option('--hermetic', 'keep the host off the cluster network, and image pulls on the loopback', false)
  .option(
    '--kubeconfig <file>',
    "where the administrator's context is written; your own kubeconfig by default",
  )
  .addOption(
    new Option(
      '--ip-family <family>',
      'what nodes, pods and Services have addresses of; dual by default',
    ).choices(['ipv4', 'ipv6', 'dual']),
  )
  .option(
    '--service-cidr <ranges>',
    'for Services, one range of each family; of two, the first is the primary family',
  )
  .option('--pod-cidr <ranges>', 'for pods, likewise')
  .option('--service-node-port-range <first-last>', 'for node ports; 30000-32767 by default')
  .option(
    '--load-balancer-pool <range>',
    'what LoadBalancer addresses come from; may be given several times',
    (pool: string, others: string[] | undefined) => [...(others ?? []), pool],
  )
  .option('--audit-policy <file>', 'write down who did what, by a policy of audit.k8s.io/v1')
  .action(async (options) => (await import('./up.ts')).upCommand(options));

onCluster('down', 'take a cluster down and leave nothing behind').action(async (options) =>
  (await import('./down.ts')).downCommand(options),
);

onCluster('status', 'show what runs of a cluster, and where').action(async (options) =>
  (await import('./status.ts')).statusCommand(options),
);

program
  .command('list')
  .description('list the clusters of this machine')
  .action(async () => (await import('./status.ts')).listCommand());

onCluster('lan', "run a command as a host on the cluster's LAN, outside the cluster")
  .argument('<command...>')
  .passThroughOptions()
  .action(async (command, options) => (await import('./enter.ts')).lanCommand(command, options));

const node = program
  .command('node')
  .description('look into a node, pull its plug, plug it in')
  .enablePositionalOptions();
const onNode = (name: string, description: string) =>
  node
    .command(name)
    .description(description)
    .option('--name <name>', 'which cluster', 'dev')
    .argument('<node>');

onNode('exec', 'run a command inside a node')
  .argument('<command...>')
  .passThroughOptions()
  .action(async (which, command, options) =>
    (await import('./enter.ts')).nodeExecCommand(which, command, options),
  );
onNode('stop', 'pull the plug of a node: everything on it is gone at once').action(async (which, options) =>
  (await import('./node.ts')).nodeStopCommand(which, options),
);
onNode('start', 'plug a node in again').action(async (which, options) =>
  (await import('./node.ts')).nodeStartCommand(which, options),
);

const image = program.command('image').description('the images that every cluster of this machine finds');
image
  .command('ls')
  .description('list the images')
  .action(async () => (await import('./image.ts')).imageList());
image
  .command('load')
  .description('take an image from a docker or OCI archive')
  .argument('<file>')
  .action(async (file) => (await import('./image.ts')).imageLoad(file));
image
  .command('pull')
  .description('bring an image from its registry')
  .argument('<reference>')
  .action(async (reference) => (await import('./image.ts')).imagePull(reference));
image
  .command('rm')
  .description('forget an image')
  .argument('<reference>')
  .action(async (reference) => (await import('./image.ts')).imageRemove(reference));

program
  .command('setup')
  .description('install and build what is missing on this machine; up does it too')
  .action(async () => (await import('./setup.ts')).setupCommand());

/** One component, on its own. */
const component = (name: string, description: string) => program.command(name).description(description);

component('controlplane', 'API server, controllers and scheduler')
  .requiredOption('--config <file>', 'its configuration')
  .action(async (options) => (await import('./controlplane.ts')).controlPlaneCommand(options));
component('agent', "a node's kubelet, network, proxy and policy")
  .requiredOption('--config <file>', 'its configuration')
  .action(async (options) => (await import('./agent.ts')).agentCommand(options));
component('relay', "carries the host's loopback to the cluster")
  .requiredOption('--config <file>', 'its configuration')
  .action(async (options) => (await import('./relay.ts')).relayCommand(options));
component('dns', 'a DNS server for any cluster')
  .requiredOption('--conf <corefile>', 'the Corefile')
  .option('--kubeconfig <file>', "which cluster; the pod's own service account by default")
  .action(async (options) => (await import('./dns.ts')).dnsCommand(options));
component('ingress', 'an Ingress controller for any cluster, by HAProxy')
  .option('--kubeconfig <file>', "which cluster; the pod's own service account by default")
  .option(
    '--publish-service <namespace/name>',
    'the Service in front of it',
    'ingress-nginx/ingress-nginx-controller',
  )
  .option('--directory <directory>', "where the proxy's configuration is written", '/run/ingress')
  .action(async (options) => (await import('./ingress.ts')).ingressCommand(options));
component('proxy', 'Services in nftables, on any Linux node of any cluster')
  .option('--kubeconfig <file>', "which cluster; the pod's own service account by default")
  .option('--hostname-override <node>', "the node's name, when it is not the host's")
  .option('--cluster-cidr <ranges>', "where pods have their addresses; the Node's spec.podCIDRs by default")
  .option('--service-cidr <ranges>', 'where Services have theirs, beside the ranges of ServiceCIDRs')
  .option('--healthz-bind-address <address>', '/healthz and /livez; nowhere when empty', '0.0.0.0:10256')
  .option('--metrics-bind-address <address>', '/metrics; nowhere when empty', '127.0.0.1:10249')
  .option('--nodeport-addresses <ranges>', "where node ports answer; 'primary' for the Node's InternalIPs")
  .option('--masquerade-all', "what is sent to Services' addresses comes from the node", false)
  .option('--cleanup', 'take the rules away again, and end')
  .action(async (options) => (await import('./proxy.ts')).proxyCommand(options));

function positive(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`Cannot make ${text} nodes: give a whole number from 1`);
  return count;
}

await program.parseAsync().catch(fail);
