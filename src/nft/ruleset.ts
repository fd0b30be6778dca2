/** Tables, chains, sets and rules in memory, as they are after a transaction: what the fake holds and `trace` walks. */

export interface BaseChain {
  type: 'filter' | 'nat' | 'route';
  hook: Hook;
  priority: number;
  policy: 'accept' | 'drop';
}

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface Chain {
  base?: BaseChain;
  /** As written, without the command: `ip daddr 10.0.0.1 accept`. */
  rules: string[];
}

export interface Container {
  kind: 'set' | 'map';
  /** Types of key and value: `ipv4_addr . inet_proto : verdict`. */
  type: string;
  /** Ranges as elements: `flags interval`. */
  isInterval: boolean;
  /** Normalised key to normalised value (a set's values are empty). */
  elements: Map<string, string>;
}

export interface Table {
  /** `inet switchboard-proxy` */
  name: string;
  chains: Map<string, Chain>;
  containers: Map<string, Container>;
}

export type Ruleset = Map<string, Table>;

export function copyRuleset(ruleset: Ruleset): Ruleset {
  return new Map(
    Array.from(ruleset, ([name, { chains, containers }]) => [
      name,
      {
        name,
        chains: new Map(Array.from(chains, ([chain, c]) => [chain, { ...c, rules: [...c.rules] }])),
        containers: new Map(
          Array.from(containers, ([n, c]) => [n, { ...c, elements: new Map(c.elements) }] as const),
        ),
      },
    ]),
  );
}
